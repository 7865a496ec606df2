#!/usr/bin/python3
"""JSON Web Tokens: by a secret, by keys that are configured, and by keys that an issuer publishes."""

import functools
import itertools
import time

from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.config import port
from support.issuer import Issuer, PrivateKey, SECRET, Secret, key_of
from support.paho_case import PahoCase
from support.raw_client import AUTH, DISCONNECT, RawClient
from support.users import QUICK, signetctl

METHOD = "JWT"
ISSUER = "https://issuer.plant.example"


class JwtCase(PahoCase):
    algorithms = ("HS256",)

    def put_settings(self, *issuers, **settings):
        settings = {"algorithms": list(self.algorithms), "issuers": list(issuers), **settings}
        self.config.put("BrokerAuthentication", "tokens", {"authenticationMethods": [
            {"method": "JWT", "jwtSettings": settings}]})

    def knock(self, token, client_id="c", method=METHOD, username="u"):
        """With the token as Authentication Data, or without a method as Password."""
        proof = ({"method": method, "data": token} if self.version == 5 and method else
                 {"username": username, "password": token})
        client = RawClient(self.broker.port, client_id, self.version, **proof)
        self.addCleanup(client.close)
        return client

    def paho(self, client_id, token):
        proof = ({"AuthenticationMethod": METHOD, "AuthenticationData": token.encode()}
                 if self.version == 5 else {"login": ("u", token)})
        return self.client(client_id, **proof)

    def assert_accepted(self, token, **options):
        client = self.knock(token, **options)
        self.assertEqual(client.code, 0, self.broker.log())
        return client

    def assert_refused(self, token, rule, code=0x87, **options):
        before = self.broker.log().count(f'rule="{rule}')
        self.assertEqual(self.knock(token, **options).code, code if self.version == 5 else 5)
        self.broker.await_log(f'rule="{rule}', before + 1)

    def assert_undecided(self, token, why):
        self.assertEqual(self.knock(token).code, 0x88 if self.version == 5 else 3)
        self.broker.await_log(f'rule="{why}')

    def with_brief_token(self, make, begin):
        """What begin(token, end) returns, of a token by make(seconds=...) that ends soon; on a busy
        machine it may end before all of that is done."""
        for seconds in (4, 20):
            end = int(time.time()) + seconds
            try:
                return begin(make(seconds=seconds), end)
            except AssertionError:
                continue
        return begin(make(seconds=40), int(time.time()) + 40)


class SecretCase(JwtCase):
    def setUp(self):
        self.start(port(authenticationRef="tokens"), ports=0)
        self.config.put_secret("token-secrets", {"first": SECRET, "second": SECRET[::-1]})
        self.put_settings({"issuer": ISSUER, "hmacSecretRef": "token-secrets"}, **self.settings)
        self.broker.port = self.broker.await_port()

    settings = {}

    def claims(self, seconds=3600, **more):
        return {"iss": ISSUER, "sub": "pump-7", "exp": int(time.time()) + seconds, **more}

    def token(self, key=Secret(), **more):
        return key.sign(self.claims(**more))


