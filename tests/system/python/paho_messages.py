"""Messages on their way: QoS, Retained Messages, Wills, Shared Subscriptions."""

import hashlib
import os
import time

from support.broker import PATIENCE
from support.cases import SHARDS, SHARDS_OF_LONG, for_each
from support.inbox import Inbox
from support.paho_case import ELSEWHERE, PahoCase, numbered, payloads


@for_each(version=(3, 5), shards=SHARDS)
@for_each(**ELSEWHERE)
class Publish(PahoCase):
    def test_each_qos_reaches_each_subscriber_at_the_lower_one(self):
        subscribers = [self.client(f"subscriber-{qos}") for qos in range(3)]
        for qos, subscriber in enumerate(subscribers):
            self.assertEqual(subscriber.subscribe("room/+/light", qos), qos)
        for qos in range(3):
            self.client(f"publisher-{qos}").publish(f"room/{qos}/light", b"on", qos)
            for limit, subscriber in enumerate(subscribers):
                message = subscriber.messages.next()
                self.assertEqual((message.topic, message.payload, message.qos, message.retain),
                                 (f"room/{qos}/light", b"on", min(qos, limit), False))

    def test_messages_of_each_qos_keep_their_order(self):
        subscriber = self.client("subscriber")
        subscriber.subscribe("#", 2)
        publisher = self.client("publisher")
        for qos in range(3):
            for payload in numbered(100):
                info = publisher.send(f"order/{qos}", payload, qos)
            info.wait_for_publish(PATIENCE)
            self.assertEqual(payloads(subscriber.messages.take(100)), numbered(100))

    def test_what_is_unsubscribed_comes_no_more(self):
        subscriber = self.client("subscriber")
        subscriber.subscribe("a", 1)
        subscriber.subscribe("b", 1)
        subscriber.unsubscribe("a")
        publisher = self.client("publisher")
        publisher.publish("a", b"unwanted", 1)
        self.assert_nothing_before(subscriber, publisher, "b")

    def test_a_payload_of_256_kib_arrives_unchanged(self):
        subscriber = self.client("subscriber")
        subscriber.subscribe("big", 2)
        payload = os.urandom(256 * 1024)
        for qos in range(3):
            self.client(f"publisher-{qos}").publish("big", payload, qos)
            message = subscriber.messages.next()
            self.assertEqual(message.qos, qos)
            self.assertEqual(hashlib.sha256(message.payload).digest(),
                             hashlib.sha256(payload).digest())


@for_each(version=(5,), shards=SHARDS_OF_LONG)
class LargePayload(PahoCase):
    def test_a_payload_of_100_mib_arrives_unchanged(self):
        subscriber = self.client("subscriber")
        subscriber.subscribe("huge", 1)
        payload = os.urandom(100 * 1024 * 1024)
        self.client("publisher").publish("huge", payload, 1)
        message = subscriber.messages.next()
        self.assertEqual(hashlib.sha256(message.payload).digest(),
                         hashlib.sha256(payload).digest())


@for_each(version=(3, 5), shards=SHARDS)
@for_each(**ELSEWHERE)
class Retained(PahoCase):
    def test_it_is_there_for_new_subscriptions_until_cleared(self):
        publisher = self.client("publisher")
        live = self.client("live")
        live.subscribe("house/#", 1)
        for topic in ("house/attic", "house/cellar/wine", "garden"):
            publisher.publish(topic, b"old", 1, retain=True)
        publisher.publish("house/attic", b"new", 1, retain=True)
        self.assertEqual([(m.payload, m.retain) for m in live.messages.take(3)],
                         [(b"old", False), (b"old", False), (b"new", False)])

        late = self.client("late")
        for topic_filter, expected in (
                ("house/attic", {("house/attic", b"new")}),
                ("house/+", {("house/attic", b"new")}),
                ("house/#", {("house/attic", b"new"), ("house/cellar/wine", b"old")})):
            late.subscribe(topic_filter, 1)
            messages = late.messages.take(len(expected))
            self.assertEqual({(m.topic, m.payload) for m in messages}, expected)
            self.assertTrue(all(m.retain for m in messages))
            late.unsubscribe(topic_filter)

        publisher.publish("house/attic", b"", 1, retain=True)
        late.subscribe("house/#", 1)
        self.assertEqual(late.messages.next().topic, "house/cellar/wine")
        self.assert_nothing_before(late, publisher, "house/fence")


@for_each(version=(3, 5), shards=SHARDS)
class Wills(PahoCase):
    def test_is_published_when_the_connection_is_cut(self):
        watcher = self.client("watcher")
        watcher.subscribe("will", 2)
        relay = self.relay()
        for qos in range(3):
            will = {"topic": "will", "payload": f"gone {qos}", "qos": qos}
            self.client(f"mortal-{qos}", relay.port, will=will)
            relay.cut()
            message = watcher.messages.next()
            self.assertEqual((message.payload, message.qos), (f"gone {qos}".encode(), qos))

    def test_can_be_retained(self):
        relay = self.relay()
        will = {"topic": "will", "payload": "gone", "qos": 1, "retain": True}
        self.client("mortal", relay.port, will=will)
        relay.cut()
        self.broker.await_log("client disconnected")
        late = self.client("late")
        late.subscribe("will", 1)
        message = late.messages.next()
        self.assertEqual((message.payload, message.retain), (b"gone", True))

    def test_is_not_published_after_a_normal_disconnect(self):
        watcher = self.client("watcher")
        watcher.subscribe("will", 1)
        mortal = self.client("mortal", will={"topic": "will", "payload": "gone", "qos": 1})
        self.leave(mortal)
        # At home in the same place, so that nothing it sends overtakes its predecessor's Will.
        self.assert_nothing_before(watcher, self.client("mortal"), "will")

    def test_keep_alive_ends_a_silent_client_and_nobody_else(self):
        watcher = self.client("watcher", keep_alive=2)
        watcher.subscribe("will", 1)
        silent = self.client("silent", keep_alive=2,
                             will={"topic": "will", "payload": "silent", "qos": 1})
        begin = time.monotonic()
        silent.subscribe("last/packet", 0)
        silent.fall_silent()
        self.assertEqual(watcher.messages.next().payload, b"silent")
        self.assertGreaterEqual(time.monotonic() - begin, 3)
        self.broker.await_log("Keep Alive")
        silent.wake_up()
        silent.ends.next()
        self.assertEqual(watcher.ends.waiting(), 0)


@for_each(version=(3, 5), shards=SHARDS)
class Shared(PahoCase):
    def test_each_message_goes_to_one_member_and_each_member_has_work(self):
        inbox = Inbox("all members")
        for number in range(4):
            member = self.client(f"member-{number}")
            member.messages.put = lambda message, number=number: inbox.put((number, message))
            member.subscribe("$share/crew/jobs/+", 1)
        outsider = self.client("outsider")
        outsider.subscribe("jobs/#", 1)
        publisher = self.client("publisher")
        for payload in numbered(80):
            publisher.publish("jobs/now", payload, 1)
        taken = inbox.take(80)
        self.assertEqual({message.payload for _, message in taken}, set(numbered(80)))
        self.assertEqual({number for number, _ in taken}, {0, 1, 2, 3})
        self.assertEqual(payloads(outsider.messages.take(80)), numbered(80))
