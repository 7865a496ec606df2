#!/usr/bin/python3
"""Clients whom a custom authentication server judges, over HTTPS: accepted, refused, and what
becomes of them when it fails."""

import concurrent.futures
import time

from support import api_server
from support.api_server import reply
from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.certificates import Authority, authority
from support.custom_case import BASE64, PASSWORD, CustomCase, FallbackCase
from support.custom_server import PATH, Gate, InTurn, Silent, in_seconds, say, template
from support.raw_client import AUTH, DISCONNECT

FAILS = " answers with status "


class Until:
    """Accepts, so many seconds from when it is asked on."""

    def __init__(self, seconds):
        self._seconds = seconds
        self.end = None

    def __call__(self, connection, request):
        expiry, self.end = in_seconds(self._seconds)
        say(200, expiry=expiry, attributes={"line": "L1"})(connection, request)


@for_each(version=(3, 5), shards=SHARDS)
class Verdicts(CustomCase):
    def test_accepted(self):
        self.assertEqual(self.knock().code, 0, self.broker.log())
        [request] = self.server.requests
        self.assertEqual((request.verb, request.path), ("POST", PATH))
        self.assertEqual(request.headers["content-type"], "application/json")
        self.assertEqual(self.server.bodies(), [
            {"type": "connect", "username": "press-04", "password": BASE64}])
        self.assert_no_secret_in_log()

    def test_accepted_without_anything(self):
        """Custom is relevant to whatever is presented."""
        self.assertEqual(self.knock(None, None).code, 0)
        self.assertEqual(self.server.bodies(), [{"type": "connect"}])

    def test_accepted_until_then(self):
        self.server.answer = until = Until(4)
        client = self.knock()
        self.assertEqual(client.code, 0)
        self.assertIsNone(client.next())
        self.assertGreaterEqual(time.time(), until.end)
        self.broker.await_log("its credential expired at ")

    def test_accepted_until_a_moment_that_is_past(self):
        self.server.answer = say(200, expiry=in_seconds(-1)[0])
        self.assert_code(self.knock(), 0x87, 5)

    def test_refused(self):
        self.assert_code(self.knock("deny-04"), 0x87, 5)
        self.assert_no_secret_in_log()

    def test_refused_by_a_reason(self):
        self.server.answer = say(403, reason=134, message="badge revoked")
        self.assert_code(self.knock(), 0x86, 4)
        self.broker.await_log('rule="the custom server refuses: badge revoked"')

    def test_refused_by_a_reason_that_is_none(self):
        for reason in (0, 5, 24, 142, 300):
            with self.subTest(reason=reason):
                self.server.answer = say(403, reason=reason)
                self.assert_code(self.knock(), 0x87, 5)

    def test_a_message_that_repeats_the_password_is_not_logged(self):
        for text in (PASSWORD, BASE64):
            self.server.answer = say(403, reason=134, message=f"no {text}")
            self.assert_code(self.knock(), 0x86, 4)
        self.broker.await_log('rule="the custom server refuses"', 2)
        self.assert_no_secret_in_log()

    def test_each_login_is_asked_about(self):
        self.assertEqual(self.knock().code, 0)
        self.server.answer = say(403, reason=135)
        self.assert_code(self.knock(), 0x87, 5)

    def test_of_another_version_first(self):
        """It is replaced while it is asked."""
        self.server.answer = InTurn(say(422, supportedVersions=["0.4.0", "0.5.0"]), template)
        self.assertEqual(self.knock().code, 0)
        self.assertEqual(len(self.server.requests), 2)


