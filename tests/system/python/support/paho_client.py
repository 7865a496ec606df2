"""Paho's Python client with its callbacks turned into things to wait for."""

import ssl

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from support.broker import PATIENCE
from support.certificates import authority
from support.inbox import Inbox

MAX_EXPIRY = 0xFFFFFFFF


def properties(packet_type, **values):
    """properties("PUBLISH", MessageExpiryInterval=3)"""
    made = Properties(getattr(PacketTypes, packet_type))
    for name, value in values.items():
        setattr(made, name, value)
    return made


class _Client(paho.Client):
    """Paho 1.6 knows the end of TCP, but of an end within TLS its thread would die."""

    def _sock_send(self, buf):
        return self._with_plain_errors(super()._sock_send, buf)

    def _sock_recv(self, bufsize):
        return self._with_plain_errors(super()._sock_recv, bufsize)

    def _with_plain_errors(self, call, argument):
        try:
            return call(argument)
        except ssl.SSLError as error:
            raise ConnectionResetError(str(error)) from error


class PahoClient:
    """It does not connect again by itself; resume() does, with what it has not delivered yet."""

    def __init__(self, broker_port, client_id="", version=5, clean=True, expiry=0, keep_alive=60,
                 will=None, connect=True, transport="tcp", certificate=(None, None),
                 login=None, **connect_properties):
        self.client_id = client_id
        self._port = broker_port
        self._keep_alive = keep_alive
        self._v5 = version == 5
        under = "websockets" if transport in ("ws", "wss") else "tcp"
        if self._v5:
            self._client = _Client(client_id, protocol=paho.MQTTv5, transport=under)
            self._connect = {"clean_start": clean, "properties": properties(
                "CONNECT", SessionExpiryInterval=expiry, **connect_properties)}
        else:
            self._client = _Client(client_id, protocol=paho.MQTTv311, clean_session=clean,
                                   transport=under)
            self._connect = {}
        if transport in ("tls", "wss"):
            self._client.tls_set(ca_certs=str(authority().ca), certfile=certificate[0],
                                 keyfile=certificate[1])
        self._client.suppress_exceptions = False
        self._client.max_inflight_messages_set(0)  # No limit of its own.
        name = f"client {client_id!r}"
        self.connacks = Inbox(f"{name}, CONNACK")
        self.ends = Inbox(f"{name}, end")
        self.messages = Inbox(f"{name}, message")
        self._subacks = Inbox(f"{name}, SUBACK")
        self._unsubacks = Inbox(f"{name}, UNSUBACK")
        self._client.on_connect = lambda *arguments: self.connacks.put(arguments[2:])
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = lambda _, __, message: self.messages.put(message)
        self._client.on_subscribe = lambda *arguments: self._subacks.put(arguments[3])
        self._client.on_unsubscribe = lambda *arguments: self._unsubacks.put(arguments)
        if login:
            self._client.username_pw_set(*login)
        if will:
            self._client.will_set(**will)
        if connect:
            self.connect()

    def connect(self):
        """Connects and awaits CONNACK; it must say success."""
        self._client.connect("127.0.0.1", self._port, self._keep_alive, **self._connect)
        return self._await_connack()

    def resume(self, port=None):
        """Connects again without Clean Start. Returns whether the Session was there."""
        self._client.loop_stop()
        if self._v5:
            self._connect["clean_start"] = False
        self._port = port or self._port
        self._client.connect("127.0.0.1", self._port, self._keep_alive, **self._connect)
        return self._await_connack()["session present"] == 1

    def _await_connack(self):
        self._client.loop_start()
        flags, reason, *self.connack_properties = self.connacks.next()
        if reason != 0:
            raise AssertionError(f"refused: {reason}")
        return flags

    def _on_disconnect(self, client, _, reason, *__):
        client.disconnect()  # There is nothing to disconnect: it only keeps Paho from reconnecting.
        self.ends.put(reason)

    def subscribe(self, topic_filter, qos=0, identifier=None, **options):
        """Returns the Reason Code as a number, once SUBACK is there."""
        if self._v5:
            subscription = properties("SUBSCRIBE")
            if identifier is not None:
                subscription.SubscriptionIdentifier = identifier
            self._client.subscribe(topic_filter, options=SubscribeOptions(qos=qos, **options),
                                   properties=subscription)
        else:
            self._client.subscribe(topic_filter, qos)
        [code] = self._subacks.next()
        return code.value if self._v5 else code

    def unsubscribe(self, topic_filter):
        self._client.unsubscribe(topic_filter)
        self._unsubacks.next()

    def send(self, topic, payload=b"", qos=0, retain=False, **values):
        """Publishes without waiting for an acknowledgement; returns Paho's MQTTMessageInfo."""
        extra = {"properties": properties("PUBLISH", **values)} if values else {}
        return self._client.publish(topic, payload, qos, retain, **extra)

    def publish(self, *arguments, **values):
        """Publishes, and returns once it has been acknowledged (QoS 0: sent)."""
        info = self.send(*arguments, **values)
        info.wait_for_publish(PATIENCE)
        if not info.is_published():
            raise AssertionError(f"not acknowledged: {arguments}")

    def fall_silent(self):
        """It neither reads nor pings any more, but its connection stays."""
        self._client.loop_stop()

    def wake_up(self):
        self._client.loop_start()

    def disconnect(self, **values):
        """The normal way."""
        self._client.disconnect(**values)
        self.ends.next()
        self._client.loop_stop()

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()
        self._client._reset_sockets()  # Else they are there until it is collected as garbage.
