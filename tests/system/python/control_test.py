#!/usr/bin/python3
"""signetctl beside a running broker: who is connected, kick, revoke and explain, with Paho's
clients."""

import json
import pathlib
import stat
import subprocess
import tempfile
import time

from support.api_server import OWN_TOKEN, ApiServer, make_token, say
from support.broker import PATIENCE, run
from support.cases import SHARDS, for_each, main
from support.certificates import authority, serial_of
from support.config import port
from support.issuer import SECRET, Secret
from support.paho_case import PahoCase
from support.raw_client import DISCONNECT, RawClient
from support.token_case import TokenCase
from support.users import QUICK, SIGNETCTL, signetctl

ISSUER = "https://issuer.plant.example"
WAITING = "there is no BrokerAuthorization plant"


def rule(username, publish=(), subscribe=(), **principals):
    resources = [{"method": "Connect"}]
    for method, topics in (("Publish", publish), ("Subscribe", subscribe)):
        if topics:
            resources.append({"method": method, "topics": list(topics)})
    return {"principals": {"usernames": [username], **principals}, "brokerResources": resources}


class ControlCase(PahoCase):
    """A broker that signetctl can ask; its port lets users in by their passwords."""

    rules = ()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.socket = pathlib.Path(folder.name) / "signetctl.sock"
        self.arguments = ("--control", str(self.socket), "--admin", "127.0.0.1:0")
        self.configure()

    def configure(self):
        self.start(port(authenticationRef="users", authorizationRef="plant"), ports=0)
        users = self.config.path / "users.txt"
        signetctl("-c", *QUICK, users, "ann", password="secret")
        signetctl(*QUICK, users, "bob", password="secret")
        self.put_authentication("users", "Password", "passwordSettings",
                                {"usersFile": "users.txt"})
        self.broker.await_log(WAITING)
        self.config.put("BrokerAuthorization", "plant",
                        {"authorizationPolicies": {"rules": list(self.rules)}})
        self.broker.port = self.broker.await_port()

    def put_authentication(self, name, method, field, settings):
        self.config.put("BrokerAuthentication", name, {"authenticationMethods": [
            {"method": method, field: settings}]})

    def ctl(self, *arguments, code=0):
        """What it prints; it has to end with `code`."""
        done = subprocess.run([SIGNETCTL, *arguments, "--socket", str(self.socket)],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr + self.broker.log())
        return done.stdout if code != 2 else done.stderr

    def told(self, *arguments, code=0):
        return json.loads(self.ctl(*arguments, "--json", code=code))

    def names(self, *arguments):
        pages = [json.loads(line) for line in self.ctl("clients", "--json", *arguments).splitlines()]
        return sorted(client["client_id"] for page in pages for client in page["clients"])

    def user(self, client_id, username="ann", **options):
        return self.client(client_id, login=(username, "secret"), **options)


OPEN = (rule("ann", ["#"], ["#"]), rule("bob", ["#"], ["#"]))