@for_each(version=(5,), shards=SHARDS[-1:])
class Template(CustomCase):
    """What the public template does (5.3, rule 7) beyond Verdicts."""

    def test_expires(self):
        began = time.time()
        client = self.knock("expire-04")
        self.assertEqual(client.code, 0)
        self.assertIsNone(client.next())
        self.assertGreaterEqual(time.time(), began + 10)
        self.broker.await_log("its credential expired at ")

    def test_the_method_plays_the_username_of_auth(self):
        for method, outcome in (("deny-OTP", (DISCONNECT, 0x87)), ("expire-OTP", (AUTH, 0))):
            client = self.enhanced(method=method)
            self.assertEqual(client.code, 0)
            self.assertEqual(client.authenticate("441102", method), outcome)
            self.assertIsNone(client.next())
        self.broker.await_log("its credential expired at ")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class NoVerdict(CustomCase):
    settings = {"retries": 0, "circuitBreaker": {"failures": 1000, "openSeconds": 1}}

    def assert_is_none(self, answer, why=FAILS):
        self.server.answer = answer
        self.assert_passed_over(why)
        self.server.answer = template
        self.assertEqual(self.knock().code, 0)

    def test_complaints(self):
        for status in (400, 404, 405):
            with self.subTest(status=status):
                self.assert_is_none(reply(status, b"what?", kind="text/plain"),
                                    f"{FAILS}{status}: what?")

    def test_errors_of_its_own(self):
        for status in (429, 500, 502, 503, 504):
            with self.subTest(status=status):
                self.assert_is_none(reply(status, b""), f"{FAILS}{status}")

    def test_yes_to_everything_but_not_by_the_api(self):
        for body in (b"", b"OK", b"<html>", b"[]", b"[" * 100_000, b'{"expiry":"tomorrow"}',
                     b'{"attributes":{"role":1}}'):
            with self.subTest(body=body[:20]):
                self.assert_is_none(reply(200, body), f"{FAILS}200, and")
        self.assert_is_none(reply(200, kind="text/html"), f"{FAILS}200, and")

    def test_no_common_version(self):
        self.assert_is_none(say(422, supportedVersions=["1.0.0"]), f"{FAILS}422: it speaks other")
        self.assert_is_none(say(422, supportedVersions=["0.5.0"]), ": it answers with status 422")

    def test_sends_us_elsewhere(self):
        self.assert_is_none(api_server.redirect_to(self.server.url + "/elsewhere"), f"{FAILS}307")
        self.assertEqual({request.path for request in self.server.requests}, {PATH})

    def test_not_even_http(self):
        self.assert_is_none(api_server.garbage, ": ")

    def test_hangs_up(self):
        self.assert_is_none(api_server.hanging_up, ": ")

    def test_is_not_there(self):
        self.server.go_down()
        self.assert_passed_over(": ")
        self.server.come_back()
        self.assertEqual(self.knock().code, 0)

    def test_a_gibibyte(self):
        before = self.broker.peak_memory()
        endless = api_server.Endless()
        self.assert_is_none(endless, ": ")
        endless.ended.wait()
        self.assertLess(endless.sent, endless.SIZE // 16)
        self.assertLess(self.broker.peak_memory() - before, 128 << 20)


def drip(connection, _):
    """The good answer, a byte each tenth of a second."""
    for byte in b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}":
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


@for_each(version=(3, 5), shards=SHARDS[-1:])
class TooLate(CustomCase):
    settings = {"timeoutSeconds": 2}

    @property
    def address(self):
        return self.server.url.removeprefix("https://")

    def test_slow(self):
        self.server.answer = silent = Silent()
        self.addCleanup(silent.over.set)
        self.assert_passed_over(f": {self.address}: no answer within ")

    def test_dripping(self):
        self.server.answer = drip
        self.assert_passed_over(f": {self.address}: its answer was not complete within ")


@for_each(version=(5,), shards=SHARDS[-1:])
class OfAnotherCa(CustomCase):
    server_options = {"issuer": Authority("Another CA")}

    def test_is_told_nothing(self):
        self.assert_passed_over(": ")
        self.assertEqual(self.server.requests, [])


@for_each(version=(5,), shards=SHARDS[-1:])
class OfAnotherName(CustomCase):
    server_options = {"sans": ("DNS:elsewhere.example",)}

    def test_is_told_nothing(self):
        self.assert_passed_over(": ")
        self.assertEqual(self.server.requests, [])


@for_each(version=(5,), shards=SHARDS[-1:])
class Demanding(CustomCase):
    """It wants to know who asks."""

    def setUp(self):
        super().setUp()
        self.server.demand_certificates(authority())

    def test_without_a_certificate_it_says_nothing(self):
        self.assert_passed_over(": ")
        self.assertEqual(self.server.requests, [])

    def test_a_certificate_is_shown(self):
        certificate, key = authority().for_client("broker")
        self.config.mount("broker", {"tls.crt": certificate.read_bytes(),
                                     "tls.key": key.read_bytes()})
        self.put_methods(auth={"x509": {"secretRef": "broker"}}, headers={"x-plant": "seven"})
        self.broker.hang_up()
        await_that(lambda: self.knock().code == 0, "a login under the new settings")
        self.assertEqual(self.server.requests[-1].headers["x-plant"], "seven")


