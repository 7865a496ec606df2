#!/usr/bin/python3
"""Two policies that take turns while clients are busy: what both allow never fails, what both refuse
never passes, and what one of them allows is not seen while the other one is in force. With
SIGNET_RELOAD_SECONDS=60 that goes on for so long, one reload a second; without it there are as many
as fit into a test."""

import collections
import itertools
import os
import sys
import threading
import time

from support.broker import PATIENCE, await_that
from support.cases import SHARDS, for_each, main
from support.policy_case import TAKEN_BACK, PolicyCase, rule
from support.raw_client import RawClient

SECONDS = int(os.environ.get("SIGNET_RELOAD_SECONDS", "0"))
RELOADS = 20

NAMES = ("odd", "even")  # Of the policies.
STEADY = 2  # Clients of what both allow.


def rules_of(name):
    return [rule("steady", publish=["always/#"], subscribe=["always/#"]),
            rule("swing", publish=[f"{name}/#", "fence/#"], subscribe=[f"news/{name}", "fence/#"]),
            rule("guest"), rule(f"guest-{name}")]


class Load:
    """Clients that do all the time what both policies allow, what one of them does, and what none
    does. They write down in which phase each thing was begun: that of a policy, which ends with its
    name, or one in which a policy comes and anything may happen to what it is about."""

    def __init__(self, case, phase):
        self._case = case
        self._phase = phase
        self._begun = {}  # By thread: the phase of what it does now; all before that is done.
        self._stopping = threading.Event()
        self.problems = []
        self.sent = collections.Counter()  # By topic, of what both allow.
        self.swung = collections.Counter()  # By phase: messages on the topic of each policy.
        self.newcomers = 0
        self._publishers = [self._client(f"steady-{number}", "steady") for number in range(STEADY)]
        self._publishers.append(self._client("swinging", "swing"))
        self._threads = []
        for publisher in self._publishers[:STEADY]:
            self._run(self._stay, publisher)
        self._run(self._swing, self._publishers[-1])
        self._run(self._come_and_go, None)
        self.enter(phase)

    def _client(self, client_id, username):
        return self._case.client(client_id, login=(username, "secret"))

    def _run(self, target, argument):
        thread = threading.Thread(target=self._repeat, args=(target, argument), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _repeat(self, target, argument):
        try:
            while not self._stopping.is_set():
                phase = self._phase
                self._begun[threading.current_thread()] = phase
                target(argument, phase)
                time.sleep(0.005)
        except Exception as error:  # Of whatever kind: the case looks for it.
            self.problems.append(f"{target.__name__}: {error!r}")

    def _stay(self, client, _):
        client.publish(f"never/{client.client_id}", b"no", 1)
        topic = f"always/{client.client_id}"
        client.publish(topic, str(self.sent[topic]).encode(), 1)
        self.sent[topic] += 1

    def _swing(self, client, phase):
        for name in NAMES:
            client.publish(f"{name}/x", phase.encode(), 1)
        self.swung[phase] += 1

    def _come_and_go(self, _, phase):
        refused = 0x87 if self._case.version == 5 else 5
        codes = {user: self._knock(user) for user in ("guest", *(f"guest-{name}" for name in NAMES))}
        self.newcomers += 1
        if codes["guest"] != 0:
            raise AssertionError(f"{phase}: {codes}")
        name = phase.split()[-1]
        if name in NAMES and codes != {
                "guest": 0, **{f"guest-{other}": 0 if other == name else refused for other in NAMES}}:
            raise AssertionError(f"{phase}: {codes}")

    def _knock(self, user):
        client = RawClient(self._case.broker.port, user, self._case.version, username=user,
                           password="secret")
        client.close()
        return client.code

    def enter(self, phase):
        """Returns once nothing is under way that was begun in an earlier one."""
        self._phase = phase
        await_that(lambda: self.problems or (
            len(self._begun) == len(self._threads) and
            all(begun == phase for begun in self._begun.values())), f"all clients in {phase!r}")
        self._case.assertEqual(self.problems, [])

    def stop(self):
        """Each publisher then sends one message more, behind all others."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._case.assertEqual(self.problems, [])
        for client in self._publishers:
            self._case.assertEqual(client.ends.waiting(), 0, client.client_id)
            place = "fence" if client.client_id == "swinging" else "always"
            client.publish(f"{place}/end", client.client_id.encode(), 1)


@for_each(version=(3, 5), shards=SHARDS)
class UnderLoad(PolicyCase):
    users = ("root", "steady", "swing", "guest", *(f"guest-{name}" for name in NAMES))
    rules = rules_of(NAMES[-1])

    def test_each_policy_holds_from_its_reload_on(self):
        # Of all that is sent, and of all that both policies allow.
        watchers = [self.subscriber("root", "#"), self.subscriber("steady", "always/#")]
        swing = self.subscriber("swing", f"news/{NAMES[-1]}")
        self.assertEqual(swing.subscribe("fence/#", 1), 1)
        editor = self.client("editor", login=("root", "secret"))
        load = Load(self, f"before {NAMES[-1]}")
        begin = time.monotonic()
        done = 0
        while done < RELOADS or time.monotonic() - begin < SECONDS:
            name = NAMES[done % len(NAMES)]
            load.enter(f"{done} on its way")
            self.reload(*rules_of(name))
            done += 1
            self.broker.await_log(TAKEN_BACK, done)  # From `swing`: its earlier Subscription.
            load.enter(f"{done} {name}")
            self.check_news(name, done, editor, swing)
            if SECONDS:
                time.sleep(max(0, begin + done - time.monotonic()))
        load.stop()
        self.check_watchers(load, watchers)
        for client in (*watchers, swing, editor):
            self.assertEqual(client.ends.waiting(), 0, client.client_id)
        if SECONDS:
            print(f"{done} reloads in {time.monotonic() - begin:.1f} s, {sum(load.sent.values())} and "
                  f"{sum(load.swung.values())} messages, {load.newcomers} times newcomers",
                  file=sys.stderr)

    def subscriber(self, username, topic_filter):
        client = self.client(f"{username}-in", login=(username, "secret"))
        self.assertEqual(client.subscribe(topic_filter, 1), 1)
        return client

    def check_news(self, name, number, editor, swing):
        """What `swing` may have of them is what this policy allows, and nothing else comes."""
        refused = 0x87 if self.version == 5 else 0x80
        self.assertEqual({other: swing.subscribe(f"news/{other}", 1) for other in NAMES},
                         {other: 1 if other == name else refused for other in NAMES})
        for topic in (*(f"news/{other}" for other in NAMES), "fence/news"):
            editor.publish(topic, str(number).encode(), 1)
        self.assertEqual([(message.topic, message.payload) for message in swing.messages.take(2)],
                         [(topic, str(number).encode()) for topic in (f"news/{name}", "fence/news")])

    def check_watchers(self, load, watchers):
        seen = [self.messages_until(watcher, ends)
                for watcher, ends in zip(watchers, (STEADY + 1, STEADY))]
        for received in seen:
            for topic, count in load.sent.items():
                self.assertEqual(received[topic], [str(number) for number in range(count)], topic)
            self.assertEqual([topic for topic in received if topic.startswith("never/")], [])
        for name in NAMES:
            received = collections.Counter(seen[0][f"{name}/x"])
            for phase, count in load.swung.items():
                of = phase.split()[-1]
                if of in NAMES:
                    self.assertEqual(received[phase], count if of == name else 0, f"{phase}, {name}")

    def messages_until(self, watcher, ends):
        """By topic, the payloads of all that comes before the last messages of so many publishers."""
        received = collections.defaultdict(list)
        while ends > 0:
            message = watcher.messages.next()
            received[message.topic].append(message.payload.decode())
            ends -= message.topic.endswith("/end")
        return received


if __name__ == "__main__":
    main("authorization_reload_test")
