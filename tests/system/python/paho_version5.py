"""What only MQTT 5.0 has."""

import time

from support.broker import PATIENCE
from support.cases import SHARDS, for_each
from support.paho_case import PahoCase, numbered, payloads
from support.paho_client import properties


@for_each(shards=SHARDS)
class Version5(PahoCase):
    @staticmethod
    def delayed_will(topic, seconds):
        return {"topic": topic, "payload": "gone", "qos": 1,
                "properties": properties("WILLMESSAGE", WillDelayInterval=seconds)}

    def test_a_will_waits_for_its_delay_and_a_resumed_session_cancels_it(self):
        watcher = self.client("watcher")
        watcher.subscribe("will/#", 1)
        relay = self.relay()
        begin = time.monotonic()
        self.lasting("dead", port=relay.port, will=self.delayed_will("will/dead", 3))
        back = self.lasting("back", port=relay.port, will=self.delayed_will("will/back", 2))
        relay.cut()
        back.ends.next()
        self.assertTrue(back.resume(self.broker.port))
        self.assertEqual(watcher.messages.next().topic, "will/dead")
        self.assertGreaterEqual(time.monotonic() - begin, 3)
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
        self.leave(sleeper)
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
        self.leave(changed, properties=properties("DISCONNECT", SessionExpiryInterval=0))
        self.assertFalse(changed.resume())
        self.leave(short)
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
        # Not a new one, hence nothing that is retained.
        subscriber.subscribe("option", 1, retainHandling=1, retainAsPublished=True)
        publisher.publish("option", b"as published", 1, retain=True)
        message = subscriber.messages.next()
        self.assertEqual((message.payload, message.retain), (b"as published", True))
        subscriber.subscribe("own", 1, noLocal=True)
        subscriber.publish("own", b"mine", 1)
        self.assert_nothing_before(subscriber, publisher, "own")

    def test_a_client_without_a_name_is_given_one(self):
        names = {self.client().connack_properties[0].AssignedClientIdentifier for _ in range(2)}
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
        watcher = self.client("watcher")
        watcher.subscribe("many", 0)
        offender = self.client("offender", relay.port)
        relay.mute("down")  # It never sees a PUBREC, so nothing it sends is completed.
        for payload in numbered(7):
            offender.send("many", payload, 2)
        self.assertEqual(payloads(watcher.messages.take(7)), numbered(7))
        self.assertNotIn('code="0x93"', self.broker.log())
        offender.send("many", b"one too many", 2)
        self.broker.await_log('code="0x93"')