@for_each(version=(3, 5), shards=SHARDS)
class Fallback(FallbackCase):
    """azure-iot-operations, 3.2."""

    settings = {"retries": 0, "circuitBreaker": {"failures": 2, "openSeconds": 1}}

    def test_who_accepts_decides(self):
        self.assertEqual(self.with_token().code, 0)
        self.assertEqual(self.tokens.requests, [])

    def test_who_refuses_decides(self):
        for status in (401, 403):
            self.server.answer = say(status, reason=135)
            self.assert_code(self.with_token(), 0x87, 5)
        self.assertEqual(self.tokens.requests, [])

    def test_a_status_of_no_verdict_is_passed_over(self):
        self.server.answer = reply(503)
        self.assertEqual(self.with_token().code, 0)
        self.assertEqual(self.tokens.reviews(), 1)
        self.tokens.review = api_server.say(authenticated=False)
        self.assert_code(self.with_token("other"), 0x87, 5)
        self.assert_code(self.knock(), 0x87, 5)  # For nobody.

    def test_not_relevant_passes_on(self):
        self.server.answer = say(404, relevant=False)
        self.put_methods(notRelevantAnswer="Enabled")
        self.broker.hang_up()
        await_that(self._passes_on, "an answer that passes on")

    def _passes_on(self):
        """As it is no failure, nothing is logged."""
        before = self.broker.log().count("cannot be asked")
        reviewed = len(self.tokens.requests)
        self.assertEqual(self.with_token(f"press-{reviewed}").code, 0)
        self.assertGreater(len(self.tokens.requests), reviewed)
        return self.broker.log().count("cannot be asked") == before

    def test_unreachable_and_back(self):
        """Who is in stays; after a while the server is asked again."""
        client = self.knock()
        self.server.go_down()
        for _ in range(3):
            self.assertEqual(self.with_token().code, 0)
        self.broker.await_log("a method cannot be asked; the next one is")
        self.broker.await_log("it is left alone for a while")
        self.assert_code(self.knock(), 0x87, 5)  # For nobody.
        self.server.come_back()
        await_that(lambda: self.knock().code == 0, "a login")
        self.assertTrue(client.is_alive())


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Back(CustomCase):
    settings = {"retries": 0, "circuitBreaker": {"failures": 2, "openSeconds": 1}}

    def test_who_fails_is_left_alone_for_a_while(self):
        client = self.knock()
        self.server.answer = api_server.hanging_up
        for _ in range(5):
            self.assertNotEqual(self.knock().code, 0)
        self.assertLess(len(self.server.requests), 6)
        self.server.answer = template
        await_that(lambda: self.knock().code == 0, "a login")
        self.assertTrue(client.is_alive())


@for_each(version=(3, 5), shards=SHARDS[-1:])
class FurtherKeys(CustomCase):
    settings = {"sendClientId": "Enabled", "sendPeerAddress": "Enabled", "sendListener": "Enabled"}

    def test_are_sent(self):
        self.assertEqual(self.knock(client_id="c-7").code, 0)
        [body] = self.server.bodies()
        self.assertEqual(body["clientId"], "c-7")
        self.assertTrue(body["listener"].startswith("test/"))
        self.assertTrue(body["peerAddress"].startswith("127.0.0.1:"))


@for_each(version=(5,), shards=SHARDS[-1:])
class Connections(CustomCase):
    arguments = ("--admin", "127.0.0.1:0")
    settings = {"maxConnections": 2, "timeoutSeconds": 60}

    def test_one_serves_all_who_come_one_after_the_other(self):
        for _ in range(5):
            self.assertEqual(self.knock().code, 0)
        self.assertEqual((len(self.server.requests), self.server.accepted), (5, 1))

    def test_there_are_no_more_than_allowed(self):
        self.server.answer = gate = Gate()
        self.addCleanup(gate.may_go.set)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            clients = [pool.submit(self.knock) for _ in range(6)]
            await_that(lambda: self.broker.metrics()["signet_auth_questions"] == 6 and
                       gate.most == 2, "all of them to wait")
            gate.may_go.set()
            self.assertEqual([client.result().code for client in clients], [0] * 6)
        self.assertEqual((gate.most, self.server.accepted), (2, 2))


