#!/usr/bin/python3
"""Tokens of an OpenID Provider that others have written, shown by clients that others have written:
npm's oidc-provider, which rotates its keys, goes away, and introspects; mqtt.js, mosquitto, Paho."""

import base64
import functools
import json
import threading
import time

from jwt_test import METHOD, JwtCase
from support import mosquitto
from support.api_server import claims_of
from support.broker import PATIENCE, await_that
from support.cases import SHARDS, for_each, main
from support.certificates import authority
from support.config import free_port, port
from support.led_client import LedClient
from support.mosquitto import Place
from support.oidc_provider import AUDIENCE, BROKER, INTROSPECTION, SECRET, OidcProvider
from support.raw_client import AUTH, DISCONNECT, RawClient
from support.token_case import await_end

ALGORITHMS = ("RS256", "ES256", "EdDSA")
MOSQUITTO = {3: "mqttv311", 5: "mqttv5"}


@functools.cache
def lasting_provider():
    """For cases that leave it as it is."""
    return OidcProvider(*(f"{algorithm}-1" for algorithm in ALGORITHMS))


class OidcCase(JwtCase):
    algorithm = "ES256"
    algorithms = ALGORITHMS
    jwks = {}
    settings = {}

    def setUp(self):
        self.provider = self.make_provider()
        self.start(port(authenticationRef="tokens"), ports=0)
        self.config.mount("provider-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")
        self.config.put_secret("provider-client", {"client-secret": SECRET.encode()})
        self.put_settings({"issuer": self.provider.issuer, "discovery": "Enabled",
                           "audiences": [AUDIENCE], "caCertConfigMap": "provider-ca"},
                          jwks={"unknownKidSeconds": 1, "timeoutSeconds": PATIENCE, **self.jwks},
                          **self.settings)
        self.broker.port = self.broker.await_port()

    def make_provider(self):
        return lasting_provider()

    def own_provider(self, *keys, **options):
        provider = OidcProvider(*keys, **options)
        self.addCleanup(provider.kill)
        return provider

    def token(self, client="pump-7", **options):
        return self.provider.token(client, **{"algorithm": self.algorithm, **options})

    def led(self, token, client_id="c"):
        client = LedClient("mqtt.js", self.broker.port, client_id, self.version, token, METHOD)
        self.addCleanup(client.close)
        return client


def key_id(token):
    header = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]


def with_claim(token, **claims):
    """The token, saying that instead, with the signature of before."""
    header, _, signature = token.split(".")
    payload = json.dumps({**claims_of(token), **claims}).encode()
    return ".".join((header, base64.urlsafe_b64encode(payload).decode().rstrip("="), signature))