@for_each(version=(3, 5), shards=SHARDS)
class Secrets(SecretCase):
    """HS256, in the Password."""

    def knock(self, token, method=None, **options):
        return super().knock(token, method=method, **options)

    def test_a_token_lets_in(self):
        token = self.token()
        self.assert_accepted(token)
        self.broker.await_log(f'method="JWT" identity="{ISSUER} pump-7"')
        self.assert_accepted(self.token(key=Secret(SECRET[::-1])))
        self.assert_accepted(self.token(key=Secret(SECRET[::-1], "second")))
        for part in token.split(".")[1:] + [SECRET.decode()]:
            self.assertNotIn(part, self.broker.log())

    def test_one_of_another_secret_does_not(self):
        self.assert_refused(self.token(key=Secret(b"x" * 40)), "the token is signed by no key")
        self.assert_refused(self.token(key=Secret(b"x" * 40, "first")),
                            "the token's signature is wrong")

    def test_nor_one_that_has_ended_or_has_yet_to_begin(self):
        self.assert_refused(self.token(seconds=-1), "the token has expired")
        self.assert_refused(self.token(nbf=int(time.time()) + 60), "the token is not valid yet")
        endless = self.claims()
        del endless["exp"]
        self.assert_refused(Secret().sign(endless), "the token has no end")

    def test_what_is_no_token_of_the_issuer_is_for_no_method(self):
        nobody = "no method of this port is for what it presents"
        for other in ("password", "", self.token(iss="https://issuer.plant.example/")):
            self.assert_refused(other, nobody)
        self.assert_refused(self.token(key=Secret(key_id="first"))[:-1], "the token's signature is")
        unsigned = self.token().rpartition(".")[0] + "."
        self.assert_refused(unsigned, "the token is not signed")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Bound(SecretCase):
    settings = {"clientIdClaim": "clientid", "verifyClaims": {"username": "${username}"},
                "usernameClaim": "username"}

    def knock(self, token, method=None, **options):
        return super().knock(token, method=method, **options)

    def test_a_token_is_for_its_client_alone(self):
        token = self.token(clientid="c", username="u")
        self.assert_accepted(token)
        # Not even by what is remembered of the verdict.
        self.assert_refused(token, "the token's claim clientid", client_id="other")
        self.assert_refused(token, "the token's claim username", username="other")
        self.assert_accepted(token)


class PublishedCase(JwtCase):
    algorithm = "ES256"
    settings = {}
    jwks = {}

    def setUp(self):
        self.algorithms = (self.algorithm, "HS256")  # The latter without a secret.
        self.key = key_of(self.algorithm, "k1")
        self.issuer = Issuer(self.key)
        self.addCleanup(self.issuer.close)
        self.start(port(authenticationRef="tokens"), ports=0)
        self.config.mount("issuer-ca", {"ca.crt": self.issuer.ca.encode()}, "configmaps")
        self.put_settings({"issuer": self.issuer.url, "caCertConfigMap": "issuer-ca",
                           **self.place()}, jwks={"unknownKidSeconds": 1, "timeoutSeconds": 30, **self.jwks},
                          **self.settings)
        self.broker.port = self.broker.await_port()

    def place(self):
        return {"jwksUri": self.issuer.url + "/keys"}

    def fetches(self):
        return sum(1 for request in self.issuer.requests if request.path == "/keys")


