#!/usr/bin/python3
"""Service account tokens before the API server of Kubernetes itself."""

import atexit
import functools
import itertools
import subprocess
import sys
import time

from support import mosquitto
from support.api_server import claims_of
from support.broker import PATIENCE, await_that
from support.cases import SHARDS, for_each, main
from support.kubernetes import ISSUER, NAMESPACE, Cluster, is_built
from support.raw_client import AUTH, DISCONNECT
from support.token_case import AUDIENCE, METHOD, TokenCase, await_end

SPACE = "line1"
UNKNOWN = "the API server does not know the token"


@functools.cache
def shared_cluster():
    cluster = Cluster()
    atexit.register(cluster.close)
    return cluster


class KubernetesCase(TokenCase):
    settings = {}
    _numbers = itertools.count()

    def setUp(self):
        self.cluster = shared_cluster()
        self.start_for(self.cluster.url, self.cluster.ca_file.read_text(),
                       self.own_token(), **self.settings)

    def own_token(self):
        return self.cluster.token_file.read_text()

    def account(self):
        """The name of a new one."""
        name = f"press-{next(self._numbers)}"
        self.cluster.make_account(SPACE, name)
        return name

    def token(self, account=None, audience=AUDIENCE, **options):
        return self.cluster.token(SPACE, account or self.account(), [audience], **options)

    def signed(self, account, seconds):
        """A token that ends so many seconds from now: the API server itself gives them ten minutes
        at least."""
        now = int(time.time())
        uid = self.cluster.account(SPACE, account)["metadata"]["uid"]
        return self.cluster.sign({
            "iss": ISSUER, "aud": [AUDIENCE], "exp": now + seconds, "iat": now - 700,
            "nbf": now - 700, "sub": f"system:serviceaccount:{SPACE}:{account}",
            "kubernetes.io": {"namespace": SPACE,
                              "serviceaccount": {"name": account, "uid": uid}}})

    def assert_logged_in_as(self, account):
        self.broker.await_log('method="ServiceAccountToken" '
                              f'identity="system:serviceaccount:{SPACE}:{account}" until="')


def forged(token):
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{signature[:-8]}AAAAAAAA"


