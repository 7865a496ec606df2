#!/usr/bin/python3
"""What a certificate's subject lets its client do: the examples of the documentation (section 10 of
the specification), with mosquitto's clients."""

import functools
import subprocess

from support import mosquitto
from support.broker import PATIENCE
from support.cases import SHARDS, SystemCase, for_each, main
from support.certificates import Authority, authority
from support.config import port

AUTHENTICATION = {"authenticationMethods": [{"method": "X509", "x509Settings": {
    "trustedClientCaCert": "client-ca",
    "authorizationAttributes": {
        "lights": {"subject": "CN = Lights CA", "attributes": {"group": "lights"}},
        "thermostat": {"subject": "CN = thermostat", "attributes": {"group": "thermostat_group"}},
    }}}]}


def _rule(principals, **topics):
    """_rule(principals, Publish=[topics])"""
    return {"principals": principals, "brokerResources": [
        {"method": "Connect"},
        *({"method": method, "topics": list(each)} for method, each in topics.items())]}


RULES = (
    _rule({"attributes": [{"group": "thermostat_group"}]}, Publish=["sensor/temperature"]),
    _rule({"attributes": [{"group": "lights"}]}, Publish=["lights/#"]),
    _rule({"usernames": ["heater"]}, Subscribe=["sensor/temperature", "sensor/humidity"]),
    _rule({"usernames": ["witness"]}, Subscribe=["#"]),
)


@functools.cache
def lights():
    """An authority that another one vouches for."""
    return Authority("Lights CA", authority())


class CertificateCase(SystemCase):
    policy = {"authorizationRef": "plant"}

    def setUp(self):
        self.start(port(authenticationRef="devices", transport="tls", **self.policy), ports=0)
        self.config.mount("client-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")
        self.config.put("BrokerAuthentication", "devices", AUTHENTICATION)
        self.config.put("BrokerAuthorization", "plant",
                        {"authorizationPolicies": {"rules": list(RULES)}})
        self.broker.port = self.broker.await_port()
        self.witness = self.listen("witness", "#")
        self.witness.await_note("Subscribed (mid: 1)")

    def place(self, name, issuer=None):
        certificate, key = (issuer or authority()).for_client(name)
        if issuer:
            certificate = issuer.with_issuer(certificate)
        return mosquitto.Place(self.broker.port, authority().ca,
                               more=["--cert", str(certificate), "--key", str(key)])

    def listen(self, name, topic):
        subscriber = mosquitto.Listening("mosquitto_sub", self.place(name), self.version,
                                         "-q", "1", "-i", name, "-t", topic)
        self.addCleanup(subscriber.close)
        return subscriber

    def publish(self, name, topic, text, issuer=None):
        done = subprocess.run(
            mosquitto.command("mosquitto_pub", self.place(name, issuer), self.version, "-q", "1",
                              "-t", topic, "-m", text),
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def assert_publishes(self, name, topic, issuer=None):
        self.assertEqual(self.publish(name, topic, "yes", issuer), "")
        self.assertEqual(self.witness.messages.next(), f"1 0 {topic} yes")

    def assert_stopped(self, name, topic, issuer=None):
        """MQTT 3.1.1 has no word for it: the message is acknowledged, and nobody receives it."""
        complaint = self.publish(name, topic, "no", issuer)
        self.assertEqual("Not authorized" in complaint, self.version == "mqttv5", complaint)
        self.broker.await_log(f'action="Publish" topic="{topic}"')


@for_each(version=("mqttv311", "mqttv5"), shards=SHARDS)
class Examples(CertificateCase):
    def test_an_attribute_of_the_leaf(self):
        self.assert_stopped("thermostat", "sensor/humidity")
        self.assert_publishes("thermostat", "sensor/temperature")

    def test_a_username_that_subscribes_to_something_else(self):
        refused = self.listen("heater", "health/heartbeat")
        self.assertIn("135" if self.version == "mqttv5" else "128",
                      refused.await_note("Subscribed (mid: 1)"))

    def test_an_attribute_of_the_intermediate_of_a_leaf_without_an_entry(self):
        self.assert_publishes("lightbulb", "lights/1", lights())

    def test_which_is_not_that_of_a_leaf_with_one(self):
        self.assert_stopped("thermostat", "lights/1", lights())
        self.assert_publishes("thermostat", "sensor/temperature", lights())


@for_each(version=("mqttv311", "mqttv5"), shards=SHARDS)
class WithoutPolicy(CertificateCase):
    policy = {}

    def test_everybody_may_do_everything(self):
        self.assert_publishes("lightbulb", "sensor/humidity", lights())


if __name__ == "__main__":
    main("certificate_rights_test")
