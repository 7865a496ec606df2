#!/usr/bin/python3
"""Policies, with mosquitto's clients: the vectors of the documentation (its section 10), what a
policy that changes takes from clients that are connected, and what the operator hears of one."""

import subprocess

from support import mosquitto
from support.broker import PATIENCE, run
from support.cases import SHARDS, for_each, main
from support.config import port
from support.policy_case import ROOT, TAKEN_BACK, PolicyCase, rule


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
        self.broker.await_log('action="Publish" topic="sensor/humidity" why="the rule at ')
        self.assertIn(r'BrokerAuthorization-plant.json:1 allows Publish of \"sensor/temperature\", '
                      r'which does not contain \"sensor/humidity\"', self.broker.log())

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
            self.assertRegex(self.broker.log(), r'policy compiled policy="plant" rules="3" bytes="\d+"')
            self.publish("root", "a/1", f"{number}")
            self.assertEqual(heater.messages.next(), f"1 0 a/1 {number}")
        self.assertEqual(self.broker.log().count('connected client_id="heater-in"'), 1)

    def test_another_policy_by_its_name_is_a_change_like_any_other(self):
        heater = self.listen("heater", "a/#", "b/#")
        heater.await_note("Subscribed (mid: 1)")
        self.config.put("BrokerAuthorization", "works", {"authorizationPolicies": {
            "rules": [rule("heater", subscribe=["b/#"]), ROOT]}})
        self.config.listen(port(authenticationRef="users", authorizationRef="works"))
        self.broker.await_log(TAKEN_BACK)
        self.publish("root", "a/1", "not any more")
        self.publish("root", "b/1", "still")
        self.assertEqual(heater.messages.next(), "1 0 b/1 still")
        self.assertEqual(self.broker.log().count('connected client_id="heater-in"'), 1)

    def test_that_take_the_policy_away_leave_the_old_one(self):
        (self.config.path / "BrokerAuthorization-plant.json").unlink()
        self.broker.await_log("the port is open, and stays as it was")
        witness = self.listen("root", "#")
        witness.await_note("Subscribed (mid: 1)")
        self.publish("heater", "a/1", "no")
        self.publish("root", "a/1", "yes")
        self.assertEqual(witness.messages.next(), "1 0 a/1 yes")


@for_each(shards=SHARDS)
class Warnings(PolicyCase):
    rules = (rule("heater", publish=["a/*"]),)

    def test_stand_in_the_log_and_in_what_check_prints(self):
        sentence = ('topics: in "a/*" the * is an ordinary character; wildcards of topics are + and '
                    '#')
        file = f"{self.config.path}/BrokerAuthorization-plant.json"
        escaped = sentence.replace('"', r'\"')
        self.broker.await_log(
            f'configuration where="{file}:1" what="{escaped}" severity="warning"')
        self.assertNotIn("is refused", self.broker.log())
        done = run("--check", "--config", self.config.path)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(f"{file}:1: warning: {sentence}\n", done.stdout)


if __name__ == "__main__":
    main("authorization_test")