@for_each(version=("mqttv311", "mqttv5"), shards=SHARDS)
class Mosquitto(KubernetesCase):
    def place(self, token):
        if self.version == "mqttv5":
            more = ["-D", "CONNECT", "authentication-method", METHOD,
                    "-D", "CONNECT", "authentication-data", token]
        else:
            more = ["-u", METHOD, "-P", token]
        return mosquitto.Place(self.broker.port, more=more)

    def test_a_token_lets_in(self):
        account = self.account()
        mosquitto.run("mosquitto_pub", self.place(self.token(account)), self.version, "-t", "t",
                      "-m", "x", "-q", "1")
        self.assert_logged_in_as(account)

    def test_what_it_says_of_a_refusal(self):
        token = forged(self.token())
        done = subprocess.run(
            mosquitto.command("mosquitto_pub", self.place(token), self.version, "-t", "t", "-m",
                              "x"), capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ot authori", done.stderr + done.stdout)
        self.broker.await_log(f'rule="{UNKNOWN}')
        self.assertNotIn(token.split(".")[1], self.broker.log())


@for_each(version=(3, 5), shards=SHARDS)
class Verdicts(KubernetesCase):
    def test_good(self):
        account = self.account()
        token = self.token(account)
        for _ in range(2):  # The second time it is known already.
            self.assert_accepted(token)
        self.assert_logged_in_as(account)
        self.assertNotIn(token.split(".")[1], self.broker.log())

    def test_expired(self):
        account = self.account()
        self.assert_accepted(self.signed(account, 300))
        self.assert_refused(self.signed(account, -5), "the token has expired")

    def test_of_another_audience(self):
        self.assert_refused(self.token(audience="office"), "the token is for another audience")

    def test_forged(self):
        self.assert_refused(forged(self.token()), UNKNOWN)

    def test_of_a_pod_that_is_gone(self):
        account = self.account()
        self.cluster.make_pod(SPACE, f"{account}-0", account)
        # The API server believes for ten seconds what it has found of a token: so there are two.
        before, after = (self.token(account, pod=f"{account}-0", seconds=seconds)
                         for seconds in (600, 700))
        self.assert_accepted(before)
        self.cluster.delete_pod(SPACE, f"{account}-0")
        self.assert_refused(after, UNKNOWN)

    def test_of_an_account_that_is_gone(self):
        account = self.account()
        token, other = self.signed(account, 300), self.signed(account, 301)
        self.assert_accepted(token)
        self.cluster.delete_account(SPACE, account)
        self.assert_refused(other, UNKNOWN)

    def test_of_an_account_that_has_been_made_anew(self):
        account = self.account()
        token = self.signed(account, 300)
        self.cluster.delete_account(SPACE, account)
        self.cluster.make_account(SPACE, account)
        self.assert_refused(token, UNKNOWN)
        self.assert_accepted(self.token(account))

    def test_out_of_a_secret(self):
        """Such tokens are for whom the API server itself is for, and have no end."""
        account = self.account()
        uid = self.cluster.account(SPACE, account)["metadata"]["uid"]
        token = self.cluster.older_token(SPACE, account, uid)
        self.assert_refused(token, UNKNOWN)
        self.put_settings(server=self.cluster.url, audiences=[AUDIENCE, ISSUER])
        await_that(lambda: self.knock(token).code == 0, "new settings")
        self.broker.await_log(f'identity="system:serviceaccount:{SPACE}:{account}" until="never"')


@for_each(version=(3, 5), shards=SHARDS)
class Expiry(KubernetesCase):
    def test_traffic_ends_with_the_token_and_the_will_is_published(self):
        witness = self.paho("witness", self.token())
        witness.subscribe("will", 1)
        account = self.account()

        def begin(token):
            client = self.paho("c", token, clean=False, expiry=1000,
                               will={"topic": "will", "payload": b"gone", "qos": 1})
            client.subscribe("t", 1)
            return client, claims_of(token)["exp"]

        client, end = self.with_brief_token(functools.partial(self.signed, account), begin)
        self.assert_ends_under_traffic(client, end, witness)
        self.assertEqual(witness.messages.next().payload, b"gone")
        # Its Session lives on for who can still prove to be somebody.
        back = self.paho("c", self.token(account), connect=False, clean=False, expiry=1000)
        self.assertTrue(back.resume())


@for_each(version=(5,), shards=SHARDS)
class Again(KubernetesCase):
    """AUTH 0x19."""

    def test_a_new_token_lengthens_a_life(self):
        account = self.account()

        def begin(token):
            client = self.knock(token)
            self.assertEqual(client.code, 0)
            self.assertIn(METHOD.encode(), client.connack)
            self.assertEqual(client.authenticate(self.token(account)), (AUTH, 0))
            return client, claims_of(token)["exp"]

        client, end = self.with_brief_token(functools.partial(self.signed, account), begin)
        await_end(end)
        self.assertTrue(client.is_alive())

    def test_nobody_becomes_somebody_else(self):
        client = self.knock(self.token())
        self.assertEqual(client.authenticate(self.token()), (DISCONNECT, 0x87))
        self.assertIsNone(client.next())
        self.broker.await_log("it is somebody else than before")

    def test_a_bad_token_ends_it(self):
        account = self.account()
        client = self.knock(self.token(account))
        self.assertEqual(client.authenticate(forged(self.token(account))), (DISCONNECT, 0x87))
        self.assertIsNone(client.next())


@for_each(version=(3, 5), shards=SHARDS)
class Offline(KubernetesCase):
    """By the keys that the API server publishes."""

    settings = {"validation": "Offline"}

    def test_its_keys_decide(self):
        account = self.account()
        self.assert_accepted(self.token(account))
        self.assert_logged_in_as(account)
        self.assert_refused(forged(self.token(account)), "the token's signature is wrong")
        self.assert_refused(self.signed(account, -5), "the token has expired")
        self.assert_refused(self.token(account, "office"), "the token is for another audience")
        uid = self.cluster.account(SPACE, account)["metadata"]["uid"]
        self.assert_refused(self.cluster.older_token(SPACE, account, uid), "the token has no end")


@for_each(version=(5,), shards=SHARDS[-1:])
class Rechecks(KubernetesCase):
    settings = {"recheckSeconds": 10}

    def test_who_is_gone_is_disconnected(self):
        stays, account, runner = (self.account() for _ in range(3))
        self.cluster.make_pod(SPACE, f"{runner}-0", runner)
        witness = self.knock(self.token(stays), client_id="stays")
        goes = self.paho("goes", self.token(account))
        runs = self.paho("runs", self.token(runner, pod=f"{runner}-0"))
        self.cluster.delete_account(SPACE, account)
        self.cluster.delete_pod(SPACE, f"{runner}-0")
        goes.ends.next()
        runs.ends.next()
        self.broker.await_log("its credential was taken back", times=2)
        self.assertTrue(witness.is_alive())

    def test_an_api_server_that_is_down_takes_nothing_back(self):
        """Not even when it has been asked."""
        client = self.knock(self.token(), client_id="c")
        self.addCleanup(self.cluster.start_api_server)
        self.cluster.stop_api_server()
        time.sleep(15)  # A recheck comes after ten seconds, and a little.
        self.assertTrue(client.is_alive())


@for_each(version=(5,), shards=SHARDS[-1:])
class Changes(KubernetesCase):
    """Of the API server, not of who knocks."""

    def test_down_and_back(self):
        token, other = self.token(), self.token()
        self.assert_accepted(token)
        self.cluster.stop_api_server()
        try:
            self.assert_undecided(other, "the API server: ")
            self.assertEqual(self.knock(other, version=3).code, 3)
            self.assert_accepted(token)  # What is known is known.
        finally:
            self.cluster.start_api_server()
        self.assert_accepted(other)

    def test_another_ca(self):
        tokens = [self.token() for _ in range(3)]
        self.assert_accepted(tokens[0])
        self.cluster.stop_api_server()
        self.cluster.forget_certificate()
        self.cluster.start_api_server()
        self.assert_undecided(tokens[1], "the API server: ")
        self.ca_file.write_text(self.cluster.ca_file.read_text())
        self.assert_accepted(tokens[1])
        self.assert_accepted(tokens[2])


@for_each(version=(5,), shards=SHARDS[-1:])
class OurOwn(KubernetesCase):
    """The token by which the broker asks."""

    def own_token(self):
        return self._token_of_another("old")

    def _token_of_another(self, prefix):
        self._name = f"{prefix}-{next(self._numbers)}"
        self.cluster.grant_reviews(NAMESPACE, self._name)
        return self.cluster.token(NAMESPACE, self._name, [ISSUER])

    def test_it_is_replaced(self):
        self.assert_accepted(self.token())
        old, old_name = self.token_file.read_text(), self._name
        new = self._token_of_another("new")
        self.cluster.delete_account(NAMESPACE, old_name)
        await_that(lambda: self.cluster.ask("GET", "/version", None, old).status == 401,
                   "the end of the first one")
        self.assert_undecided(self.token(), "the API server answers to the broker itself with")
        self.token_file.write_text(new)
        for _ in range(2):
            self.assert_accepted(self.token())
        for own in (old, new):
            self.assertNotIn(own.split(".")[1], self.broker.log())


if __name__ == "__main__":
    if not is_built():
        print("There is no API server; ./tools/setup-kubernetes builds one.")
        sys.exit(77)
    main("kubernetes_test")