@for_each(algorithm=ALGORITHMS, version=(3, 5), shards=SHARDS[-1:])
class Logins(OidcCase):
    def assert_hears(self, send):
        """A client of Paho gets what `send` publishes to `t`."""
        listener = self.paho("witness", self.token("witness"))
        listener.subscribe("t")
        send()
        self.assertEqual(listener.messages.next().payload, b"x")
        self.broker.await_log(f'method="JWT" identity="{self.provider.issuer} pump-7"')

    def test_paho_comes_in(self):
        self.assert_hears(lambda: self.paho("pump", self.token()).publish("t", b"x", 1))

    def test_mosquitto_comes_in(self):
        self.assert_hears(lambda: mosquitto.run(
            "mosquitto_pub", Place(self.broker.port), MOSQUITTO[self.version], "-u", "anything",
            "-P", self.token(), "-i", "pump", "-t", "t", "-m", "x", "-q", "1"))

    def test_mqtt_js_comes_in(self):
        def send():
            client = self.led(self.token())
            self.assertEqual(client.next(), ("connect", None))
            self.paho("pump", self.token()).publish("t", b"x", 1)
            self.assertEqual(client.messages.next(), "x")

        self.assert_hears(send)

    def test_not_by_a_token_that_was_tampered_with(self):
        token = self.token()
        wrong = "the token's signature is wrong"
        self.assert_refused(with_claim(token, sub="pump-8"), wrong)
        self.assert_refused(with_claim(token, exp=claims_of(token)["exp"] + 1), wrong)
        signed, _, signature = token.rpartition(".")
        other = "B" if signature[0] == "A" else "A"
        self.assert_refused(f"{signed}.{other}{signature[1:]}", wrong)
        refused = ("error", 0x87 if self.version == 5 else 5)
        self.assertEqual(self.led(with_claim(token, sub="pump-8")).next(), refused)
        self.assert_accepted(token)

    def test_nor_by_one_for_another_audience(self):
        self.assert_refused(self.token(audience="office"), "the token is for another audience")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Strangers(OidcCase):
    def test_a_token_of_another_issuer_is_for_no_method(self):
        other = self.own_provider("ES256-1")
        # By an Authentication Method that is none of this port's, so to speak.
        self.assert_refused(other.token(), "no method of this port is for what it presents", 0x8C)
        self.assert_accepted(self.token())

    def test_an_impostor_convinces_nobody(self):
        impostor = self.own_provider("ES256-1", "EdDSA-9", issuer=self.provider.issuer)
        self.assert_refused(impostor.token(), "the token's signature is wrong")
        self.assert_refused(impostor.token(algorithm="EdDSA"), "the token is signed by no key")
        self.assert_accepted(self.token())


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Bound(OidcCase):
    settings = {"clientIdClaim": "client_id"}

    def test_a_client_of_the_provider_is_known_by_its_name_here(self):
        self.assert_accepted(self.token("pump-7"), client_id="pump-7")
        self.assert_refused(self.token("pump-7"), "the token's claim client_id",
                            client_id="pump-8")


class Visitors:
    """Come in by a fresh token each, one after the other, in threads; all of them must. `seen` are
    the keys by which they did."""

    _THREADS = 2

    def __init__(self, case):
        self._case = case
        self._stopping = threading.Event()
        self._problems = []
        self.seen = []
        self._threads = [threading.Thread(target=self._run) for _ in range(self._THREADS)]
        for thread in self._threads:
            thread.start()

    def _run(self):
        while not self._stopping.is_set():
            try:
                token = self._case.token()
                client = RawClient(self._case.broker.port, method=METHOD, data=token)
                client.close()
                if client.code != 0:
                    self._problems.append((key_id(token), client.code))
                self.seen.append(key_id(token))
            except Exception as error:  # Of whatever kind: it is stop() that fails.
                self._problems.append(repr(error))
                return

    def await_some(self, key, count=10):
        await_that(lambda: self._problems or self.seen.count(key) >= count, f"logins by {key}")

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._case.assertEqual(self._problems, [])


@for_each(shards=SHARDS)
class Rotation(OidcCase):
    def make_provider(self):
        return self.own_provider("ES256-1")

    def test_no_good_login_fails(self):
        old = self.token()
        visitors = Visitors(self)
        self.addCleanup(visitors.stop)
        visitors.await_some("ES256-1")
        for number in (2, 3, 4):
            time.sleep(1)  # Of unknownKidSeconds.
            self.provider.publish(f"ES256-{number}", f"ES256-{number - 1}")
            visitors.await_some(f"ES256-{number}")
        visitors.stop()
        # Its key has been gone since the second of these.
        self.assert_refused(old, "the token is signed by no key of its issuer")

    def test_of_algorithms_too(self):
        self.assert_accepted(self.token())
        for algorithm in ("EdDSA", "RS256"):
            time.sleep(1)
            self.provider.publish(f"{algorithm}-1")
            self.assert_accepted(self.token(algorithm=algorithm))


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Down(OidcCase):
    jwks = {"refreshSeconds": 10}

    def make_provider(self):
        return self.own_provider("ES256-1", port=free_port())

    def test_logins_go_on_by_the_keys_that_are_known(self):
        client = self.assert_accepted(self.token(), client_id="lasting")
        tokens = [self.token(seconds=3600 + number) for number in range(20)]
        impostor = self.own_provider("ES256-2", issuer=self.provider.issuer)
        self.provider.kill()
        # Beyond the moment when they should have been fetched again.
        due = time.time() + 11
        for token in tokens:
            self.assert_accepted(token)
            time.sleep(0.1)
        await_that(lambda: time.time() > due, "the refresh")
        for token in tokens:
            self.assert_accepted(token, client_id="d")
        # Nobody knows whether this is a key of the provider's.
        self.assert_undecided(impostor.token(), "discovery of the issuer: ")
        self.assertTrue(client.is_alive())
        self.provider.start("ES256-3")
        await_that(lambda: self.knock(self.token()).code == 0, "the new keys")
        self.assert_refused(tokens[0], "the token is signed by no key of its issuer")