@for_each(version=(3, 5), algorithm=("RS256", "ES256"), shards=SHARDS)
class Published(PublishedCase):
    def test_a_token_lets_in(self):
        self.assert_accepted(self.issuer.token("pump-7"))
        self.assert_accepted(self.issuer.token("pump-8"))
        self.assertEqual(self.fetches(), 1)
        self.assertNotIn("authorization", self.issuer.requests[0].headers)

    def test_a_forged_one_does_not(self):
        stranger = PrivateKey(self.algorithm, "k1")
        self.assert_refused(self.issuer.token("pump-7", key=stranger),
                            "the token's signature is wrong")
        self.assert_refused(Secret(self.key.pem(), "k1").sign(self.issuer.claims("pump-7")),
                            "the token is signed by no key")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Discovered(PublishedCase):
    def place(self):
        return {"discovery": "Enabled"}

    def test_the_keys_are_found(self):
        self.assert_accepted(self.issuer.token("pump-7"))


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Rotation(PublishedCase):
    jwks = {"refreshSeconds": 10}

    def test_a_new_key_is_believed_at_once_and_the_old_one_no_longer(self):
        self.assert_accepted(self.issuer.token("pump-7"))
        new = key_of(self.algorithm, "k2")
        self.issuer.keys = [self.key, new]
        time.sleep(1)  # Of unknownKidSeconds.
        self.assert_accepted(self.issuer.token("pump-7", key=new))
        self.assert_accepted(self.issuer.token("pump-7", key=self.key))
        self.issuer.keys = [new]
        # A token at a time, each another one, until the keys have been fetched again.
        tokens = (self.knock(self.issuer.token("pump-7", key=self.key, jti=str(number))).code
                  for number in range(1_000_000))
        await_that(lambda: next(tokens) != 0, "the end of the old key")
        self.assert_accepted(self.issuer.token("pump-7", key=new))

    def test_it_costs_no_login(self):
        """Where a key is published as long before it signs as we ask for."""
        numbers = itertools.count()

        def log_in(*keys, seconds):
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                for key in keys:
                    token = self.issuer.token("pump-7", key=key, jti=str(next(numbers)))
                    self.assert_accepted(token).close()
                time.sleep(0.01)

        new = key_of(self.algorithm, "k2")
        log_in(self.key, seconds=0.5)
        self.issuer.keys = [self.key, new]
        log_in(self.key, seconds=1)  # Of unknownKidSeconds.
        log_in(self.key, new, seconds=1)
        self.issuer.keys = [new]
        fetches = self.fetches()
        await_that(lambda: log_in(new, seconds=0.1) or self.fetches() > fetches, "a refresh")
        log_in(new, seconds=0.5)

    def test_without_keys_there_is_no_verdict(self):
        self.issuer.fail()
        self.assert_undecided(self.issuer.token("pump-7"), "the issuer's keys: ")
        self.issuer.recover()
        await_that(lambda: self.knock(self.issuer.token("pump-7")).code == 0, "keys")


@for_each(version=(5,), shards=SHARDS[-1:])
class Cached(PublishedCase):
    """By the headers of HTTP caching."""

    jwks = {"refreshSeconds": 86400}

    def setUp(self):
        super().setUp()
        self.issuer.fields = [("Cache-Control", "max-age=1")]

    def test_the_servers_word_shortens_the_refresh(self):
        tokens = (self.knock(self.issuer.token("pump-7", key=self.key, jti=str(number))).code
                  for number in range(1_000_000))
        await_that(lambda: next(tokens) == 0 and self.issuer.unchanged > 0,
                   "the question whether anything has changed")
        self.issuer.keys = [key_of(self.algorithm, "k2")]
        await_that(lambda: next(tokens) != 0, "the end of the old key")


@for_each(version=(5,), shards=SHARDS[-1:])
class Names(PublishedCase):
    def test_it_is_known_by_several_names_of_a_method(self):
        for name in ("JWT", "OAUTH2-JWT", "CUSTOM-JWT"):
            self.assert_accepted(self.issuer.token("pump-7"), method=name)
        self.assert_refused(self.issuer.token("pump-7"), "no method", code=0x8C, method="jwt")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Expiry(PublishedCase):
    def test_traffic_ends_with_the_token(self):
        witness = self.paho("witness", self.issuer.token("witness"))

        def begin(token, end):
            client = self.paho("pump", token)
            client.subscribe("t")
            return client, end

        client, end = self.with_brief_token(functools.partial(self.issuer.token, "pump-7"), begin)
        self.assert_ends_under_traffic(client, end, witness)