@for_each(version=(5,), shards=SHARDS[-1:])
class Figures(CustomCase):
    """/metrics."""

    arguments = ("--admin", "127.0.0.1:0")
    settings = {"retries": 1, "circuitBreaker": {"failures": 4, "openSeconds": 3600}}

    def figures(self):
        """Of the server, by what stands between signet_auth_server_ and the labels."""
        found = {}
        for name, value in self.broker.metrics().items():
            name, _, labels = name.partition("{")
            if name.startswith("signet_auth_server_") and "le=" not in labels:
                self.assertRegex(labels, '^listener="test/.*",method="Custom"}$')
                found[name.removeprefix("signet_auth_server_")] = value
        self.assertGreaterEqual(found.pop("latency_seconds_sum"), 0)
        return found

    def test_are_shown(self):
        self.assertEqual(self.knock().code, 0)
        self.assertEqual(self.figures(), {
            "requests_total": 1, "retries_total": 0, "failures_total": 0, "circuit_open": 0,
            "latency_seconds_count": 1})
        self.server.answer = reply(503)
        self.assert_passed_over(FAILS)
        self.server.go_down()
        self.assert_passed_over(": ")
        self.assertEqual(self.figures(), {
            "requests_total": 4, "retries_total": 1, "failures_total": 3, "circuit_open": 0,
            "latency_seconds_count": 4})
        self.assert_passed_over(": ")
        self.assertEqual(self.figures()["circuit_open"], 1)


@for_each(version=(5,), shards=SHARDS)
class Again(CustomCase):
    """AUTH 0x19."""

    def test_a_good_one_moves_the_end(self):
        self.server.answer = until = Until(6)
        client = self.enhanced()
        self.assertEqual(client.code, 0)
        self.server.answer = say(200)
        self.assertEqual(client.authenticate("441102", "PLANT-OTP"), (AUTH, 0))
        self.assertEqual(self.server.bodies(), [
            {"type": "connect",
             "enhancedAuthentication": {"method": "PLANT-OTP", "data": "OTEyODM3"}},
            {"type": "auth",
             "enhancedAuthentication": {"method": "PLANT-OTP", "data": "NDQxMTAy"}}])
        await_that(lambda: time.time() > until.end + 2, "the old end")
        self.assertTrue(client.is_alive())

    def test_a_sooner_end_counts(self):
        client = self.enhanced()
        self.server.answer = until = Until(3)
        self.assertEqual(client.authenticate("441102", "PLANT-OTP"), (AUTH, 0))
        self.assertIsNone(client.next())
        self.assertGreaterEqual(time.time(), until.end)

    def test_a_bad_one_ends_it(self):
        client = self.enhanced()
        self.server.answer = say(403, reason=134)
        self.assertEqual(client.authenticate("441102", "PLANT-OTP"), (DISCONNECT, 0x87))
        self.assertIsNone(client.next())

    def test_without_a_verdict_it_may_try_again(self):
        client = self.enhanced()
        for answer in (reply(503), reply(200, b"garbage"), api_server.hanging_up):
            self.server.answer = answer
            self.assertEqual(client.authenticate("441102", "PLANT-OTP"), (AUTH, 0x18))
            self.assertTrue(client.is_alive())
        self.server.answer = template
        self.assertEqual(client.authenticate("441102", "PLANT-OTP", code=0x18), (AUTH, 0))
        self.assertTrue(client.is_alive())

    def test_traffic_goes_on_meanwhile(self):
        client = self.enhanced()
        arrived = len(self.server.requests)
        self.server.answer = silent = Silent()
        self.addCleanup(silent.over.set)
        client.send_auth("441102", "PLANT-OTP")
        await_that(lambda: len(self.server.requests) > arrived, "the question")
        self.assertTrue(client.is_alive())

    def test_another_method_is_a_protocol_error(self):
        client = self.enhanced()
        self.assertEqual(client.authenticate("441102", "OTHER"), (DISCONNECT, 0x82))

    def test_the_method_may_be_base64(self):
        self.put_methods(methodEncoding="Base64")
        self.broker.hang_up()
        await_that(lambda: self.enhanced().code == 0 and
                   self.server.bodies()[-1]["enhancedAuthentication"]["method"] == "UExBTlQtT1RQ",
                   "a method in base64")


@for_each(version=(5,), shards=SHARDS[-1:])
class WithCertificates(CustomCase):
    """Who shows one to the broker shows it to the server."""

    transport = "tls"
    further = ({"method": "X509", "x509Settings": {"trustedClientCaCert": "custom-ca"}},)

    def test_they_are_sent(self):
        certificate, key = authority().for_client("pump-7")
        self.client("c", transport="tls", certificate=(str(certificate), str(key)))
        [body] = self.server.bodies()
        # OpenSSL may send the CA along.
        self.assertTrue(body["certs"].startswith(certificate.read_text().strip()))


if __name__ == "__main__":
    main("custom_server_test")
