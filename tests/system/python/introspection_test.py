#!/usr/bin/python3
"""Tokens that only their server understands: an authorization server is asked about them over HTTPS
(RFC 7662), and what becomes of clients when it says no, later something else, or nothing."""

import functools
import time
import urllib.parse

from jwt_test import METHOD, JwtCase
from support import api_server
from support.api_server import Held, reply
from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.certificates import Authority
from support.config import free_port, port
from support.introspector import CLIENT, PATH, SECRET, Introspector, say
from support.issuer import SECRET as HMAC_SECRET, Secret
from support.raw_client import AUTH, DISCONNECT

ISSUER = "https://issuer.plant.example"
INACTIVE = "the introspection endpoint says that the token is not active"


class IntrospectionCase(JwtCase):
    arguments = ("--admin", "127.0.0.1:0")
    server_options = {}
    introspection = {}
    settings = {}

    def setUp(self):
        self.server = Introspector(**self.server_options)
        self.addCleanup(self.server.close)
        self.start(port(authenticationRef="tokens"), ports=0)
        self.config.mount("login-ca", {"ca.crt": self.server.ca.encode()}, "configmaps")
        self.config.put_secret("login-client", {"client-secret": SECRET})
        self.config.put_secret("token-secrets", {"first": HMAC_SECRET})
        self.put_settings()
        self.broker.port = self.broker.await_port()

    def put_settings(self, **introspection):
        introspection = {"endpoint": self.server.url + PATH, "clientId": CLIENT,
                         "clientSecretRef": "login-client", "caCertConfigMap": "login-ca", "timeoutSeconds": 30,
                         **self.introspection, **introspection}
        self.config.put("BrokerAuthentication", "tokens", {"authenticationMethods": [
            {"method": "JWT", "jwtSettings": {"introspection": introspection, **self.settings}}]})

    def assert_not_in_log(self, *secrets):
        log = self.broker.log()
        for secret in secrets:
            self.assertNotIn(secret, log)
            self.assertNotIn(urllib.parse.quote_plus(secret), log)

    def figure(self, name):
        [value] = [value for sample, value in self.broker.metrics().items()
                   if sample.startswith(f"signet_auth_server_{name}{{")]
        return value


@for_each(version=(3, 5), shards=SHARDS)
class Verdicts(IntrospectionCase):
    def test_an_active_token_lets_in(self):
        token = self.server.issue("pump-7")
        self.assert_accepted(token)
        self.assertEqual(self.server.asked_about(), [token])
        self.broker.await_log('method="JWT" identity="\\"\\" pump-7"')
        self.assert_not_in_log(token, SECRET.decode())

    def test_it_is_remembered(self):
        token = self.server.issue("pump-7")
        for _ in range(3):
            self.assert_accepted(token)
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(self.figure("requests_total"), 1)
        self.assertEqual(self.figure("failures_total"), 0)

    def test_any_other_does_not(self):
        self.assert_refused("unknown", INACTIVE)
        token = self.server.issue("pump-7")
        self.server.revoke(token)
        self.assert_refused(token, INACTIVE)
        self.assert_not_in_log(token)

    def test_what_the_server_says_of_it_counts(self):
        self.assert_refused(self.server.issue("pump-7", seconds=-1), "the token has expired")
        self.assert_refused(self.server.issue("pump-7", nbf=int(time.time()) + 60),
                            "the token is not valid yet")
        self.assert_refused(self.server.issue(""), "the token's claim sub is no username")
        self.assert_refused(self.server.issue("pump-7", token_type="DPoP"), "the token is none")
        self.server.answer = say(active=True, sub="pump-7")
        self.assert_refused("endless", "the token has no end")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Remembering(IntrospectionCase):
    introspection = {"cacheSeconds": 0}

    def test_may_be_left_out(self):
        token = self.server.issue("pump-7")
        client = self.assert_accepted(token, client_id="who is in")
        self.assert_accepted(token)
        self.assertEqual(self.server.asked_about(), [token, token])
        self.server.revoke(token)
        self.assert_refused(token, INACTIVE)
        self.assertTrue(client.is_alive())  # Until its end.


