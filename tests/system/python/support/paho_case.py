"""What the cases with Paho's Python client have in common."""

import itertools
import threading
import time

from support.cases import SHARDS, SystemCase
from support.paho_client import MAX_EXPIRY, PahoClient
from support.relay import Relay

# For the cases that also run over something other than TCP: one version of MQTT is enough there.
ELSEWHERE = {"version": (5,), "shards": SHARDS, "transport": ("tls", "ws", "wss")}


class PahoCase(SystemCase):
    version = 5
    _settled = itertools.count()

    def client(self, client_id="", port=None, **options):
        options.setdefault("transport", self.transport)
        client = PahoClient(port or self.broker.port, client_id, self.version, **options)
        self.addCleanup(client.close)
        return client

    def lasting(self, client_id, **options):
        """A client whose Session outlives its connection."""
        return self.client(client_id, clean=False, expiry=MAX_EXPIRY, **options)

    def relay(self, port=None, **options):
        relay = Relay(port or self.broker.port, **options)
        self.addCleanup(relay.close)
        return relay

    def leave(self, client, **values):
        """Disconnects, and returns once the broker has noticed: its shards hear of it in any order
        with what comes over another connection."""
        line = f'client disconnected client_id="{client.client_id}"'
        before = self.broker.log().count(line)
        client.disconnect(**values)
        self.broker.await_log(line, before + 1)

    def settle(self, publisher):
        """Returns once every shard has seen what `publisher` has sent so far, QoS 0 included."""
        # SUBACK waits for all shards, and they hear of it behind the messages.
        publisher.subscribe(f"settle/{next(self._settled)}")

    def assert_ends_under_traffic(self, client, end, witness):
        """`client` is subscribed to `t`. Its credential ends at `end`, in seconds since 1970, while
        `witness` publishes to it."""
        stop = threading.Event()

        def publish():
            while not stop.wait(0.01):
                witness.send("t", b"x")

        sender = threading.Thread(target=publish)
        sender.start()
        client.ends.next()
        ended = time.time()
        stop.set()
        sender.join()
        self.assertGreaterEqual(ended, end)
        self.broker.await_log(f'client disconnected client_id="{client.client_id}"')
        self.assertIn("its credential expired at ", self.broker.log())

    def assert_nothing_before(self, subscriber, publisher, topic, qos=1):
        """What comes next to `subscriber` is what `publisher` sends now, hence nothing was due."""
        publisher.publish(topic, b"fence", qos)
        self.assertEqual(subscriber.messages.next().payload, b"fence")


def payloads(messages):
    return [message.payload for message in messages]


def numbered(count, prefix="m"):
    return [f"{prefix}{number}".encode() for number in range(count)]
