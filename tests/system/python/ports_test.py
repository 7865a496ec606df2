#!/usr/bin/python3
"""Ports that are reached otherwise than straight by TCP: UNIX sockets, and through a proxy."""

import os
import pathlib
import socket
import stat
import struct
import tempfile

from support import mosquitto
from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.config import port
from support.paho_case import PahoCase

# Who the proxy says the client is, in the words of the log.
CLIENT, CLIENT_PORT = "203.0.113.7", 5555
PEER = f'peer="{CLIENT}:{CLIENT_PORT} via 127.0.0.1:'

V1 = f"PROXY TCP4 {CLIENT} 127.0.0.1 {CLIENT_PORT} 1883\r\n".encode()
V2 = (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + struct.pack("!H", 12) + socket.inet_aton(CLIENT) +
      socket.inet_aton("127.0.0.1") + struct.pack("!HH", CLIENT_PORT, 1883))
HEADERS = {"V1": V1, "V2": V2}


class PortsCase(PahoCase):
    def setUp(self):
        pass  # Each case starts its broker with a port of its own.


@for_each(shards=SHARDS, version=("mqttv311", "mqttv5"))
class UnixSocket(PortsCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "signet.sock"
        self.place = mosquitto.Place(unix=self.path)
        self.start({"unixSocket": {"path": str(self.path), "mode": "0600"}}, ports=0)
        self.broker.await_log(f"listening on unix:{self.path}")

    def test_messages_go_both_ways(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        subscriber = mosquitto.Listening("mosquitto_sub", self.place, self.version, "-t", "a/#",
                                         "-q", "2")
        self.addCleanup(subscriber.close)
        subscriber.await_note("Subscribed (mid: 1)")
        for qos in range(3):
            mosquitto.run("mosquitto_pub", self.place, self.version, "-t", f"a/{qos}", "-m", "on",
                          "-q", str(qos))
            self.assertEqual(subscriber.messages.next(), f"{qos} 0 a/{qos} on")

    def test_a_reload_changes_who_may_connect(self):
        for mode in (0o666, 0o600):
            self.config.listen({"unixSocket": {"path": str(self.path), "mode": f"{mode:04o}"}})
            await_that(lambda: stat.S_IMODE(os.stat(self.path).st_mode) == mode, "the new mode")

    def test_it_goes_with_its_port(self):
        self.config.listen(port())
        await_that(lambda: not self.path.exists(), "the end of the socket")


@for_each(header=("V1", "V2"), transport=("tcp", "tls", "ws", "wss"))
class Proxy(PortsCase):
    shards = 2

    def start_behind(self, networks, versions="Both"):
        rule = {"trustedNetworks": networks, "versions": versions}
        self.start(port(transport=self.transport, proxyProtocol=rule))
        return self.relay(first=HEADERS[self.header])

    def test_a_trusted_one_says_who_the_client_is(self):
        proxy = self.start_behind(["10.0.0.0/8", "127.0.0.0/8"], self.header)
        client = self.client("device", proxy.port)
        self.broker.await_log(f'client connected client_id="device" {PEER}')
        client.subscribe("a", 1)
        client.publish("a", b"through the proxy", 1)
        self.assertEqual(client.messages.next().payload, b"through the proxy")

    def test_who_comes_from_elsewhere_is_closed(self):
        self.start_behind(["10.0.0.0/8"])
        self.assert_refused(HEADERS[self.header])

    def test_who_says_nothing_of_the_client_is_closed(self):
        self.start_behind(["127.0.0.1"])
        self.assert_refused(b"GET / HTTP/1.1\r\n\r\n")

    def test_another_version_than_the_ports_is_closed(self):
        self.start_behind(["127.0.0.1"], {"V1": "V2", "V2": "V1"}[self.header])
        self.assert_refused(HEADERS[self.header])

    def assert_refused(self, data):
        with socket.create_connection(("127.0.0.1", self.broker.port)) as stranger:
            stranger.settimeout(60)
            try:
                stranger.sendall(data)
                self.assertEqual(stranger.recv(1), b"")
            except (BrokenPipeError, ConnectionResetError):
                pass  # That is an end, too.
        self.assertNotIn("client connected", self.broker.log())


if __name__ == "__main__":
    main("ports_test")
