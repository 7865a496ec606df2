#!/usr/bin/python3
"""mosquitto_pub, mosquitto_sub and mosquitto_rr and the broker: MQTT 3.1.1 and 5.0."""

import hashlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from support import mosquitto
from support.broker import PATIENCE
from support.cases import SHARDS, SystemCase, for_each, main
from support.certificates import authority
from support.inbox import Inbox

VERSIONS = ("mqttv311", "mqttv5")


class MosquittoCase(SystemCase):
    version = "mqttv5"

    @property
    def place(self):
        ca = authority().ca if self.transport == "tls" else None
        return mosquitto.Place(self.broker.port, ca)

    def listen(self, program, *arguments, **options):
        listening = mosquitto.Listening(program, self.place, self.version, *arguments,
                                        **options)
        self.addCleanup(listening.close)
        return listening

    def sub(self, *arguments, **options):
        """mosquitto_sub, once it has subscribed."""
        subscriber = self.listen("mosquitto_sub", *arguments, **options)
        subscriber.await_note("Subscribed (mid: 1)")
        return subscriber

    def pub(self, *arguments, **options):
        return mosquitto.run("mosquitto_pub", self.place, self.version, *arguments, **options)

    def pub_lines(self, lines, *arguments):
        """mosquitto_pub, which makes a message of each line, and is still there behind the last."""
        speaking = mosquitto.Speaking("mosquitto_pub", self.place, self.version, "-l", *arguments)
        self.addCleanup(speaking.close)
        speaking.say(lines)

    def make_session(self, client_id, topic_filter):
        """A Session that is kept, with one Subscription."""
        mosquitto.run("mosquitto_sub", self.place, self.version, "-i", client_id, "-c", "-E",
                      "-q", "2", "-t", topic_filter)
        self.broker.await_log(f'client disconnected client_id="{client_id}"')