@for_each(version=(3, 5), shards=SHARDS)
class Clients(ControlCase):
    rules = OPEN

    def test_are_listed_once_each_with_who_they_are(self):
        everybody = sorted(f"c{number}" for number in range(20))
        clients = [self.user(name, "ann" if int(name[1:]) % 2 else "bob") for name in everybody]
        self.assertEqual(self.names(), everybody)
        table = self.ctl("clients").splitlines()
        self.assertEqual(len(table), 21)
        self.assertIn("Password", table[1])
        clients[0].disconnect()
        self.broker.await_log('client disconnected client_id="c0"')
        self.assertEqual(self.names(), everybody[1:])

    def test_that_are_away_are_listed_if_they_are_asked_for(self):
        away = self.lasting("away", login=("ann", "secret"))
        away.subscribe("a/#", 1)
        self.leave(away)
        here = self.user("here", "bob")
        here.publish("a/1", b"x", 1)
        self.assertEqual(self.names(), ["here"])
        self.assertEqual(self.names("--absent"), ["away", "here"])
        client = self.told("client", "away")
        self.assertFalse(client["connected"])
        self.assertEqual(client["username"], "ann")
        self.assertEqual(client["queued_messages"], 1)

    def test_are_told_of_one_by_one(self):
        client = self.user("pump/7 ä")
        client.subscribe("a/#", 1)
        client.subscribe("b", 0)
        told = self.told("client", "pump/7 ä")
        self.assertTrue(told["connected"])
        self.assertEqual(told["client_id"], "pump/7 ä")
        self.assertEqual((told["username"], told["method"], told["identity"]),
                         ("ann", "Password", "ann"))
        self.assertEqual(told["deadline"], None)
        self.assertEqual(told["version"], "5.0" if self.version == 5 else "3.1.1")
        self.assertTrue(told["peer"].startswith("127.0.0.1:"))
        self.assertEqual(told["filters"], ["a/#", "b"])
        self.assertEqual(told["subscriptions"], 2)
        self.assertIn("username       ann\n", self.ctl("client", "pump/7 ä"))
        self.assertEqual(self.ctl("client", "nobody", code=1), "")

    def test_that_are_kicked_go_and_may_come_again(self):
        witness = self.user("witness", "bob")
        witness.subscribe("will", 1)
        goes = self.user("goes", will={"topic": "will", "payload": b"gone", "qos": 1})
        self.assertEqual(self.ctl("kick", "goes"), "disconnected\n")
        goes.ends.next()
        self.assertEqual(witness.messages.next().payload, b"gone")
        self.broker.await_log('an operator sent a client away client_id="goes"')
        self.assertEqual(self.ctl("kick", "goes", code=1), "")
        self.assertEqual(self.broker.metrics()["signet_kicked_total"], 1)
        self.user("goes").publish("t", b"again", 1)
        witness.publish("t", b"still here", 1)


@for_each(version=(5,), shards=SHARDS[-1:])
class ReasonCodes(ControlCase):
    rules = OPEN

    def raw(self, username):
        client = RawClient(self.broker.port, f"raw-{username}", username=username,
                           password="secret")
        self.addCleanup(client.close)
        self.assertEqual(client.code, 0)
        return client

    def test_of_kick_and_revoke(self):
        kicked, revoked = self.raw("ann"), self.raw("bob")
        self.ctl("kick", "raw-ann")
        kind, body = kicked.next()
        self.assertEqual((kind, body[0]), (DISCONNECT, 0x98))
        self.ctl("revoke", "--username", "bob")
        kind, body = revoked.next()
        self.assertEqual((kind, body[0]), (DISCONNECT, 0x87))


@for_each(version=(3, 5), shards=SHARDS)
class RevokedUsers(ControlCase):
    rules = OPEN

    def test_go_from_all_shards_and_nobody_else(self):
        stays = self.user("stays", "bob")
        go = [self.user(f"goes-{number}") for number in range(8)]
        self.assertEqual(self.told("revoke", "--username", "ann"),
                         {"disconnected": 8, "kept_out": False})
        for each in go:
            each.ends.next()
        stays.publish("t", b"still here", 1)
        self.assertEqual(self.names(), ["stays"])
        self.broker.await_log(
            'an operator revoked a credential by="username" value="ann" issuer="" '
            'disconnected="8" kept_out="no"')
        self.assertEqual(self.broker.metrics()['signet_auth_ended_total{cause="operator"}'], 8)
        # The file of users still has it.
        self.user("goes-1").publish("t", b"again", 1)


