#!/usr/bin/python3
"""Clients that show a certificate: who they are, until when, and what ends that sooner."""

import datetime
import subprocess
import time

from support import mosquitto
from support.broker import PATIENCE, await_that
from support.cases import SHARDS, for_each, main
from support.certificates import authority
from support.config import port
from support.paho_case import PahoCase

AUTHENTICATION = {"authenticationMethods": [
    {"method": "X509", "x509Settings": {"trustedClientCaCert": "client-ca"}}]}


class X509Case(PahoCase):
    transport = "tls"
    arguments = ("--admin", "127.0.0.1:0")

    def setUp(self):
        self.start(port(authenticationRef="devices", transport="tls"), ports=0)
        self.config.mount("client-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")
        self.config.put("BrokerAuthentication", "devices", AUTHENTICATION)
        self.broker.port = self.broker.await_port()

    def device(self, client_id, certificate, **options):
        return self.client(client_id, transport="tls", certificate=tuple(map(str, certificate)),
                           **options)

    def lasting_for(self, seconds, name):
        """Its certificate, and the moment at which it ends."""
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        end = end.replace(microsecond=0)
        return authority().issue_until(end, name), end


@for_each(version=(3, 5), shards=SHARDS)
class Logins(X509Case):
    def test_its_subject_is_who_it_is(self):
        self.device("c", authority().for_client("pump-7"))
        self.broker.await_log('method="X509" identity="CN=pump-7" until="')

    def test_it_must_say_that_it_is_for_clients(self):
        """One that says nothing passes the handshake, and no further."""
        with self.assertRaisesRegex(AssertionError, "refused: (5|Not authorized)"):
            self.device("c", authority().issue("pump-7"))
        self.broker.await_log('authentication refused listener="')


@for_each(version=("mqttv311", "mqttv5"), shards=SHARDS)
class Mosquitto(X509Case):
    def test_its_clients_show_one(self):
        certificate, key = authority().for_client("historian")
        place = mosquitto.Place(self.broker.port, authority().ca,
                                more=["--cert", str(certificate), "--key", str(key)])
        mosquitto.run("mosquitto_pub", place, self.version, "-t", "t", "-m", "x", "-q", "1")
        self.broker.await_log('identity="CN=historian"')

    def test_what_it_says_of_a_refusal(self):
        certificate, key = authority().issue("historian")
        place = mosquitto.Place(self.broker.port, authority().ca,
                                more=["--cert", str(certificate), "--key", str(key)])
        done = subprocess.run(
            mosquitto.command("mosquitto_pub", place, self.version, "-t", "t", "-m", "x"),
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ot authori", done.stderr + done.stdout)


@for_each(version=(3, 5), shards=SHARDS)
class Expiry(X509Case):
    def test_traffic_ends_with_the_certificate_and_the_will_is_published(self):
        witness = self.device("witness", authority().for_client("witness"))
        witness.subscribe("will", 1)
        certificate, end = self.lasting_for(4, "pump-7")
        client = self.device("c", certificate, clean=False, expiry=1000,
                             will={"topic": "will", "payload": b"gone", "qos": 1})
        client.subscribe("t", 1)
        self.assert_ends_under_traffic(client, end.timestamp(), witness)
        self.assertEqual(witness.messages.next().payload, b"gone")
        await_that(lambda: self.broker.metrics()["signet_auth_grants"] == 1,
                   "the witness alone in /metrics")
        metrics = self.broker.metrics()
        self.assertEqual(metrics['signet_auth_ended_total{cause="expired"}'], 1)
        [accepted] = [value for name, value in metrics.items()
                      if name.startswith("signet_auth_accepted_total{") and "X509" in name]
        self.assertEqual(accepted, 2)
        # Its Session lives on for who can still prove to be somebody.
        back = self.device("c", authority().for_client("pump-7"), connect=False, clean=False,
                           expiry=1000)
        self.assertTrue(back.resume())


@for_each(version=(5,), shards=SHARDS)
class Revocation(X509Case):
    def test_a_new_list_ends_who_is_on_it_and_nobody_else(self):
        good, bad = (authority().for_client(name) for name in ("good", "bad"))
        stays = self.device("stays", good)
        goes = self.device("goes", bad)
        crl = authority().revocations(bad[0])
        self.config.mount("revoked", {"crl.pem": crl}, "configmaps")
        settings = {"trustedClientCaCert": "client-ca", "clientCrl": "revoked"}
        self.config.put("BrokerAuthentication", "devices", {"authenticationMethods": [
            {"method": "X509", "x509Settings": settings}]})
        goes.ends.next()
        self.broker.await_log("its credential was taken back")
        stays.publish("t", b"still here", 1)
        with self.assertRaises((OSError, AssertionError)):
            self.device("again", bad)
        self.device("another", authority().for_client("good"))

    def test_the_list_of_the_port_counts_beside_that_of_the_method(self):
        bad = authority().for_client("bad")
        before = authority().revocations()
        self.config.mount("of-method", {"crl.pem": before}, "configmaps")
        self.config.mount("of-port", {"crl.pem": before}, "configmaps")
        settings = {"trustedClientCaCert": "client-ca", "clientCrl": "of-method"}
        self.config.put("BrokerAuthentication", "devices", {"authenticationMethods": [
            {"method": "X509", "x509Settings": settings}]})
        listener = port(authenticationRef="devices", transport="tls")
        listener["tls"] = {**listener["tls"], "clientCrl": "of-port"}
        self.config.put("BrokerListener", "test", {"ports": [listener]})
        time.sleep(2)
        goes = self.device("goes", bad)
        self.config.mount("of-port", {"crl.pem": authority().revocations(bad[0])}, "configmaps")
        goes.ends.next()
        self.broker.await_log("its credential was taken back")


@for_each(version=(5,), shards=SHARDS)
class Mistakes(X509Case):
    def test_a_subject_that_is_none_sends_nobody_away(self):
        stays = self.device("stays", authority().for_client("pump-7"))
        settings = {"trustedClientCaCert": "client-ca", "authorizationAttributes": {
            "fan": {"subject": "smart-fan", "attributes": {"building": "17"}}}}
        self.config.put("BrokerAuthentication", "devices", {"authenticationMethods": [
            {"method": "X509", "x509Settings": settings}]})
        self.broker.await_log("the configuration is refused, and the old one stays")
        stays.publish("t", b"still here", 1)
        self.device("another", authority().for_client("pump-8"))


if __name__ == "__main__":
    main("x509_test")