@for_each(version=(3, 5), shards=SHARDS[-1:])
class NoVerdict(IntrospectionCase):
    def assert_is_none(self, answer, why):
        token = self.server.issue("pump-7")
        self.server.answer = answer
        self.assert_undecided(token, f"the introspection endpoint{why}")
        self.server.recover()
        self.assert_accepted(token)
        self.assert_not_in_log(token)

    def test_errors(self):
        for status in (400, 404, 429, 500, 502, 503):
            with self.subTest(status=status):
                self.assert_is_none(reply(status, b'{"active":true}'),
                                    f" answers with status {status}")
        self.assertEqual(self.figure("failures_total"), 6)

    def test_we_are_not_known(self):
        self.assert_is_none(reply(403), " answers to the broker itself with status 403")
        self.config.put_secret("login-client", {"client-secret": b"another"})
        self.broker.hang_up()
        log = "answers to the broker itself with status 401"
        await_that(lambda: self.knock(self.server.issue("a")).code != 0, "another secret")
        self.broker.await_log(log)

    def test_garbage(self):
        for body in (b"", b"OK", b"<html>", b"[]", b"[" * 10_000, b'{"active":"true"}', b"{}",
                     b'{"active":false,"active":true}', b'{"active":true,"exp":"never"}'):
            with self.subTest(body=body[:20]):
                self.assert_is_none(reply(200, body), "'s answer ")
        self.assert_is_none(reply(200, b'{"active":true}', kind="text/html"),
                            "'s answer is not application/json")

    def test_not_even_http(self):
        self.assert_is_none(api_server.garbage, ": ")

    def test_sends_us_elsewhere(self):
        self.assert_is_none(api_server.redirect_to(self.server.url + "/elsewhere"),
                            " answers with status 307")
        self.assertEqual({request.path for request in self.server.requests}, {PATH})

    def test_hangs_up_and_is_back(self):
        client = self.assert_accepted(self.server.issue("pump-7"), client_id="who is in")
        self.assert_is_none(api_server.hanging_up, ": ")
        self.assertTrue(client.is_alive())

    def test_a_gibibyte(self):
        before = self.broker.peak_memory()
        endless = api_server.Endless()
        self.assert_is_none(endless, ": ")
        endless.ended.wait()
        self.assertLess(endless.sent, endless.SIZE // 16)
        self.assertLess(self.broker.peak_memory() - before, 128 << 20)

    def test_nobody_is_there(self):
        self.put_settings(endpoint=f"https://127.0.0.1:{free_port()}{PATH}")
        self.broker.hang_up()
        # What is remembered belongs to the old settings; each token is another one all the same.
        await_that(lambda: self.knock(self.server.issue("a")).code in (3, 0x88), "the new settings")
        self.put_settings()
        self.broker.hang_up()
        await_that(lambda: self.knock(self.server.issue("a")).code == 0, "the old settings")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class TooLate(IntrospectionCase):
    introspection = {"timeoutSeconds": 1}

    def test_is_no_verdict(self):
        self.server.answer = held = Held()
        self.addCleanup(held.may_go.set)
        self.assert_undecided(self.server.issue("pump-7"), "the introspection endpoint: ")
        self.broker.await_log(": no answer within 1 s")


@for_each(version=(5,), shards=SHARDS[-1:])
class OfAnotherCa(IntrospectionCase):
    server_options = {"issuer": Authority("Another CA")}

    def test_is_told_nothing(self):
        self.assert_undecided(self.server.issue("pump-7"), "the introspection endpoint: ")
        self.assertEqual(self.server.requests, [])


@for_each(version=(3, 5), shards=SHARDS[-1:])
class BesideIssuers(IntrospectionCase):
    settings = {"algorithms": ["HS256"], "issuers": [
        {"issuer": ISSUER, "hmacSecretRef": "token-secrets", "audiences": ["plant"]}]}

    def test_a_token_of_an_issuer_is_not_asked_about(self):
        claims = {"iss": ISSUER, "sub": "pump-7", "aud": "plant", "exp": int(time.time()) + 3600}
        self.assert_accepted(Secret().sign(claims))
        self.assert_refused(Secret(b"x" * 40).sign(claims), "the token is signed by no key")
        self.assertEqual(self.server.requests, [])
        other = Secret().sign({**claims, "iss": "https://elsewhere.example"})
        self.assert_refused(other, INACTIVE)
        self.assertEqual(self.server.asked_about(), [other])

    def test_what_is_asked_about_is_of_an_issuer_too(self):
        self.assert_accepted(self.server.issue("pump-7", iss=ISSUER, aud="plant"))
        self.assert_accepted(self.server.issue("pump-7", aud=["plant"]))
        self.assert_refused(self.server.issue("pump-7", iss=ISSUER, aud="other"),
                            "the token is for another audience")
        self.assert_refused(self.server.issue("pump-7", iss="https://elsewhere.example"),
                            "the token is of no issuer")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Expiry(IntrospectionCase):
    def test_traffic_ends_with_the_token(self):
        witness = self.paho("witness", self.server.issue("witness"))

        def begin(token, end):
            client = self.paho("pump", token)
            client.subscribe("t")
            return client, end

        client, end = self.with_brief_token(functools.partial(self.server.issue, "pump-7"), begin)
        self.assert_ends_under_traffic(client, end, witness)


@for_each(version=(5,), shards=SHARDS)
class Again(IntrospectionCase):
    """AUTH 0x19."""

    def authenticate(self, client, token, **options):
        return client.authenticate(token, method=METHOD, **options)

    def test_a_new_token_lengthens_a_life(self):
        def begin(token, end):
            client = self.assert_accepted(token)
            new = self.server.issue("pump-7")
            self.assertEqual(self.authenticate(client, new), (AUTH, 0))
            return client, end

        client, end = self.with_brief_token(functools.partial(self.server.issue, "pump-7"), begin)
        await_that(lambda: time.time() > end + 1, "the end of the first token")
        self.assertTrue(client.is_alive())

    def test_nobody_becomes_somebody_else(self):
        client = self.assert_accepted(self.server.issue("pump-7"))
        other = self.server.issue("pump-8")
        self.assertEqual(self.authenticate(client, other), (DISCONNECT, 0x87))
        self.assertIsNone(client.next())

    def test_a_bad_token_ends_it(self):
        for bad in (self.server.issue("pump-7", seconds=-1), "garbage", "\n"):
            client = self.assert_accepted(self.server.issue("pump-7"))
            self.assertEqual(self.authenticate(client, bad), (DISCONNECT, 0x87))
            self.assertIsNone(client.next())

    def test_without_a_verdict_the_old_token_is_good(self):
        client = self.assert_accepted(self.server.issue("pump-7"))
        token = self.server.issue("pump-7")
        for answer in (reply(503), reply(200, b"garbage"), api_server.hanging_up):
            self.server.answer = answer
            self.assertEqual(self.authenticate(client, token), (AUTH, 0x18))
            self.assertTrue(client.is_alive())
        self.server.recover()
        self.assertEqual(self.authenticate(client, token, code=0x18), (AUTH, 0))
        self.assertTrue(client.is_alive())


if __name__ == "__main__":
    main("introspection_test")