@for_each(version=(5,), shards=SHARDS)
class RevokedTokens(ControlCase):
    def configure(self):
        self.start(port(authenticationRef="tokens"), ports=0)
        self.config.put_secret("token-secrets", {"first": SECRET})
        self.put_authentication("tokens", "JWT", "jwtSettings", {
            "algorithms": ["HS256"], "issuers": [
                {"issuer": ISSUER, "hmacSecretRef": "token-secrets"}]})
        self.broker.port = self.broker.await_port()

    def token(self, jti, subject="pump-7"):
        return Secret().sign({"iss": ISSUER, "sub": subject, "jti": jti,
                              "exp": int(time.time()) + 3600})

    def holder(self, client_id, token):
        return self.client(client_id, AuthenticationMethod="JWT",
                           AuthenticationData=token.encode())

    def code(self, token):
        client = RawClient(self.broker.port, "raw", method="JWT", data=token)
        self.addCleanup(client.close)
        return client.code

    def test_stay_out_and_others_of_their_issuer_do_not(self):
        bad, good = self.token("1"), self.token("2")
        goes, stays = self.holder("goes", bad), self.holder("stays", good)
        told = self.told("client", "goes")
        self.assertEqual(told["credential"], {"kind": "token", "issuer": ISSUER, "jti": "1",
                                              "subject": "pump-7"})
        self.assertIsNotNone(told["deadline"])
        self.assertEqual(self.told("revoke", "--issuer", ISSUER, "--jti", "1"),
                         {"disconnected": 1, "kept_out": True})
        goes.ends.next()
        self.assertEqual(self.code(bad), 0x87)
        self.broker.await_log('rule="it was revoked by an operator"')
        self.assertEqual(self.code(good), 0)
        stays.publish("t", b"still here", 1)
        self.assertEqual(self.broker.metrics()["signet_auth_revocations"], 1)

    def test_are_known_before_they_are_shown(self):
        self.assertEqual(self.told("revoke", "--issuer", ISSUER, "--jti", "9")["disconnected"], 0)
        self.assertEqual(self.code(self.token("9")), 0x87)

    def test_of_a_subject_go_and_are_judged_anew(self):
        first, second = self.holder("a", self.token("1")), self.holder("b", self.token("2"))
        stays = self.holder("stays", self.token("3", "pump-8"))
        self.assertEqual(self.told("revoke", "--subject", "pump-7"),
                         {"disconnected": 2, "kept_out": False})
        first.ends.next()
        second.ends.next()
        stays.publish("t", b"still here", 1)
        self.assertEqual(self.code(self.token("1")), 0)


@for_each(version=(5,), shards=SHARDS[-1:])
class RevokedCertificates(ControlCase):
    transport = "tls"

    def configure(self):
        self.start(port(authenticationRef="devices", transport="tls"), ports=0)
        self.config.mount("client-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")
        self.put_authentication("devices", "X509", "x509Settings",
                                {"trustedClientCaCert": "client-ca"})
        self.broker.port = self.broker.await_port()

    def device(self, client_id, certificate, **options):
        return self.client(client_id, certificate=tuple(map(str, certificate)), **options)

    def test_stay_out_by_their_serial_number(self):
        bad, good = (authority().for_client(name) for name in ("bad", "good"))
        goes, stays = self.device("goes", bad), self.device("stays", good)
        credential = self.told("client", "goes")["credential"]
        serial = f"{serial_of(bad[0]):X}"
        self.assertEqual(credential["serial"], serial.lower())
        self.assertEqual(credential["kind"], "certificate")
        # Of another issuer it is another certificate.
        self.assertEqual(self.told("revoke", "--serial", serial, "--issuer", "CN=other"),
                         {"disconnected": 0, "kept_out": True})
        self.assertEqual(self.told("revoke", "--serial", serial, "--issuer", credential["issuer"]),
                         {"disconnected": 1, "kept_out": True})
        goes.ends.next()
        with self.assertRaisesRegex(AssertionError, "refused: (5|Not authorized)"):
            self.device("again", bad)
        stays.publish("t", b"still here", 1)
        self.assertEqual(self.told("revoke", "--subject", "CN=good")["disconnected"], 1)
        stays.ends.next()
        self.device("back", good).publish("t", b"judged anew", 1)


@for_each(version=(3, 5), shards=SHARDS[-1:])
class RevokedAccounts(ControlCase, TokenCase):
    def configure(self):
        self.server = ApiServer()
        self.addCleanup(self.server.close)
        self.start_for(self.server.url, self.server.ca, OWN_TOKEN)

    def test_go_and_are_asked_about_anew(self):
        token = make_token("press")
        goes, stays = self.paho("goes", token), self.paho("stays", make_token("saw"))
        self.assertEqual(self.told("client", "goes")["identity"],
                         "system:serviceaccount:line1:press")
        asked = len(self.server.requests)
        self.assert_accepted(token)
        self.assertEqual(len(self.server.requests), asked)
        self.server.review = say(authenticated=None, user=None, audiences=None)
        self.assertGreaterEqual(
            self.told("revoke", "--service-account", "line1/press")["disconnected"], 1)
        goes.ends.next()
        self.assert_refused(token, "the API server does not know the token")
        stays.publish("t", b"still here", 1)


