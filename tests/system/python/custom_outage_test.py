#!/usr/bin/python3
"""[Custom, ServiceAccountToken, X509] under load, while the custom server goes down and comes back:
every row of azure-iot-operations, 3.2, holds before, meanwhile and afterwards; who is in notices
nothing; and nothing is left of it. How soon the server decides again is printed, and held to five
seconds where time is a test's to move (tests/auth/custom/outage_test.cc)."""

import collections
import json
import os
import ssl
import sys
import threading
import time

from support import api_server
from support.api_server import claims_of, make_token, reply
from support.broker import PATIENCE, await_that
from support.cases import SHARDS, for_each, main
from support.certificates import authority
from support.custom_case import PASSWORD, FallbackCase
from support.custom_server import Silent, template
from support.raw_client import RawClient
from support.traffic import Traffic

LOGINS = 4  # Of each kind, in each state of the server.
RESIDENTS = 3  # Who is in all that time: the clients of Traffic.
CIRCUIT = {"failures": 5, "openSeconds": 3}


def believe_but_liars(connection, request):
    """Reviews tokens, those of the account `liar` to their disadvantage."""
    token = json.loads(request.body)["spec"]["token"]
    lies = claims_of(token)["sub"].endswith("liar")
    (api_server.say(authenticated=False) if lies else api_server.say())(connection, request)


class Load:
    """Clients of each kind of `knock` (by name: what gives a Reason Code), one after the other;
    `outcomes` has what became of those who came and got their answer within one state."""

    def __init__(self, knock):
        self.state = None
        self.logins = 0
        self.outcomes = collections.defaultdict(collections.Counter)
        self._stopping = threading.Event()
        self._problems = []
        self._threads = [threading.Thread(target=self._come, args=each, daemon=True)
                         for each in knock.items()]
        for thread in self._threads:
            thread.start()

    def _come(self, kind, knock):
        try:
            while not self._stopping.is_set():
                state = self.state
                code = knock()
                self.logins += 1
                if state is self.state and state is not None:
                    self.outcomes[state, kind][code] += 1
                time.sleep(0.1)  # It is not about how many.
        except Exception as error:  # Of whatever kind: it is stop() that fails.
            self._problems.append(f"{kind}: {error!r}")

    def await_some(self, state, kinds):
        self.state = state
        await_that(lambda: self._problems or all(
            self.outcomes[state, kind].total() >= LOGINS for kind in kinds), f"logins, {state}")
        self.state = None

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        if self._problems:
            raise AssertionError(self._problems)


@for_each(version=(5,), shards=SHARDS[-1:])
class Outage(FallbackCase):
    transport = "tls"
    arguments = ("--admin", "127.0.0.1:0")
    last = ({"method": "X509", "x509Settings": {"trustedClientCaCert": "custom-ca"}},)
    settings = {"timeoutSeconds": 2, "circuitBreaker": CIRCUIT}
    # What AddressSanitizer keeps of what was freed would hide what the broker keeps.
    environment = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"}

    # By who presents what: the code while the server is there, and while it is not.
    ROWS = {"a token": (0, 0), "a denied name and a token": (0x87, 0),
            "a bad token and a certificate": (0, 0x87), "a certificate": (0, 0),
            "a password": (0, 0x87), "a denied name and a password": (0x87, 0x87)}

    def setUp(self):
        super().setUp()
        self.tokens.review = believe_but_liars
        self.plain = ssl.create_default_context(cafile=authority().ca)
        self.known = ssl.create_default_context(cafile=authority().ca)
        self.known.load_cert_chain(*authority().for_client("pump-7"))

    def knocks(self):
        token, lie = make_token("press"), make_token("liar")
        proofs = {
            "a token": {"method": "K8S-SAT", "data": token},
            "a denied name and a token": {"method": "K8S-SAT", "data": token, "username": "deny-1"},
            "a bad token and a certificate": {"method": "K8S-SAT", "data": lie, "tls": self.known},
            "a certificate": {"tls": self.known},
            "a password": {"username": "press-04", "password": PASSWORD},
            "a denied name and a password": {"username": "deny-1", "password": PASSWORD}}
        return {kind: lambda proof=proof: self.code_of(**proof) for kind, proof in proofs.items()}

    def code_of(self, username=None, password=None, tls=None, **more):
        client = RawClient(self.broker.port, "", username=username, password=password,
                           tls=tls or self.plain, **more)
        client.close()
        return client.code

    def count(self, name):
        """A figure that has no labels, or the sum over them."""
        return sum(value for sample, value in self.broker.metrics().items()
                   if sample.partition("{")[0] == f"signet_{name}")

    def test_it_is_gone(self):
        self.assert_survives(self.server.go_down, self.server.come_back)

    def test_it_hangs(self):
        def hang():
            self.server.answer = self.silent = Silent()
            self.addCleanup(self.silent.over.set)

        def back():
            self.server.answer = template
            self.silent.over.set()

        self.assert_survives(hang, back)

    def test_it_is_in_trouble(self):
        def fail():
            self.server.answer = reply(503)

        def back():
            self.server.answer = template

        self.assert_survives(fail, back)

    def assert_survives(self, go, come, rounds=3):
        traffic = Traffic(self, [(self.broker.port, "tls")], newcomers=False)
        load = Load(self.knocks())
        load.await_some("there", self.ROWS)
        memory = 0
        for number in range(rounds):
            go()
            began, asked = time.monotonic(), self.count("auth_server_requests_total")
            load.await_some(f"away {number}", self.ROWS)
            traffic.await_more(5)
            # Those that failed, those under way meanwhile, and one each openSeconds: no client but
            # these waits for a server that is away.
            trials = (time.monotonic() - began) // CIRCUIT["openSeconds"] + 1
            self.assertLessEqual(self.count("auth_server_requests_total") - asked,
                                 CIRCUIT["failures"] + len(self.ROWS) + trials)
            come()
            self.await_back()
            load.await_some(f"back {number}", self.ROWS)
            traffic.await_more(5)
            memory = memory or self.broker.peak_memory()
        load.stop()
        traffic.stop()
        self.assert_rows(load.outcomes, rounds)
        self.assert_nothing_is_left()
        grown = self.broker.peak_memory() - memory
        print(f"{load.logins} logins, {grown >> 10} KiB more", end=" ", file=sys.stderr)
        self.assertLess(grown, 32 << 20)

    def await_back(self):
        began = time.monotonic()
        await_that(lambda: self.code_of("press-04", PASSWORD) == 0, "a login by the custom server")
        print(f"back after {time.monotonic() - began:.1f} s", end=" ", file=sys.stderr)

    def assert_rows(self, outcomes, rounds):
        for kind, (there, away) in self.ROWS.items():
            states = [("there", there)]
            for number in range(rounds):
                states += [(f"away {number}", away), (f"back {number}", there)]
            for state, code in states:
                with self.subTest(kind=kind, state=state):
                    self.assertEqual(set(outcomes[state, kind]), {code}, outcomes[state, kind])

    def assert_nothing_is_left(self):
        names = ("auth_questions", "auth_grants", "connections", "auth_server_circuit_open")
        await_that(lambda: [self.count(name) for name in names] == [0, RESIDENTS, RESIDENTS, 0],
                   "all but the residents to be gone")


if __name__ == "__main__":
    main("custom_outage_test")
