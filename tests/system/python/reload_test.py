#!/usr/bin/python3
"""What clients notice of a configuration that changes while the broker runs: nothing that does not
concern them. With SIGNET_RELOAD_SECONDS=60 the reloads under load go on for so long, one a second;
without it there are as many as fit into a test."""

import itertools
import os
import socket
import sys
import tempfile
import time

from support import mosquitto
from support.broker import Broker, await_that
from support.cases import SHARDS, for_each, main
from support.certificates import authority, server_secret
from support.config import Config, free_port, manual, port
from support.paho_case import PahoCase
from support.traffic import Traffic, server_name

SECONDS = int(os.environ.get("SIGNET_RELOAD_SECONDS", "0"))
RELOADS = 20

REFUSED = "the configuration is refused, and the old one stays"


class ReloadCase(PahoCase):
    def setUp(self):
        pass  # Each case starts its broker with ports of its own.

    def await_name(self, name, number=None):
        await_that(lambda: server_name(number or self.broker.port) == name,
                   f"a handshake with the certificate of {name!r}")

    def assert_closed(self, number):
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", number)).close()


@for_each(shards=SHARDS)
class Rotation(ReloadCase):
    transport = "tls"
    rotations = 5

    def test_by_the_symlink_swap_of_kubernetes(self):
        self.rotate(lambda secret: self.config.mount("server-tls", secret))

    def test_by_renames_of_an_editor(self):
        def save(secret):
            for key, value in secret.items():
                self.config.save(f"secrets/edited/{key}", value)

        self.rotate(save, "edited")

    def test_by_a_manifest(self):
        self.rotate(lambda secret: self.config.put_secret("written", secret), "written")

    def rotate(self, replace, name="server-tls"):
        """No publish fails, old connections stay, and new handshakes show the new certificate."""
        # Those that are not there at first are waited for, too.
        self.start(port(tls=manual(name)), ports=0)
        (self.config.path / "secrets" / "edited").mkdir()
        replace(authority().secret("first"))
        self.broker.port = self.broker.await_port()
        self.await_name("first")
        traffic = Traffic(self, [(self.broker.port, "tls")])
        for number in range(self.rotations):
            traffic.await_more(10)
            replace(authority().secret(f"rotated-{number}"))
            self.await_name(f"rotated-{number}")
        traffic.await_more(10)
        traffic.stop()


@for_each(shards=SHARDS)
class UnderLoad(ReloadCase):
    def test_reloads_drop_nobody(self):
        self.numbers = {transport: free_port() for transport in ("tcp", "tls", "ws", "wss")}
        self.extra = free_port()
        self.start(*self.ports())
        traffic = Traffic(self, [(number, name) for name, number in self.numbers.items()])
        begin = time.monotonic()
        changes = itertools.cycle((self.limit, self.open, self.renew, self.narrow, self.close))
        done = 0
        while done < RELOADS or time.monotonic() - begin < SECONDS:
            next(changes)(done)
            done += 1
            self.broker.await_log("configuration reloaded", done)
            traffic.await_more(1)
            if SECONDS:
                time.sleep(max(0, begin + done - time.monotonic()))
        messages, newcomers = traffic.stop()
        if SECONDS:
            print(f"{done} reloads in {time.monotonic() - begin:.1f} s, {messages} messages, "
                  f"{newcomers} new connections", file=sys.stderr)

    def ports(self, **more):
        return [port(number, name, **more) for name, number in self.numbers.items()]

    def limit(self, step):
        self.config.put("Broker", "default", {"limits": {"queued_messages": 100000 + step}})

    def open(self, step):
        self.config.listen(*self.ports(), port(self.extra))

    def renew(self, step):
        self.config.mount("server-tls", authority().secret(f"renewed-{step}"))

    def narrow(self, step):
        self.config.listen(*self.ports(maxConnections=1000 + step, connectTimeoutSeconds=30),
                           port(self.extra))

    def close(self, step):
        self.config.listen(*self.ports())


