#!/usr/bin/python3
"""Paho's Python client 1.6 and the broker: MQTT 3.1.1 and 5.0."""

import hashlib
import os
import time

from support.broker import PATIENCE
from support.cases import SystemCase, for_each, main
from support.inbox import Inbox
from support.paho_client import MAX_EXPIRY, PahoClient, properties
from support.relay import Relay

SHARDS = (1, 2, 4)


class PahoCase(SystemCase):
    version = 5

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

    def assert_nothing_before(self, subscriber, publisher, topic, qos=1):
        """What comes next to `subscriber` is what `publisher` sends now, hence nothing was due."""
        publisher.publish(topic, b"fence", qos)
        self.assertEqual(subscriber.messages.next().payload, b"fence")


def payloads(messages):
    return [message.payload for message in messages]


def numbered(count, prefix="m"):
    return [f"{prefix}{number}".encode() for number in range(count)]


@for_each(version=(3, 5), shards=SHARDS)
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


@for_each(version=(3, 5), shards=SHARDS)
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
        mortal.disconnect()
        self.broker.await_log("client disconnected")
        # At home in the same place, so that nothing it sends overtakes its predecessor's Will.
        self.assert_nothing_before(watcher, self.client("mortal"), "will")

    def test_keep_alive_ends_a_silent_client_and_nobody_else(self):
        watcher = self.client("watcher", keep_alive=1)
        watcher.subscribe("will", 1)
        silent = self.client("silent", keep_alive=1,
                             will={"topic": "will", "payload": "silent", "qos": 1})
        begin = time.monotonic()
        silent.subscribe("last/packet", 0)
        silent.fall_silent()
        self.assertEqual(watcher.messages.next().payload, b"silent")
        self.assertGreaterEqual(time.monotonic() - begin, 1.5)
        self.assertIn("Keep Alive", self.broker.log())
        silent.wake_up()
        silent.ends.next()
        self.assertEqual(watcher.ends.waiting(), 0)


@for_each(version=(3, 5), shards=SHARDS)
class Sessions(PahoCase):
    def test_what_is_queued_comes_when_the_client_does(self):
        subscriber = self.lasting("sleeper")
        subscriber.subscribe("queue/#", 2)
        subscriber.disconnect()
        publisher = self.client("publisher")
        for number, payload in enumerate(numbered(50)):
            publisher.publish("queue/x", payload, 1 + number % 2)
        publisher.publish("queue/x", b"not kept", 0)
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
        first.disconnect()
        publisher = self.client("publisher")
        publisher.publish("old", b"queued", 1)
        second = self.client("forgetful", connect=False)
        self.assertEqual(second.connect()["session present"], 0)
        publisher.publish("old", b"live", 1)
        second.subscribe("new", 1)
        self.assert_nothing_before(second, publisher, "new")
        second.disconnect()
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
class Shared(PahoCase):
    def test_each_message_goes_to_one_member_and_each_member_has_work(self):
        inbox = Inbox("all members")
        for number in range(4):
            member = self.client(f"member-{number}")
            member.messages.put = lambda message, number=number: inbox.put((number, message))
            member.subscribe("$share/crew/work/+", 1)
        outsider = self.client("outsider")
        outsider.subscribe("work/#", 1)
        publisher = self.client("publisher")
        for payload in numbered(80):
            publisher.publish("work/now", payload, 1)
        taken = inbox.take(80)
        self.assertEqual({message.payload for _, message in taken}, set(numbered(80)))
        self.assertEqual({number for number, _ in taken}, {0, 1, 2, 3})
        self.assertEqual(payloads(outsider.messages.take(80)), numbered(80))


