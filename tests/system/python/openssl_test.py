#!/usr/bin/python3
"""openssl s_client and the ports of a broker: versions, ciphers, names, tickets, certificates."""

import pathlib
import tempfile

from support.cases import SHARDS, SystemCase, for_each, main
from support.certificates import Authority, authority
from support.config import manual, port
from support.openssl import SClient

# OpenSSL itself would not speak old versions otherwise.
OLD = ("-cipher", "DEFAULT@SECLEVEL=0")
VERSIONS = ("-tls1_2", "-tls1_3")

X509 = {"method": "X509"}
TOKENS = {"method": "ServiceAccountToken", "serviceAccountTokenSettings": {"audiences": ["a"]}}


class OpensslCase(SystemCase):
    transport = "tls"

    def s_client(self, *arguments, port=None):
        client = SClient(port or self.broker.port, *arguments)
        self.addCleanup(client.close)
        return client

    def accepted(self, *arguments, **options):
        """What s_client says of a connection that MQTT is spoken over."""
        client = self.s_client(*arguments, **options)
        self.assertTrue(client.connects(), client.text)
        self.assertIn("Verify return code: 0 (ok)", client.text)
        client.close()
        return client.text

    def refused(self, alert, *arguments, **options):
        client = self.s_client(*arguments, **options)
        self.assertFalse(client.connects(), client.text)
        self.assertIn(f"alert {alert}", client.text)

    def start_with_client_certificates(self, *methods):
        self.start(port(authenticationRef="devices", transport="tls"), ports=0)
        self.config.mount("client-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")
        self.config.put("BrokerAuthentication", "devices", {"authenticationMethods": methods})
        self.broker.port = self.broker.await_port()


@for_each(shards=SHARDS)
class Versions(OpensslCase):
    def test_1_2_and_1_3_are_spoken_and_nothing_older(self):
        self.assertIn("New, TLSv1.2, ", self.accepted("-tls1_2"))
        self.assertIn("New, TLSv1.3, ", self.accepted("-tls1_3"))
        self.assertIn("New, TLSv1.3, ", self.accepted())
        self.refused("protocol version", "-tls1_1", *OLD)
        self.refused("protocol version", "-tls1", *OLD)

    def test_a_minimum_of_1_3_refuses_1_2(self):
        self.start(port(tls=manual(minVersion="1.3")))
        self.refused("protocol version", "-tls1_2")
        self.assertIn("New, TLSv1.3, ", self.accepted())


