"""What outlives a connection, and how connections end."""

from support.broker import PATIENCE
from support.cases import SHARDS, for_each
from support.paho_case import ELSEWHERE, MAX_EXPIRY, PahoCase, numbered, payloads


@for_each(version=(3, 5), shards=SHARDS)
@for_each(**ELSEWHERE)
class Sessions(PahoCase):
    def test_what_is_queued_comes_when_the_client_does(self):
        subscriber = self.lasting("sleeper")
        subscriber.subscribe("queue/#", 2)
        self.leave(subscriber)
        publisher = self.client("publisher")
        for number, payload in enumerate(numbered(50)):
            publisher.publish("queue/x", payload, 1 + number % 2)
        publisher.publish("queue/x", b"not kept", 0)
        self.settle(publisher)
        self.assertTrue(subscriber.resume())
        messages = subscriber.messages.take(50)
        # Paho shows a QoS 2 message when PUBREL comes, which is later than its turn.
        for qos in (1, 2):
            self.assertEqual([m.payload for m in messages if m.qos == qos],
                             numbered(50)[qos - 1::2])
        self.assert_nothing_before(subscriber, publisher, "queue/fence", 2)
        self.broker.await_log('session="resumed"')

    def test_what_was_not_acknowledged_comes_again(self):
        relay = self.relay()
        subscriber = self.lasting("subscriber", port=relay.port)
        subscriber.subscribe("again", 2)
        relay.mute("up")  # Its acknowledgements are lost.
        publisher = self.client("publisher")
        publisher.publish("again", b"one", 1)
        self.assertEqual(subscriber.messages.next().payload, b"one")
        publisher.publish("again", b"two", 2)  # Paho shows it once PUBREL has come.
        relay.cut()
        self.broker.await_log('client disconnected client_id="subscriber"')
        subscriber.ends.next()
        publisher.publish("again", b"three", 1)
        self.assertTrue(subscriber.resume())
        messages = subscriber.messages.take(3)
        self.assertEqual([(m.payload, m.qos, bool(m.dup)) for m in messages if m.qos == 1],
                         [(b"one", 1, True), (b"three", 1, False)])
        self.assertEqual([m.payload for m in messages if m.qos == 2], [b"two"])
        self.assert_nothing_before(subscriber, publisher, "again")

    def test_what_the_broker_did_not_acknowledge_is_taken_once(self):
        watcher = self.client("watcher")
        watcher.subscribe("once/#", 2)
        relay = self.relay()
        publisher = self.lasting("publisher", port=relay.port)
        relay.mute("down")  # The broker's acknowledgements are lost.
        infos = [publisher.send("once/2", payload, 2) for payload in numbered(20)]
        self.assertEqual(payloads(watcher.messages.take(20)), numbered(20))
        relay.cut()
        publisher.ends.next()
        self.assertTrue(publisher.resume())  # Paho sends all of them again.
        for info in infos:
            info.wait_for_publish(PATIENCE)
            self.assertTrue(info.is_published())
        self.assert_nothing_before(watcher, publisher, "once/fence")

    def test_at_least_once_repeats_what_was_not_acknowledged(self):
        watcher = self.client("watcher")
        watcher.subscribe("repeat", 1)
        relay = self.relay()
        publisher = self.lasting("publisher", port=relay.port)
        relay.mute("down")
        info = publisher.send("repeat", b"x", 1)
        watcher.messages.next()
        relay.cut()
        publisher.ends.next()
        self.assertTrue(publisher.resume())
        info.wait_for_publish(PATIENCE)
        self.assertTrue(info.is_published())
        self.assertEqual(watcher.messages.next().payload, b"x")

    def test_a_clean_one_forgets_everything(self):
        first = self.lasting("forgetful")
        first.subscribe("old", 1)
        self.leave(first)
        publisher = self.client("publisher")
        publisher.publish("old", b"queued", 1)
        second = self.client("forgetful", connect=False)
        self.assertEqual(second.connect()["session present"], 0)
        publisher.publish("old", b"live", 1)
        second.subscribe("new", 1)
        self.assert_nothing_before(second, publisher, "new")
        self.leave(second)
        third = self.client("forgetful", clean=False, connect=False)
        self.assertEqual(third.connect()["session present"], 0)

    def test_a_second_client_takes_over_and_the_first_is_closed(self):
        first = self.lasting("twin")
        first.subscribe("twin", 1)
        second = self.client("twin", clean=False, expiry=MAX_EXPIRY, connect=False)
        self.assertEqual(second.connect()["session present"], 1)
        first.ends.next()
        self.client("publisher").publish("twin", b"to the second", 1)
        self.assertEqual(second.messages.next().payload, b"to the second")
        self.assertEqual(first.messages.waiting(), 0)


@for_each(version=(3, 5), shards=SHARDS)
@for_each(**ELSEWHERE)
class Stopping(PahoCase):
    def test_sigterm_ends_all_connections_and_the_broker(self):
        clients = [self.client(f"client-{number}") for number in range(8)]
        self.broker.ask_to_stop()
        for client in clients:
            client.ends.next()
        self.broker.stop()