@for_each(version=(5,), shards=SHARDS)
class Explanations(ControlCase):
    rules = (rule("ann", ["a/+", "own/{principal.clientId}"], ["a/#"]),
             {"principals": {"attributes": [{"line": "2"}]},
              "brokerResources": [{"method": "Connect"},
                                  {"method": "Subscribe", "topics": ["line/2/#"]}]})

    def explain(self, *arguments, code):
        told = self.told("explain", *arguments, code=code)
        self.assertEqual(told["allowed"], code == 0)
        return told

    def test_of_a_client_are_what_it_would_be_told(self):
        client = self.user("c")
        told = self.explain("--client", "c", "publish", "a/b", code=0)
        self.assertRegex(told["rule"], r"BrokerAuthorization-plant\.json:\d+$")
        self.assertEqual((told["policy"], told["username"]), ("plant", "ann"))
        self.assertIn('allows Publish of "a/+"', told["sentence"])
        self.explain("--client", "c", "publish", "own/c", code=0)
        self.explain("--client", "c", "subscribe", "$share/g/a/b/#", code=0)
        self.explain("--client", "c", "connect", code=0)
        told = self.explain("--client", "c", "publish", "a/b/c", code=1)
        self.assertIn("which does not contain", told["sentence"])
        self.explain("--client", "c", "publish", "own/d", code=1)
        self.explain("--client", "c", "subscribe", "#", code=1)
        text = self.ctl("explain", "--client", "c", "publish", "a/b/c", code=1)
        self.assertTrue(text.startswith("denied\n"), text)
        self.assertRegex(text, r"rule +\S*BrokerAuthorization-plant\.json:\d+\n")
        client.publish("a/b", b"x", 1)
        # To ask is not to be refused.
        self.assertEqual(self.broker.metrics()["signet_denied_publish_total"], 0)

    def test_of_somebody_who_need_not_exist(self):
        self.explain("--username", "ann", "publish", "a/b", code=0)
        self.explain("--username", "ann", "--client", "c", "publish", "own/c", code=0)
        self.explain("--username", "ann", "publish", "own/c", code=1)
        self.explain("--username", "eve", "connect", code=1)
        self.explain("--attribute", "line=2", "--attribute", "site=x", "subscribe", "line/2/a",
                     code=0)
        told = self.explain("--attribute", "line=3", "subscribe", "line/2/a", code=1)
        self.assertIn('it lacks the attribute line="2"', told["sentence"])
        self.explain("--username", "ann", "--listener", "test", "publish", "a/b", code=0)
        self.assertIn("there is no open port or listener other", self.ctl(
            "explain", "--username", "ann", "--listener", "other", "publish", "a/b", code=2))

    def test_follow_the_policy(self):
        self.user("c")
        self.explain("--client", "c", "publish", "new", code=1)
        before = self.broker.log().count("configuration reloaded")
        self.config.put("BrokerAuthorization", "plant", {"authorizationPolicies": {
            "rules": [rule("ann", ["new"])]}})
        self.broker.await_log("configuration reloaded", before + 1)
        self.explain("--client", "c", "publish", "new", code=0)
        self.explain("--client", "c", "publish", "a/b", code=1)

    def test_of_nobody_are_none(self):
        self.assertIn("nobody is connected as c",
                      self.ctl("explain", "--client", "c", "publish", "a", code=2))
        self.assertIn("is no topic for publish",
                      self.ctl("explain", "--username", "ann", "publish", "a/#", code=2))


@for_each(version=(5,), shards=SHARDS[-1:])
class Socket(ControlCase):
    rules = OPEN

    def test_is_its_owners_alone(self):
        status = self.socket.stat()
        self.assertTrue(stat.S_ISSOCK(status.st_mode))
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)

    def test_is_one_brokers(self):
        done = run("--listen", "127.0.0.1:0", "--control", str(self.socket))
        self.assertEqual(done.returncode, 1)
        self.assertIn("--control: cannot listen on", done.stderr)
        self.assertEqual(self.names(), [])

    def test_goes_with_the_broker(self):
        self.broker.stop()
        self.assertFalse(self.socket.exists())
        done = subprocess.run([SIGNETCTL, "clients", "--socket", str(self.socket)],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no broker answers on", done.stderr)


if __name__ == "__main__":
    main("control_test")
