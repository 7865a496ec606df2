"""What the cases with policies have in common: users of a password, and rules for them that change."""

import subprocess

from support import mosquitto
from support.broker import PATIENCE
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
    users = ("root", "heater")

    def setUp(self):
        self.start(port(authenticationRef="users", authorizationRef="plant"), ports=0)
        users = self.config.path / "users.txt"
        for number, name in enumerate(self.users):
            signetctl(*(["-c"] if number == 0 else []), *QUICK, users, name, password="secret")
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