@for_each(version=(5,), shards=SHARDS)
class Again(PublishedCase):
    """AUTH 0x19."""

    settings = {"clientIdClaim": "clientid"}

    def token(self, name="pump-7", clientid="c", **more):
        return self.issuer.token(name, clientid=clientid, **more)

    def authenticate(self, client, token, **options):
        return client.authenticate(token, method=METHOD, **options)

    def test_a_new_token_lengthens_a_life(self):
        def begin(token, end):
            client = self.assert_accepted(token)
            self.assertEqual(self.authenticate(client, self.token()), (AUTH, 0))
            return client, end

        client, end = self.with_brief_token(self.token, begin)
        await_that(lambda: time.time() > end + 1, "the end of the first token")
        self.assertTrue(client.is_alive())

    def test_a_shorter_one_shortens_it(self):
        client = self.assert_accepted(self.token())
        self.assertEqual(self.authenticate(client, self.token(seconds=4)), (AUTH, 0))
        self.assertIsNone(client.next())
        self.broker.await_log("its credential expired at ")

    def test_nobody_becomes_somebody_else(self):
        for other in (self.token("pump-8"), self.token(clientid="d")):
            client = self.assert_accepted(self.token())
            self.assertEqual(self.authenticate(client, other), (DISCONNECT, 0x87))
            self.assertIsNone(client.next())

    def test_a_bad_token_ends_it(self):
        for other in (self.token(seconds=-1), "garbage"):
            client = self.assert_accepted(self.token())
            self.assertEqual(self.authenticate(client, other), (DISCONNECT, 0x87))

    def test_without_a_verdict_the_old_token_is_good(self):
        client = self.assert_accepted(self.token())
        new = key_of(self.algorithm, "k2")
        self.issuer.keys = [new]
        self.issuer.fail()
        time.sleep(1)  # Of unknownKidSeconds.
        token = self.token(key=new)
        self.assertEqual(self.authenticate(client, token), (AUTH, 0x18))
        self.assertTrue(client.is_alive())
        self.issuer.recover()
        answers = (self.authenticate(client, token, code=0x18) for _ in range(1_000_000))
        await_that(lambda: next(answers) == (AUTH, 0), "keys")
        self.assertTrue(client.is_alive())

    def test_another_method_is_a_protocol_error(self):
        client = self.assert_accepted(self.token())
        self.assertEqual(client.authenticate(self.token(), method="OAUTH2-JWT"), (DISCONNECT, 0x82))


@for_each(version=(3, 5), shards=SHARDS[-1:])
class BeforePasswords(SecretCase):
    """[JWT, Password]: what has the form of one of the issuer's tokens is never a password."""

    def put_settings(self, *issuers, **settings):
        users = self.config.path / "users.txt"
        signetctl("-c", *QUICK, users, "ann", password="secret")
        settings = {"algorithms": list(self.algorithms), "issuers": list(issuers), **settings}
        self.config.put("BrokerAuthentication", "tokens", {"authenticationMethods": [
            {"method": "JWT", "jwtSettings": settings},
            {"method": "Password", "passwordSettings": {"usersFile": users.name}}]})

    def assert_code(self, code, password):
        code_of_311 = {0: 0, 0x86: 4, 0x87: 5}[code]
        client = self.knock(password, method=None, username="ann")
        self.assertEqual(client.code, code if self.version == 5 else code_of_311)

    def test_either_lets_in(self):
        self.assert_code(0, self.token())
        self.broker.await_log('method="JWT" identity=')
        self.assert_code(0, "secret")
        self.broker.await_log('method="Password" identity="ann"')

    def test_a_token_that_is_refused_is_not_tried_as_a_password(self):
        self.assert_code(0x87, self.token(key=Secret(b"x" * 40, "first")))
        self.broker.await_log('rule="the token\'s signature is wrong')
        self.assertNotIn('method="Password"', self.broker.log())

    def test_what_is_no_token_is_a_password(self):
        for wrong in ("geheim", "a.b", self.token().rsplit(".", 1)[0]):
            self.assert_code(0x86, wrong)

    def test_a_token_of_somebody_else_is_a_password(self):
        self.assert_code(0x86, Secret().sign({**self.claims(), "iss": "https://other.example"}))


@for_each(version=(5,), shards=SHARDS[-1:])
class Unusable(SecretCase):
    def spoil(self):
        self.config.put_secret("token-secrets", {"first": b"short"})
        self.broker.await_log("the key first of the issuer "
                              f"{ISSUER} has fewer than 32 bytes")

    def test_a_secret_that_is_too_short_changes_nothing(self):
        self.spoil()
        self.assert_accepted(self.token())


if __name__ == "__main__":
    main("jwt_test")