@for_each(version=VERSIONS, shards=SHARDS)
@for_each(version=VERSIONS[1:], shards=SHARDS, transport=("tls",))
class PubSub(MosquittoCase):
    def test_each_qos_reaches_each_subscriber_at_the_lower_one(self):
        subscribers = [self.sub("-t", "room/+", "-q", str(qos)) for qos in range(3)]
        for qos in range(3):
            self.pub("-t", f"room/{qos}", "-m", "on", "-q", str(qos))
            for limit, subscriber in enumerate(subscribers):
                self.assertEqual(subscriber.messages.next(), f"{min(qos, limit)} 0 room/{qos} on")

    def test_lines_arrive_in_order(self):
        lines = [f"line {number}" for number in range(200)]
        for qos in ("0", "1", "2"):
            subscriber = self.sub("-t", "lines", "-q", qos, format="%p")
            self.pub_lines(lines, "-t", "lines", "-q", qos)
            self.assertEqual(subscriber.messages.take(200), lines)
            subscriber.close()

    def test_retained_messages_are_set_read_replaced_and_cleared(self):
        live = self.sub("-t", "house/#")
        for topic, text in (("house/attic", "old"), ("house/cellar", "c"), ("house/attic", "new")):
            self.pub("-t", topic, "-m", text, "-r", "-q", "1")
            self.assertEqual(live.messages.next(), f"0 0 {topic} {text}")
        late = self.sub("-t", "house/+", "-q", "1")
        self.assertEqual(set(late.messages.take(2)), {"1 1 house/attic new", "1 1 house/cellar c"})
        self.pub("-t", "house/attic", "-n", "-r", "-q", "1")
        self.assertEqual(late.messages.next(), "1 0 house/attic ")
        last = self.sub("-t", "house/#", "-q", "1", "--retained-only")
        self.assertEqual(last.messages.next(), "1 1 house/cellar c")
        self.pub("-t", "house/fence", "-m", "not retained, which ends it", "-q", "1")
        self.assertEqual(last.messages.next(), None)

    def test_all_retained_messages_below_a_filter_can_be_removed(self):
        for number in range(20):
            self.pub("-t", f"old/{number}", "-m", "x", "-r", "-q", "1")
        watcher = self.sub("-t", "old/#", format="%r %l")
        self.assertEqual(watcher.messages.take(20), ["1 1"] * 20)
        self.sub("-t", "old/#", "--remove-retained")
        self.assertEqual(watcher.messages.take(20), ["0 0"] * 20)
        late = self.sub("-t", "old/#", format="%p")
        self.pub("-t", "old/fence", "-m", "fence", "-q", "1")
        self.assertEqual(late.messages.next(), "fence")

    def test_a_will_is_for_those_who_do_not_take_their_leave(self):
        watcher = self.sub("-t", "will", "-q", "1", format="%p")
        ends = {"satisfied": lambda client: self.pub("-t", "x", "-m", "the one it waits for"),
                # In 5.0 mosquitto_sub then says 0x04, Disconnect with Will Message.
                "asked": lambda client: client.signal(signal.SIGTERM),
                "killed": lambda client: client.signal(signal.SIGKILL)}
        for name, end in ends.items():
            mortal = self.sub("-i", name, "-t", "x", "-C", "1", "--will-topic", "will",
                              "--will-payload", name, "--will-qos", "1")
            end(mortal)
            mortal.await_end()
            self.broker.await_log(f'client disconnected client_id="{name}"')
            # At home in the same place, so that it cannot overtake the Will.
            self.pub("-i", name, "-t", "will", "-m", f"after {name}", "-q", "1")
        expected = ["after satisfied", "asked", "after asked", "killed", "after killed"]
        if self.version == "mqttv311":
            expected.remove("asked")
        self.assertEqual(watcher.messages.take(len(expected)), expected)

    def test_a_kept_session_gets_what_was_queued(self):
        self.make_session("sleeper", "queue/+")
        for number in range(20):
            self.pub("-t", "queue/x", "-m", str(number), "-q", str(1 + number % 2))
        sleeper = self.listen("mosquitto_sub", "-i", "sleeper", "-c", "-q", "2", "-t", "other",
                              format="%q %p")
        self.assert_in_order(sleeper.messages.take(20))

    def assert_in_order(self, lines):
        """mosquitto_sub shows a QoS 2 message when PUBREL comes, which is later than its turn."""
        for qos in (1, 2):
            self.assertEqual([line for line in lines if line.startswith(str(qos))],
                             [f"{qos} {number}" for number in range(qos - 1, len(lines), 2)])

    def test_what_a_killed_client_had_not_read_comes_again(self):
        self.make_session("frozen", "again")
        frozen = self.sub("-i", "frozen", "-c", "-q", "2", "-t", "again", format="%q %p")
        frozen.signal(signal.SIGSTOP)
        for number in range(10):
            self.pub("-t", "again", "-m", str(number), "-q", str(1 + number % 2))
        frozen.signal(signal.SIGKILL)
        frozen.await_end()
        thawed = self.listen("mosquitto_sub", "-i", "frozen", "-c", "-q", "2", "-t", "other",
                             format="%q %p")
        self.assert_in_order(thawed.messages.take(10))
        self.assertEqual(frozen.messages.next(), None)  # It had seen none of them.

    def test_a_shared_subscription_gives_each_message_to_one_member(self):
        inbox = Inbox("all members")
        for name in ("a", "b", "c"):
            self.sub("-t", "$share/crew/jobs", "-q", "1", format=f"{name} %p", inbox=inbox)
        lines = [str(number) for number in range(90)]
        self.pub_lines(lines, "-t", "jobs", "-q", "1")
        taken = [line.split() for line in inbox.take(90)]
        self.assertEqual(sorted((line for _, line in taken), key=int), lines)
        self.assertEqual({name for name, _ in taken}, {"a", "b", "c"})

    def test_a_file_of_256_kib_arrives_unchanged(self):
        self.send_file(256 * 1024)

    def send_file(self, size):
        self.make_session("reader", "file")
        reader = subprocess.Popen(
            mosquitto.command("mosquitto_sub", self.place, self.version, "-i", "reader", "-c",
                              "-q", "1", "-t", "file", "-C", "1", "-N"), stdout=subprocess.PIPE)
        self.addCleanup(reader.kill)
        self.broker.await_log('session="resumed"')
        payload = os.urandom(size)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "payload"
            path.write_bytes(payload)
            self.pub("-t", "file", "-q", "1", "-f", str(path))
        received, _ = reader.communicate(timeout=PATIENCE)
        self.assertEqual(len(received), size)
        self.assertEqual(hashlib.sha256(received).digest(), hashlib.sha256(payload).digest())