@for_each(shards=SHARDS)
class Version5(PahoCase):
    def test_a_will_waits_for_its_delay_and_a_resumed_session_cancels_it(self):
        watcher = self.client("watcher")
        watcher.subscribe("will/#", 1)
        relay = self.relay()
        will = {"payload": "gone", "qos": 1,
                "properties": properties("WILLMESSAGE", WillDelayInterval=1)}
        begin = time.monotonic()
        self.lasting("dead", port=relay.port, will={"topic": "will/dead", **will})
        back = self.lasting("back", port=relay.port, will={"topic": "will/back", **will})
        relay.cut()
        back.ends.next()
        self.assertTrue(back.resume(self.broker.port))
        self.assertEqual(watcher.messages.next().topic, "will/dead")
        self.assertGreaterEqual(time.monotonic() - begin, 1)
        self.assert_nothing_before(watcher, back, "will/back")

    def test_properties_of_a_message_reach_the_subscriber(self):
        subscriber = self.client("subscriber")
        subscriber.subscribe("#", 1, identifier=268_435_455)
        subscriber.subscribe("deep/+", 1, identifier=1)
        pairs = [("key", "1"), ("other", ""), ("key", "2"), ("", "grüße")]
        self.client("publisher").publish(
            "deep/topic", b"x", 1, UserProperty=pairs, ResponseTopic="answer/here",
            CorrelationData=b"\0\xff", ContentType="text/plain", PayloadFormatIndicator=1)
        # A Session that matches by several Subscriptions gets one copy, with all Identifiers.
        received = subscriber.messages.next().properties
        self.assertEqual(received.UserProperty, pairs)
        self.assertEqual(received.ResponseTopic, "answer/here")
        self.assertEqual(received.CorrelationData, b"\0\xff")
        self.assertEqual(received.ContentType, "text/plain")
        self.assertEqual(received.PayloadFormatIndicator, 1)
        self.assertEqual(sorted(received.SubscriptionIdentifier), [1, 268_435_455])
        self.assert_nothing_before(subscriber, self.client("publisher"), "other")

    def test_topic_aliases_work_both_ways(self):
        subscriber = self.client("subscriber", TopicAliasMaximum=2)
        subscriber.subscribe("alias/#", 1)
        publisher = self.client("publisher")
        self.assertGreaterEqual(publisher.connack_properties[0].TopicAliasMaximum, 2)
        names = ["alias/one", "alias/two", "alias/three"]
        for _ in range(3):
            publisher.publish(names[0], b"full", 1, TopicAlias=1)
            publisher.publish("", b"alias", 1, TopicAlias=1)
            publisher.publish(names[1], b"full", 1, TopicAlias=1)  # The alias has a new meaning.
            publisher.publish("", b"alias", 1, TopicAlias=1)
            publisher.publish(names[2], b"none", 1)
        known = {}
        resolved = []
        empty = 0
        for message in subscriber.messages.take(15):
            alias = getattr(message.properties, "TopicAlias", None)
            empty += not message.topic
            if message.topic and alias:
                known[alias] = message.topic
            resolved.append(message.topic or known[alias])
        self.assertEqual(resolved, [names[0], names[0], names[1], names[1], names[2]] * 3)
        self.assertLessEqual(set(known), {1, 2})
        self.assertGreater(empty, 0)  # The broker has used them, too.

    def test_messages_expire_and_tell_how_long_they_have(self):
        sleeper = self.lasting("sleeper")
        sleeper.subscribe("expiry", 1)
        sleeper.disconnect()
        publisher = self.client("publisher")
        publisher.publish("expiry", b"short", 1, MessageExpiryInterval=1)
        publisher.publish("expiry", b"long", 1, MessageExpiryInterval=1000)
        publisher.publish("expiry", b"for ever", 1)
        publisher.publish("kept", b"short", 1, retain=True, MessageExpiryInterval=1)
        publisher.publish("kept", b"long", 1, retain=True, MessageExpiryInterval=1)
        publisher.publish("kept/long", b"long", 1, retain=True, MessageExpiryInterval=1000)
        time.sleep(2.1)  # It is time itself that is awaited.
        self.assertTrue(sleeper.resume())
        first, second = sleeper.messages.take(2)
        self.assertEqual((first.payload, second.payload), (b"long", b"for ever"))
        self.assertLess(first.properties.MessageExpiryInterval, 1000)
        self.assertGreater(first.properties.MessageExpiryInterval, 1000 - 2 * PATIENCE)
        self.assertFalse(hasattr(second.properties, "MessageExpiryInterval"))
        sleeper.subscribe("kept/#", 1)
        self.assertEqual(sleeper.messages.next().topic, "kept/long")

    def test_a_session_lasts_as_long_as_it_was_asked_to(self):
        short = self.client("short", clean=False, expiry=1)
        changed = self.lasting("changed")
        changed.disconnect(properties=properties("DISCONNECT", SessionExpiryInterval=0))
        self.assertFalse(changed.resume())
        short.disconnect()
        time.sleep(2.1)
        self.assertFalse(short.resume())

    def test_subscription_options_are_respected(self):
        publisher = self.client("publisher")
        publisher.publish("option", b"kept", 1, retain=True)
        subscriber = self.client("subscriber")
        subscriber.subscribe("option", 1, retainHandling=2)
        publisher.publish("option", b"live", 1, retain=True)
        message = subscriber.messages.next()
        self.assertEqual((message.payload, message.retain), (b"live", False))
        subscriber.subscribe("option", 1, retainHandling=1, retainAsPublished=True)  # Not a new one.
        publisher.publish("option", b"as published", 1, retain=True)
        message = subscriber.messages.next()
        self.assertEqual((message.payload, message.retain), (b"as published", True))
        subscriber.subscribe("own", 1, noLocal=True)
        subscriber.publish("own", b"mine", 1)
        self.assert_nothing_before(subscriber, publisher, "own")

    def test_a_client_without_a_name_is_given_one(self):
        first, second = self.client(), self.client()
        names = {client.connack_properties[0].AssignedClientIdentifier for client in (first, second)}
        self.assertEqual(len(names), 2)

    def test_the_broker_keeps_to_the_receive_maximum_of_a_client(self):
        relay = self.relay()
        subscriber = self.lasting("subscriber", port=relay.port, ReceiveMaximum=3)
        subscriber.subscribe("flood", 1)
        subscriber.subscribe("fence", 0)
        relay.mute("up")
        publisher = self.client("publisher")
        for payload in numbered(10):
            publisher.publish("flood", payload, 1)
        publisher.publish("fence", b"fence", 0)  # QoS 0 is not held up by what is not acknowledged.
        self.assertEqual(payloads(subscriber.messages.take(4)), [*numbered(3), b"fence"])
        relay.cut()
        subscriber.ends.next()
        self.assertTrue(subscriber.resume())
        self.assertEqual(payloads(subscriber.messages.take(10)), numbered(10))

    def test_the_broker_sends_nothing_larger_than_a_client_takes(self):
        subscriber = self.client("subscriber", MaximumPacketSize=100)
        subscriber.subscribe("size", 1)
        publisher = self.client("publisher")
        publisher.publish("size", bytes(100), 1)
        publisher.publish("size", bytes(80), 1)
        self.assertEqual(subscriber.messages.next().payload, bytes(80))


