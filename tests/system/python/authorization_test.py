#!/usr/bin/python3
"""Policies, with mosquitto's clients: the vectors of the documentation (its section 10), and what a
policy that changes takes from clients that are connected."""

import subprocess

from support import mosquitto
from support.broker import PATIENCE
from support.cases import SHARDS, for_each, main
from support.config import port
from support.paho_case import PahoCase
from support.users import QUICK, signetctl

RELOADED = "configuration reloaded"
TAKEN_BACK = "taken back, for it is not allowed any more"


def rule(username, publish=(), subscribe=(), connect=True):
    resources = [{"method": "Connect"}] if connect else []
    for method, topics in (("Publish", publish), ("Subscribe", subscribe)):
        if topics:
            resources.append({"method": method, "topics": list(topics)})
    return {"principals": {"usernames": [username]}, "brokerResources": resources}


ROOT = rule("root", publish=["#"], subscribe=["#"])


class PolicyCase(PahoCase):
    rules = ()

    def setUp(self):
        self.start(port(authenticationRef="users", authorizationRef="plant"), ports=0)
        users = self.config.path / "users.txt"
        signetctl("-c", *QUICK, users, "root", password="secret")
        signetctl(*QUICK, users, "heater", password="secret")
        self.config.put("BrokerAuthentication", "users", {"authenticationMethods": [
            {"method": "Password", "passwordSettings": {"usersFile": "users.txt"}}]})
        self.broker.await_log("there is no BrokerAuthorization plant")
        self.put_rules(*self.rules, ROOT)
        self.broker.port = self.broker.await_port()
        self.mqtt = "mqttv5" if self.version == 5 else "mqttv311"

    def put_rules(self, *rules, **more):
        self.config.put("BrokerAuthorization", "plant",
                        {"authorizationPolicies": {"rules": list(rules), **more}})

    def reload(self, *rules, **more):
        before = self.broker.log().count(RELOADED)
        self.put_rules(*rules, ROOT, **more)
        self.broker.await_log(RELOADED, before + 1)

    def place(self, username):
        return mosquitto.Place(self.broker.port, more=("-u", username, "-P", "secret"))

    def listen(self, username, *topics):
        filters = [part for topic in topics for part in ("-t", topic)]
        subscriber = mosquitto.Listening("mosquitto_sub", self.place(username), self.mqtt,
                                         "-q", "1", "-i", f"{username}-in", *filters)
        self.addCleanup(subscriber.close)
        return subscriber

    def publish(self, username, topic, text):
        """What mosquitto_pub complains of; it does not fail."""
        done = subprocess.run(
            mosquitto.command("mosquitto_pub", self.place(username), self.mqtt, "-q", "1",
                              "-t", topic, "-m", text),
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr


@for_each(version=(3, 5), shards=SHARDS)
class Vectors(PolicyCase):
    rules = (rule("heater", publish=["sensor/temperature"], subscribe=["sensor/temperature"]),)

    def test_a_publish_that_is_not_allowed(self):
        witness = self.listen("root", "sensor/#")
        witness.await_note("Subscribed (mid: 1)")
        complaint = self.publish("heater", "sensor/humidity", "no")
        self.assertEqual("Not authorized" in complaint, self.version == 5, complaint)
        self.assertEqual(self.publish("heater", "sensor/temperature", "yes"), "")
        self.assertEqual(witness.messages.next(), "1 0 sensor/temperature yes")
        self.broker.await_log('action="Publish" topic="sensor/humidity"')

    def test_a_subscription_that_is_not_allowed(self):
        refused = self.listen("heater", "health/heartbeat")
        self.assertIn("135" if self.version == 5 else "128",
                      refused.await_note("Subscribed (mid: 1)"))

    def test_a_client_that_no_rule_lets_in(self):
        self.reload()
        done = subprocess.run(
            mosquitto.command("mosquitto_pub", self.place("heater"), self.mqtt, "-t", "t",
                              "-m", "m"),
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("not authori", done.stderr.lower())


@for_each(version=(3, 5), shards=SHARDS)
class Changes(PolicyCase):
    rules = (rule("heater", subscribe=["a/#", "b/#"]),)

    def test_take_subscriptions_and_then_the_connection(self):
        heater = self.listen("heater", "a/#", "b/#")
        heater.await_note("Subscribed (mid: 1)")
        self.publish("root", "a/1", "before")
        self.assertEqual(heater.messages.next(), "1 0 a/1 before")
        self.reload(rule("heater", subscribe=["b/#"]))
        self.broker.await_log(TAKEN_BACK)
        self.publish("root", "a/1", "not any more")
        self.publish("root", "b/1", "still")
        self.assertEqual(heater.messages.next(), "1 0 b/1 still")
        self.reload(rule("heater", subscribe=["b/#"], connect=False))
        # mosquitto_sub ends well when it is told to end by DISCONNECT.
        self.assertEqual(heater.await_end() == 0, self.version == 5)
        self.broker.await_log('why="may not be connected any more"')

    def test_that_are_none_for_a_client_leave_it_alone(self):
        heater = self.listen("heater", "a/#")
        heater.await_note("Subscribed (mid: 1)")
        for number in range(3):
            self.reload(*self.rules, rule(f"other-{number}", publish=["x"]))
            self.publish("root", "a/1", f"{number}")
            self.assertEqual(heater.messages.next(), f"1 0 a/1 {number}")
        self.assertEqual(self.broker.log().count('connected client_id="heater-in"'), 1)

    def test_that_take_the_policy_away_leave_the_old_one(self):
        (self.config.path / "BrokerAuthorization-plant.json").unlink()
        self.broker.await_log("the port is open, and stays as it was")
        witness = self.listen("root", "#")
        witness.await_note("Subscribed (mid: 1)")
        self.publish("heater", "a/1", "no")
        self.publish("root", "a/1", "yes")
        self.assertEqual(witness.messages.next(), "1 0 a/1 yes")


if __name__ == "__main__":
    main("authorization_test")
