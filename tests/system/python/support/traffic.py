"""Clients that publish all the time, and others that come and go, while something else happens."""

import socket
import ssl
import threading
import time

from support.broker import PATIENCE, await_that
from support.certificates import authority
from support.paho_client import PahoClient


def server_name(port):
    """The common name in the certificate that a new handshake shows."""
    context = ssl.create_default_context(cafile=authority().ca)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped:
            return dict(field for [field] in wrapped.getpeercert()["subject"])["commonName"]


class Traffic:
    """At each of `ports`, pairs of number and transport: two publishers of QoS 1, a subscriber to
    all of them, and, if there are `newcomers`, one after the other. stop() fails if anything of
    theirs did."""

    _PUBLISHERS = 2

    def __init__(self, case, ports, newcomers=True):
        self._case = case
        self._stopping = threading.Event()
        self._problems = []
        self._lock = threading.Lock()
        self._sent = {}
        self._newcomers = {at: 0 for at in ports} if newcomers else {}
        self._subscribers = [self._client(f"subscriber-{number}", (number, transport))
                             for number, transport in ports]
        for subscriber in self._subscribers:
            subscriber.subscribe("traffic/+", 1)
        self._publishers = []
        self._threads = []
        for at in ports:
            for index in range(self._PUBLISHERS):
                publisher = self._client(f"publisher-{at[0]}-{index}", at)
                self._publishers.append(publisher)
                self._run(self._publish, publisher)
        for at in self._newcomers:
            self._run(self._come_and_go, at)

    def _client(self, client_id, at):
        return self._case.client(client_id, at[0], transport=at[1])

    def _run(self, target, argument):
        thread = threading.Thread(target=self._guard, args=(target, argument), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guard(self, target, argument):
        try:
            target(argument)
        except Exception as error:  # Of whatever kind: it is stop() that fails.
            with self._lock:
                self._problems.append(f"{target.__name__}: {error!r}")

    def _publish(self, publisher):
        topic = f"traffic/{publisher.client_id}"
        self._sent[topic] = 0
        while not self._stopping.is_set():
            publisher.publish(topic, str(self._sent[topic]), 1)
            self._sent[topic] += 1
            time.sleep(0.02)  # Some hundred a second, of all, are enough to see one that is lost.

    def _come_and_go(self, at):
        while not self._stopping.is_set():
            # Not one of the case's, which stay until its end: Paho selects below 1024 files.
            newcomer = PahoClient(at[0], f"newcomer-{at[0]}", transport=at[1])
            newcomer.publish("newcomers", b"hello", 1)
            newcomer.disconnect()
            newcomer.close()
            self._newcomers[at] += 1
            time.sleep(0.02)

    def await_more(self, count):
        """Until each publisher and each newcomer has done so much more."""
        goals = {topic: sent + count for topic, sent in self._sent.items()}
        coming = {at: seen + 1 for at, seen in self._newcomers.items()}
        await_that(lambda: self._problems or
                   all(self._sent[topic] >= goal for topic, goal in goals.items()) and
                   all(self._newcomers[at] >= goal for at, goal in coming.items()),
                   "traffic that goes on")

    def stop(self):
        """Returns how many messages were acknowledged, and how many newcomers came."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._case.assertEqual(self._problems, [])
        for client in self._publishers + self._subscribers:
            self._case.assertEqual(client.ends.waiting(), 0, client.client_id)
        total = sum(self._sent.values())
        for subscriber in self._subscribers:
            received = {topic: [] for topic in self._sent}
            for message in subscriber.messages.take(total):
                received[message.topic].append(int(message.payload))
            self._case.assertEqual(received,
                                   {topic: list(range(sent)) for topic, sent in self._sent.items()})
        return total, sum(self._newcomers.values())