@for_each(shards=SHARDS)
class Changes(ReloadCase):
    def test_sighup_alone_is_enough(self):
        numbers = [free_port(), free_port()]
        self.start(port(numbers[0]))
        with tempfile.TemporaryDirectory() as elsewhere:
            # Written by another name of the file, in a folder that nobody watches.
            other = Config(*[port(number) for number in numbers])
            self.addCleanup(other.close)
            name = "BrokerListener-test.json"
            os.link(self.config.path / name, f"{elsewhere}/{name}")
            with open(f"{elsewhere}/{name}", "wb") as file:
                file.write((other.path / name).read_bytes())
            self.assert_closed(numbers[1])
            self.broker.hang_up()
            self.broker.await_log("configuration reloaded")
        self.client("a", numbers[1])
        self.assertEqual(self.broker.log().count("configuration reloaded"), 1)

    def test_a_wrong_document_changes_nothing_and_the_log_says_why(self):
        number, later = free_port(), free_port()
        self.start(port(number))
        client = self.client("a", number)
        self.config.listen(port(number, tsl={}), port(later))
        self.broker.await_log(REFUSED)
        self.assertRegex(self.broker.log(), r"BrokerListener-test\.json:1.*tsl.*did you mean tls")
        self.assert_closed(later)
        self.client("b", number)
        self.config.save("Broken.json", "{")
        self.broker.await_log(REFUSED, 2)
        self.assertRegex(self.broker.log(), r"Broken\.json:[12]\b")
        os.unlink(self.config.path / "Broken.json")
        self.config.listen(port(number), port(later))
        self.broker.await_log(f"listening on 127.0.0.1:{later}")
        client.publish("still", b"here", 1)
        self.assertEqual(client.ends.waiting(), 0)

    def test_a_wrong_certificate_changes_nothing(self):
        self.start(port(free_port(), "tls"))
        other = authority().secret("other")
        for key in ("tls.crt", "tls.key"):
            self.config.mount("server-tls", {**server_secret(), key: other[key]})
            self.broker.await_log(REFUSED, 1 if key == "tls.crt" else 2)
            self.assertEqual(server_name(self.broker.port), "server")
        self.assertNotIn("PRIVATE KEY", self.broker.log())
        self.config.mount("server-tls", other)
        self.await_name("other")

    def test_a_port_that_opens_to_all_is_warned_of(self):
        first, second = ({"port": free_port(), "address": "0.0.0.0"} for _ in range(2))
        warning = "is let in without authentication"
        self.start(first, ports=0)
        self.broker.await_log(warning)
        self.config.listen(first, second)
        self.broker.await_log(warning, 2)

    def test_a_setting_that_goes_is_what_it_would_be_at_a_start(self):
        number = free_port()
        # Before the broker starts, so that it is not the reload that sets it.
        self.config = Config(port(number))
        self.addCleanup(self.config.close)
        self.config.put("Broker", "default", {"diagnostics": {"logs": {"level": "error"}}})
        self.broker = Broker(shards=self.shards, config=self.config.path)
        self.addCleanup(self.broker.stop)
        self.config.put("Broker", "default", {})
        self.broker.await_log("configuration reloaded")

    def test_a_port_that_goes_takes_its_own_clients_along(self):
        for transport in ("tcp", "tls", "ws", "wss"):
            with self.subTest(transport=transport):
                stays, goes = free_port(), free_port()
                self.start(port(stays, transport), port(goes, transport))
                mine = [self.client(f"stays-{number}", stays, transport=transport)
                        for number in range(4)]
                theirs = [self.client(f"goes-{number}", goes, transport=transport)
                          for number in range(4)]
                self.config.listen(port(stays, transport))
                for client in theirs:
                    self.assertEqual(client.ends.next().value, 0x98)
                for client in mine:
                    client.publish("still", b"here", 1)
                    self.assertEqual(client.ends.waiting(), 0)
                self.broker.await_log(f"no longer listening on 127.0.0.1:{goes}")
                self.assert_closed(goes)

    def test_a_port_waits_for_its_secret(self):
        number = free_port()
        self.start(port(number, tls=manual("later")), ports=0)
        self.broker.await_log("the port waits")
        self.assert_closed(number)
        self.config.mount("later", authority().secret("later"))
        self.broker.await_log(f"listening on 127.0.0.1:{number}")
        self.assertEqual(server_name(number), "later")

    def test_a_port_that_is_to_have_what_is_not_there_closes(self):
        """It had less: to stay open would be to fall back to that."""
        for more in ({"authenticationRef": "later"}, {"tls": manual("later")}):
            with self.subTest(more=more):
                number = free_port()
                self.start(port(number))
                client = self.client("before")
                self.config.listen(port(number, **more))
                self.broker.await_log(f"no longer listening on 127.0.0.1:{number}")
                client.ends.next()
                self.assert_closed(number)
                self.broker.stop()

    def test_a_port_whose_secret_vanishes_stays_as_it_was(self):
        number = free_port()
        self.start(port(number, "tls"))
        client = self.client("before", transport="tls")
        self.config.unmount("server-tls")
        self.broker.await_log("the port waits")
        self.broker.await_log("the port is open, and stays as it was")
        self.broker.await_log("configuration reloaded")
        self.client("after", transport="tls").publish("a", b"b", 1)
        self.assertEqual(server_name(number), "server")
        client.publish("a", b"b", 1)
        self.assertEqual(client.ends.waiting(), 0)
        self.config.mount("server-tls", authority().secret("returned"))
        self.await_name("returned")
        self.assertEqual(client.ends.waiting(), 0)

    def test_a_limit_that_shrinks_holds_for_those_who_come(self):
        number = free_port()
        self.start(port(number))
        clients = [self.client(f"client-{index}", number) for index in range(3)]
        self.config.listen(port(number, maxConnections=2))
        self.broker.await_log("configuration reloaded")
        with self.assertRaises(AssertionError):
            mosquitto.run("mosquitto_pub", mosquitto.Place(number), "mqttv5", "-t", "a", "-m", "b")
        for client in clients:
            client.publish("still", b"here", 1)
            self.assertEqual(client.ends.waiting(), 0)


if __name__ == "__main__":
    main("reload_test")
