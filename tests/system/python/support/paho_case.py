"""What the cases with Paho's Python client have in common."""

import itertools

from support.cases import SystemCase
from support.paho_client import MAX_EXPIRY, PahoClient
from support.relay import Relay

SHARDS = (1, 2, 4)


class PahoCase(SystemCase):
    version = 5
    _settled = itertools.count()

    def client(self, client_id="", port=None, **options):
        client = PahoClient(port or self.broker.port, client_id, self.version, **options)
        self.addCleanup(client.close)
        return client

    def lasting(self, client_id, **options):
        """A client whose Session outlives its connection."""
        return self.client(client_id, clean=False, expiry=MAX_EXPIRY, **options)

    def relay(self):
        relay = Relay(self.broker.port)
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

    def assert_nothing_before(self, subscriber, publisher, topic, qos=1):
        """What comes next to `subscriber` is what `publisher` sends now, hence nothing was due."""
        publisher.publish(topic, b"fence", qos)
        self.assertEqual(subscriber.messages.next().payload, b"fence")


def payloads(messages):
    return [message.payload for message in messages]


def numbered(count, prefix="m"):
    return [f"{prefix}{number}".encode() for number in range(count)]