@for_each(shards=SHARDS)
class Limits(PahoCase):
    arguments = ("--limit", "receive_maximum=7", "--limit", "packet_bytes=2048",
                 "--limit", "topic_aliases_in=5", "--limit", "keep_alive_s=30",
                 "--limit", "session_expiry_s=100", "--response-information", "answers/")

    def test_connack_tells_them(self):
        told = self.client("asker", expiry=200, RequestResponseInformation=1).connack_properties[0]
        self.assertEqual(told.ReceiveMaximum, 7)
        self.assertEqual(told.MaximumPacketSize, 2048)
        self.assertEqual(told.TopicAliasMaximum, 5)
        self.assertEqual(told.ServerKeepAlive, 30)
        self.assertEqual(told.SessionExpiryInterval, 100)
        self.assertTrue(told.ResponseInformation.startswith("answers/"))

    def test_whoever_sends_too_large_a_packet_is_disconnected(self):
        offender = self.client("offender")
        offender.publish("size", bytes(1900), 1)
        offender.send("size", bytes(2048), 1)
        offender.ends.next()
        self.broker.await_log('code="0x95"')

    def test_whoever_sends_more_than_the_receive_maximum_is_disconnected(self):
        relay = self.relay()
        offender = self.client("offender", relay.port)
        relay.mute("down")  # It never sees a PUBREC, so nothing it sends is completed.
        for payload in numbered(7):
            offender.send("many", payload, 2)
        watcher = self.client("watcher")
        watcher.subscribe("#", 0)
        self.client("publisher").publish("fence", b"fence")
        watcher.messages.next()
        self.assertNotIn('code="0x93"', self.broker.log())
        offender.send("many", b"one too many", 2)
        self.broker.await_log('code="0x93"')


@for_each(version=(3, 5), shards=SHARDS)
class Stopping(PahoCase):
    def test_sigterm_ends_all_connections_and_the_broker(self):
        clients = [self.client(f"client-{number}") for number in range(8)]
        self.broker.ask_to_stop()
        for client in clients:
            client.ends.next()
        self.broker.stop()


if __name__ == "__main__":
    main("system_paho_python_test")