@for_each(shards=(1,))
class Choices(OpensslCase):
    def test_the_ciphers_of_the_port_are_the_only_ones(self):
        self.start(port(tls=manual(ciphers=["TLS_CHACHA20_POLY1305_SHA256",
                                            "ECDHE-ECDSA-AES256-GCM-SHA384"])))
        self.assertIn("New, TLSv1.3, Cipher is TLS_CHACHA20_POLY1305_SHA256", self.accepted())
        self.assertIn("Cipher is ECDHE-ECDSA-AES256-GCM-SHA384", self.accepted("-tls1_2"))
        self.refused("handshake failure", "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
        self.refused("handshake failure", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")

    def test_the_ports_order_of_ciphers_decides(self):
        ciphers = ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"]
        self.start(port(tls=manual(ciphers=ciphers)), port(tls=manual(ciphers=ciphers[::-1])))
        for number, best in zip(self.broker.ports, ciphers):
            for offered in (ciphers, ciphers[::-1]):
                self.assertIn(f"Cipher is {best}",
                              self.accepted("-ciphersuites", ":".join(offered), port=number))

    def test_the_groups_of_the_port_are_the_only_ones(self):
        self.start(port(tls=manual(groups=["P-256"])))
        self.assertIn("Server Temp Key: ECDH, prime256v1", self.accepted("-groups", "X25519:P-256"))
        # The standard's word for it is handshake_failure, but this is the library's.
        self.refused("illegal parameter", "-groups", "X25519")

    def test_the_name_that_is_asked_for_picks_the_certificate(self):
        more = [{"secretRef": "plant"}, {"secretRef": "edge"}]
        self.start(port(tls=manual("front", additionalCertificates=more)), ports=0)
        self.config.mount("front", authority().secret("front", ["DNS:front.example"]))
        self.config.mount("plant", authority().secret("plant", ["DNS:plant.example"]))
        self.config.mount("edge", authority().secret("edge", ["DNS:*.edge.example"]))
        number = self.broker.await_port()
        for version in VERSIONS:
            for name, subject in (("front.example", "front"), ("plant.example", "plant"),
                                  ("PLANT.example", "plant"), ("a.edge.example", "edge"),
                                  ("a.b.edge.example", "front"), ("elsewhere.example", "front")):
                text = self.accepted(version, "-servername", name, port=number)
                self.assertIn(f"subject=CN = {subject}\n", text, (version, name))
            self.assertIn("subject=CN = front\n", self.accepted(version, "-noservername",
                                                                port=number))

    def test_alpn_is_mqtt_or_http_or_not_asked_for(self):
        self.start(port(transport="tls"), port(transport="wss"))
        mqtt, web = self.broker.ports
        for version in VERSIONS:
            self.assertIn("ALPN protocol: mqtt\n", self.accepted(version, "-alpn", "h2,mqtt"))
            self.assertIn("No ALPN negotiated\n", self.accepted(version))
            self.refused("no application protocol", version, "-alpn", "h2", port=mqtt)
            self.refused("no application protocol", version, "-alpn", "mqtt", port=web)
            client = self.s_client(version, "-alpn", "h2,http/1.1", port=web)
            client.await_text("ALPN protocol: http/1.1\n")


@for_each(shards=SHARDS, version=VERSIONS)
class Tickets(OpensslCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self._session = pathlib.Path(folder.name) / "session"

    def first(self, *arguments):
        return self.accepted(self.version, "-sess_out", self._session, *arguments)

    def again(self, *arguments):
        return self.accepted(self.version, "-sess_in", self._session, *arguments)

    def test_a_ticket_resumes_at_any_shard(self):
        self.assertIn("New, TLSv1", self.first())
        for _ in range(8):
            self.assertIn("Reused, TLSv1", self.again())

    def test_a_ticket_outlives_a_reload(self):
        self.first()
        self.config.put("Broker", "default", {"limits": {"connections": 1000}})
        self.broker.await_log("configuration reloaded")
        self.assertIn("Reused, TLSv1", self.again())

    def test_none_is_given_where_client_certificates_are_taken(self):
        certificate, key = authority().for_client("device")
        own = ("-cert", certificate, "-key", key)
        for methods in ([X509], [X509, TOKENS]):
            self.start_with_client_certificates(*methods)
            for text in (self.first(*own), self.again(*own) if self._session.exists() else ""):
                self.assertNotIn("Reused", text)
                self.assertNotIn("TLS session ticket:", text)


@for_each(shards=SHARDS, version=VERSIONS)
class ClientCertificates(OpensslCase):
    def test_they_are_required_where_there_is_no_other_method(self):
        self.start_with_client_certificates(X509)
        certificate, key = authority().for_client("device")
        self.accepted(self.version, "-cert", certificate, "-key", key)
        client = self.s_client(self.version)
        self.assertFalse(client.connects(), client.text)
        self.assertIn(" alert ", client.text)

    def test_they_are_asked_for_where_there_are_others(self):
        self.start_with_client_certificates(X509, TOKENS)
        certificate, key = authority().for_client("device")
        for own in (("-cert", certificate, "-key", key), ()):
            self.assertIn("\nRequested Signature Algorithms: ", self.accepted(self.version, *own))

    def test_they_are_not_asked_for_elsewhere(self):
        self.assertNotIn("\nRequested Signature Algorithms: ", self.accepted(self.version))

    def test_that_of_a_stranger_is_refused(self):
        for methods in ([X509], [X509, TOKENS]):
            self.start_with_client_certificates(*methods)
            stranger = Authority("Stranger")
            certificate, key = stranger.issue("device")
            client = self.s_client(self.version, "-cert", certificate, "-key", key)
            self.assertFalse(client.connects(), client.text)
            self.assertIn(" alert ", client.text)


@for_each(shards=(1,))
class Renegotiation(OpensslCase):
    def test_it_is_refused(self):
        client = self.s_client("-tls1_2", "-legacy_renegotiation")
        client.await_text("Verify return code: 0 (ok)")
        client.write(b"R\n")
        client.await_text("RENEGOTIATING")
        client.await_end()
        self.assertNotIn("verify return", client.text.partition("RENEGOTIATING")[2])


if __name__ == "__main__":
    main("openssl_client_test")
