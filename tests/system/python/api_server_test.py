#!/usr/bin/python3
"""Service account tokens before an API server that fails in every way, and under many clients."""

import concurrent.futures
import functools
import os
import socket
import sys

from support import api_server
from support.api_server import OWN_TOKEN, ApiServer, make_token, reply, say
from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.certificates import Authority, authority
from support.crowd import Crowd
from support.raw_client import AUTH, DISCONNECT
from support.token_case import TokenCase

CLIENTS = int(os.environ.get("SIGNET_TOKEN_CLIENTS", "500"))
FAILS = "the API server"


class ScriptedCase(TokenCase):
    settings = {}
    server_options = {}

    def setUp(self):
        self.server = ApiServer(**self.server_options)
        self.addCleanup(self.server.close)
        self.start_for(self.server.url, self.server.ca, OWN_TOKEN, **self.settings)
        self.token = make_token("press")

    def assert_no_verdict(self, review=None, account=None):
        """It ends in none, of which nothing is remembered."""
        self.server.review = review or self.server.review
        self.server.account = account or self.server.account
        self.assert_undecided(self.token, FAILS)
        self.server.review = self.server.account = api_server.good
        self.assert_accepted(self.token)
        log = self.broker.log()
        for secret in (self.token.split(".")[1], OWN_TOKEN):
            self.assertNotIn(secret, log)