@for_each(algorithm=ALGORITHMS[1:], version=(3, 5), shards=SHARDS[-1:])
class Expiry(OidcCase):
    def test_traffic_ends_with_the_token(self):
        witness = self.paho("witness", self.token("witness"))

        def begin(token, _):
            client = self.paho("pump", token)
            client.subscribe("t")
            return client, claims_of(token)["exp"]

        client, end = self.with_brief_token(self.token, begin)
        self.assert_ends_under_traffic(client, end, witness)


@for_each(version=(5,), shards=SHARDS[-1:])
class Again(OidcCase):
    """AUTH 0x19, by mqtt.js."""

    def test_a_fresh_token_keeps_it(self):
        def begin(token, _):
            client = self.led(token)
            self.assertEqual(client.next(), ("connect", None))
            client.show(self.token(algorithm="EdDSA"))
            self.assertEqual(client.next(), ("auth", 0))
            return client, claims_of(token)["exp"]

        client, end = self.with_brief_token(self.token, begin)
        await_end(end)
        self.paho("pump", self.token()).publish("t", b"x", 1)
        self.assertEqual(client.messages.next(), "x")

    def test_one_of_another_client_ends_it(self):
        client = self.led(self.token())
        self.assertEqual(client.next(), ("connect", None))
        client.show(self.token("pump-8"))
        self.assertEqual(client.next(), ("disconnect", 0x87))


class OpaqueCase(OidcCase):
    """The provider is asked about what only it understands (RFC 7662)."""

    # Of a client that acts by itself it gives no `sub`.
    settings = {"usernameClaim": "client_id"}

    def put_settings(self, *issuers, **settings):
        introspection = {"endpoint": self.provider.url + INTROSPECTION, "clientId": BROKER,
                         "clientSecretRef": "provider-client", "caCertConfigMap": "provider-ca",
                         "cacheSeconds": 0, "timeoutSeconds": PATIENCE}
        super().put_settings(*issuers, introspection=introspection, **settings)

    def token(self, client="pump-7", **options):
        return super().token(client, **{"kind": "opaque", **options})

    def assert_not_active(self, token):
        self.assert_refused(token, "the introspection endpoint says that the token is not active")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Opaque(OpaqueCase):
    def test_a_token_lets_in(self):
        token = self.token()
        self.assert_accepted(token)
        self.assert_accepted(self.token(kind="jwt"))
        self.assertNotIn(token, self.broker.log())

    def test_any_other_does_not(self):
        self.assert_not_active(self.token()[:-1])
        self.assert_refused(self.token(audience="office"), "the token is for another audience")

    def test_nor_one_that_has_been_revoked(self):
        token = self.token()
        self.assert_accepted(token)
        self.provider.revoke(token)
        self.assert_not_active(token)

    def test_traffic_ends_with_the_token(self):
        witness = self.paho("witness", self.token("witness"))

        def begin(token, end):
            client = self.paho("pump", token)
            client.subscribe("t")
            return client, end

        # Made after `end` was reckoned, it ends then or later.
        client, end = self.with_brief_token(self.token, begin)
        self.assert_ends_under_traffic(client, end, witness)


@for_each(version=(5,), shards=SHARDS[-1:])
class OpaqueAgain(OpaqueCase):
    """AUTH 0x19."""

    def test_keeps_the_client_unless_it_is_of_another_one(self):
        client = self.assert_accepted(self.token())
        self.assertEqual(client.authenticate(self.token(), method=METHOD), (AUTH, 0))
        other = self.token("pump-8")
        self.assertEqual(client.authenticate(other, method=METHOD), (DISCONNECT, 0x87))


if __name__ == "__main__":
    main("oidc_test")