@for_each(version=VERSIONS[:1], shards=SHARDS)
class LargeFile(MosquittoCase):
    send_file = PubSub.send_file

    def test_a_file_of_100_mib_arrives_unchanged(self):
        self.send_file(100 * 1024 * 1024)


@for_each(shards=SHARDS)
class Version5(MosquittoCase):
    def test_properties_and_a_topic_alias(self):
        subscriber = self.sub("-t", "property/#", "-q", "1", "-D", "subscribe",
                              "subscription-identifier", "7",
                              format="%t|%p|%C|%D|%E|%F|%P|%R|%S")
        values = {"topic-alias": "3", "content-type": "text/plain", "correlation-data": "abc",
                  "message-expiry-interval": "10000", "payload-format-indicator": "1",
                  "response-topic": "answer/x"}
        options = [part for pair in values.items() for part in ("-D", "publish", *pair)]
        options += ["-D", "publish", "user-property", "k", "v"]
        options += ["-D", "publish", "user-property", "k", "w"]
        # Behind the first line mosquitto_pub leaves the Topic Name to its alias.
        self.pub_lines(("one", "two", "three"), "-t", "property/x", "-q", "1", *options)
        expected = ["property/x", "text/plain", "abc", "1", "k:v k:w", "answer/x", "7"]
        for text in ("one", "two", "three"):
            topic, payload, *rest = subscriber.messages.next().split("|")
            self.assertEqual(payload, text)
            expiry = int(rest.pop(2))
            self.assertGreater(expiry, 10000 - 2 * PATIENCE)
            self.assertLessEqual(expiry, 10000)
            self.assertEqual([topic, *rest], expected)

    def test_a_request_gets_its_response(self):
        server = self.sub("-t", "service", format="%R|%D|%p")
        asker = self.listen("mosquitto_rr", "-t", "service", "-e", "answers/asker",
                            "-m", "question", "-D", "publish", "correlation-data", "number 5",
                            format="%t|%D|%p")
        response_topic, correlation, payload = server.messages.next().split("|")
        self.assertEqual((response_topic, payload), ("answers/asker", "question"))
        self.pub("-t", response_topic, "-m", "answer", "-D", "publish", "correlation-data",
                 correlation)
        self.assertEqual(asker.messages.next(), "answers/asker|number 5|answer")
        self.assertEqual(asker.await_end(), 0)

    def test_what_expires_while_queued_is_not_delivered(self):
        self.make_session("sleeper", "expiry")
        expiry = ("-q", "1", "-t", "expiry", "-D", "publish", "message-expiry-interval")
        self.pub("-m", "short", *expiry, "1")
        self.pub("-m", "long", *expiry, "1000")
        time.sleep(2.1)  # It is time itself that is awaited.
        sleeper = self.listen("mosquitto_sub", "-i", "sleeper", "-c", "-q", "1", "-t", "other",
                              format="%p %E")
        payload, expiry = sleeper.messages.next().split()
        self.assertEqual(payload, "long")
        self.assertLess(int(expiry), 1000)

    def test_a_will_waits_for_its_delay(self):
        watcher = self.sub("-t", "will", format="%p")
        mortal = self.sub("-i", "mortal", "-c", "-t", "x", "--will-topic", "will", "--will-payload",
                          "gone", "-D", "will", "will-delay-interval", "1")
        begin = time.monotonic()
        mortal.signal(signal.SIGKILL)
        self.assertEqual(watcher.messages.next(), "gone")
        self.assertGreaterEqual(time.monotonic() - begin, 1)

    def test_who_is_taken_over_is_told_so(self):
        first = self.sub("-i", "twin", "-t", "x")
        second = self.sub("-i", "twin", "-t", "x", format="%p")
        first.await_note("Received DISCONNECT (142)")
        first.await_end()
        self.pub("-t", "x", "-m", "still here")
        self.assertEqual(second.messages.next(), "still here")

    def test_sigterm_tells_every_client(self):
        clients = [self.sub("-t", "x") for _ in range(6)]
        self.broker.ask_to_stop()
        for client in clients:
            client.await_note("Received DISCONNECT (139)")
        self.broker.stop()


if __name__ == "__main__":
    main("mosquitto_test")