@for_each(version=(3, 5), shards=SHARDS)
class Answers(ScriptedCase):
    def test_good(self):
        self.assert_accepted(self.token)
        review, account = self.server.requests
        self.assertEqual(review.headers["authorization"], f"Bearer {OWN_TOKEN}")
        self.assertEqual(account.path, "/api/v1/namespaces/line1/serviceaccounts/press")

    def test_not_authenticated(self):
        self.server.review = say(authenticated=None, user=None, audiences=None, error="no\nway")
        self.assert_refused(self.token, "the API server does not know the token")
        self.assertNotIn("no\nway", self.broker.log())

    def test_for_no_audience(self):
        """So says a server that does not know of audiences."""
        for audiences in (None, [], ["office"]):
            self.server.review = say(audiences=audiences)
            self.assert_refused(make_token("press", jti=str(audiences)),
                                "the API server does not say that the token is for our audience")

    def test_of_no_service_account(self):
        self.server.review = say(user={"username": "admin", "uid": "1"})
        self.assertNotEqual(self.knock(self.token).code, 0)

    def test_who_is_known_does_not_wait(self):
        self.assert_accepted(self.token)
        self.server.review = held = api_server.Held()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            waits = pool.submit(self.knock, make_token("slow"))
            await_that(lambda: self.server.reviews() == 2, "the second review")
            self.assert_accepted(self.token)
            held.may_go.set()
            self.assertEqual(waits.result().code, 0)

    def test_a_refusal_is_forgotten_soon(self):
        self.server.review = say(authenticated=False)
        self.assert_refused(self.token, "the API server does not know the token")
        self.server.review = api_server.good
        await_that(lambda: self.knock(self.token).code == 0, "a token that is good now")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class NoVerdict(ScriptedCase):
    def test_too_many_requests(self):
        self.assert_no_verdict(reply(429, b"later"))

    def test_errors_of_its_own(self):
        for status in (500, 502, 503, 504):
            with self.subTest(status=status):
                self.token = make_token("press", jti=str(status))
                self.assert_no_verdict(reply(status))

    def test_our_own_token_is_refused(self):
        for status in (401, 403):
            with self.subTest(status=status):
                self.token = make_token("press", jti=str(status))
                self.assert_no_verdict(reply(status))

    def test_it_knows_no_reviews(self):
        self.assert_no_verdict(reply(404, b"{}"))

    def test_it_sends_us_elsewhere(self):
        self.assert_no_verdict(api_server.redirect_to(self.server.url + "/elsewhere"))
        self.assertNotIn("/elsewhere", [request.path for request in self.server.requests])

    def test_authenticated_with_an_error(self):
        self.assert_no_verdict(say(error="but not really"))

    def test_another_account_than_the_token_says(self):
        self.assert_no_verdict(say(user={"username": "system:serviceaccount:a:b", "uid": "1"}))

    def test_not_even_http(self):
        self.assert_no_verdict(api_server.garbage)

    def test_hangs_up(self):
        self.assert_no_verdict(api_server.hanging_up)

    def test_no_json(self):
        for body in (b"", b"<html>", b"[" * 100_000, b"\xff\xfe{}", b'{"kind":"TokenReview"}'):
            with self.subTest(body=body[:20]):
                self.token = make_token("press", jti=body[:20].hex())
                self.assert_no_verdict(reply(201, body))

    def test_another_type(self):
        self.assert_no_verdict(reply(201, b"{}", kind="text/html"))

    def test_the_account_cannot_be_had(self):
        for status in (404, 429, 500):
            with self.subTest(status=status):
                self.token = make_token("press", jti=str(status))
                self.assert_no_verdict(account=reply(status))

    def test_a_gibibyte(self):
        before = self.broker.peak_memory()
        endless = api_server.Endless()
        self.assert_no_verdict(endless)
        endless.ended.wait()
        self.assertLess(endless.sent, endless.SIZE // 16)
        self.assertLess(self.broker.peak_memory() - before, 128 << 20)


@for_each(version=(3, 5), shards=SHARDS[-1:])
class TooLate(ScriptedCase):
    settings = {"timeoutSeconds": 5}

    def test_late(self):
        self.assert_no_verdict(api_server.late(8))

    def test_dripping(self):
        self.assert_no_verdict(api_server.dripping)


@for_each(version=(5,), shards=SHARDS[-1:])
class Strangers(ScriptedCase):
    """Who answers is not the API server; its token is not for them."""

    def tearDown(self):
        self.assertEqual(self.server.requests, [])

    def assert_not_trusted(self):
        self.assert_undecided(self.token, FAILS)


@for_each(version=(5,), shards=SHARDS[-1:])
class OfAnotherCa(Strangers):
    server_options = {"issuer": Authority("Another CA")}

    def test_is_not_asked(self):
        self.assert_not_trusted()


@for_each(version=(5,), shards=SHARDS[-1:])
class OfAnotherName(Strangers):
    server_options = {"sans": ("DNS:elsewhere.example",)}

    def test_is_not_asked(self):
        self.assert_not_trusted()


@for_each(version=(5,), shards=SHARDS[-1:])
class Silent(TokenCase):
    def test_who_says_nothing_is_left(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            number = listener.getsockname()[1]
            self.start_for(f"https://127.0.0.1:{number}", ApiServer().ca, OWN_TOKEN,
                           timeoutSeconds=1)
            self.assert_undecided(make_token("press"), FAILS)


@for_each(version=(5,), shards=SHARDS)
class Again(ScriptedCase):
    """AUTH 0x19."""

    def test_without_a_verdict_the_old_token_is_good(self):
        client = self.knock(self.token)
        self.server.review = reply(503)
        new = make_token("press", jti="2")
        self.assertEqual(client.authenticate(new), (AUTH, 0x18))
        self.assertTrue(client.is_alive())
        # A client may try again in either way, and is not answered as fast as it can ask.
        self.assertEqual(client.authenticate(new, code=0x18), (AUTH, 0x18))
        self.server.review = api_server.good
        self.assertEqual(client.authenticate(new, code=0x18), (AUTH, 0))
        self.assertTrue(client.is_alive())

    def test_the_end_of_the_old_one_does_not_wait_for_the_new(self):
        def begin(token):
            self.server.review = api_server.good
            client = self.knock(token)
            self.assertEqual(client.code, 0)
            self.server.review = reply(503)
            self.assertEqual(client.authenticate(make_token("press", jti="2")), (AUTH, 0x18))
            return client

        client = self.with_brief_token(functools.partial(make_token, "press"), begin)
        self.assertIsNone(client.next())

    def test_traffic_goes_on_meanwhile(self):
        client = self.knock(self.token)
        self.server.review = held = api_server.Held()
        client.send_auth(make_token("press", jti="2"))
        self.assertTrue(client.is_alive())
        held.may_go.set()
        self.assertEqual(client.next_code(), (AUTH, 0))

    def test_another_method_is_a_protocol_error(self):
        client = self.knock(self.token)
        self.assertEqual(client.authenticate(self.token, method="PLANT-OTP"), (DISCONNECT, 0x82))

    def test_so_is_a_second_one_at_once(self):
        client = self.knock(self.token)
        self.server.review = held = api_server.Held()
        client.send_auth(make_token("press", jti="2"))
        self.assertEqual(client.authenticate(make_token("press", jti="3")), (DISCONNECT, 0x82))
        held.may_go.set()

    def test_nobody_becomes_somebody_else(self):
        client = self.knock(self.token)
        self.assertEqual(client.authenticate(make_token("other")), (DISCONNECT, 0x87))
        self.assertIsNone(client.next())


@for_each(http=(1, 2), shards=SHARDS)
class Many(TokenCase):
    """With SIGNET_TOKEN_CLIENTS=5000, what they take is a figure of docs/PERFORMANCE.md."""

    def setUp(self):
        self.crowd = Crowd(delay_ms=50, http1=self.http == 1)
        self.addCleanup(self.crowd.close)
        self.start_for(self.crowd.url, authority().ca.read_text(), OWN_TOKEN)

    def assert_all_get_in(self, tokens):
        outcome = self.crowd.knock(self.broker.port, tokens, CLIENTS)
        print(f"{CLIENTS} clients, {tokens} tokens: {outcome['seconds']:.2f} s", end=" ",
              file=sys.stderr)
        self.assertEqual(outcome["codes"], {"0": CLIENTS}, self.broker.log()[-2000:])
        return outcome["reviews"]

    def test_one_token_is_reviewed_once(self):
        self.assertEqual(self.assert_all_get_in(1), 1)

    def test_each_token_is_reviewed(self):
        # The server ends a connection after some thousand; what it had not answered is asked again.
        self.assertGreaterEqual(self.assert_all_get_in(CLIENTS), CLIENTS)


if __name__ == "__main__":
    main("api_server_test")
