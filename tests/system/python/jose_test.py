#!/usr/bin/python3
"""Tokens that npm's jose has made, as clients of other brokers bring them; and what jose and the
broker each think of a thousand more, good and tampered with."""

import functools
import os

from jwt_test import JwtCase
from support.broker import PATIENCE
from support.cases import SHARDS, for_each, main
from support.config import port
from support.issuer import Issuer
from support.jose import Jose
from support.raw_client import RawClient
from support.second_opinion import ask

SEED = int(os.environ.get("SIGNET_TOKEN_SEED", "20260701"))
TOKENS = 1000
LEEWAY = 300
AUDIENCE = "plant"
JWKS = {"timeoutSeconds": PATIENCE}


@functools.cache
def jose():
    return Jose()


@functools.cache
def key(name):
    """The same for each case: those of RSA take their time."""
    return jose().key(name)


class Jwk:
    """A key for Issuer, as jose has exported it."""

    def __init__(self, jwk):
        self._jwk = jwk

    def jwk(self):
        return self._jwk


class EmqxCase(JwtCase):
    """Tokens without `iss`, `sub` and `kid`, with `username` and `clientid`, in the Password."""

    settings = {"verifyClaims": {"clientid": "${clientid}", "username": "${username}"},
                "usernameClaim": "username"}
    claims = {"username": "u", "clientid": "c"}

    def setUp(self):
        self.start(port(authenticationRef="tokens"), ports=0)
        self.put_settings(self.put_keys(), jwks=JWKS, **self.settings)
        self.broker.port = self.broker.await_port()

    def knock(self, token, method=None, **options):
        return super().knock(token, method=method, **options)

    def assert_let_in(self, token):
        """But only whom it is for."""
        self.assert_accepted(token)
        self.assert_refused(token, "the token's claim clientid", client_id="other")
        self.assert_refused(token, "the token's claim username", username="other")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Secrets(EmqxCase):
    def put_keys(self):
        self.key = key("HS256-1")
        self.config.put_secret("token-secret", {"emqx": self.key.base64()})
        return {"hmacSecretRef": "token-secret", "hmacSecretEncoding": "Base64"}

    def test_a_token_lets_in(self):
        self.assert_let_in(self.key.sign(**self.claims))
        self.assert_let_in(self.key.sign({"typ": "JWT"}, **self.claims))

    def test_so_does_one_with_an_acl(self):
        """Which is for authorization, and does not make a good token a bad one."""
        for acl in ({"pub": ["line/${clientid}/#"], "sub": ["#"], "all": []},
                    [{"permission": "allow", "action": "publish", "topic": "a/+", "qos": [0, 1]},
                     {"permission": "deny", "action": "all", "topic": "#"}]):
            self.assert_let_in(self.key.sign(acl=acl, is_superuser=False, client_attrs={"a": "b"},
                                             **self.claims))

    def test_one_that_has_ended_or_has_no_end_does_not(self):
        self.assert_refused(self.key.sign(seconds=-1, **self.claims), "the token has expired")
        self.assert_refused(self.key.sign(seconds=None, **self.claims), "the token has no end")
        self.assert_refused(self.key.sign(exp=9e15, nbf=9e15, **self.claims),
                            "the token is not valid yet")
        self.assert_refused(self.key.sign(username="u"), "the token's claim clientid")

    def test_nor_one_of_another_secret(self):
        stranger = key("HS256-2")
        self.assert_refused(stranger.sign(**self.claims), "the token is signed by no key")
        # The secret is what base64 stands for.
        self.assertNotIn(self.key.base64().decode(), self.broker.log())


@for_each(algorithm=("RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"), shards=SHARDS[-1:])
class PublicKeys(EmqxCase):
    """One, without a name in the token."""

    def put_keys(self):
        self.algorithms = (self.algorithm,)
        self.key = key(f"{self.algorithm}-1")
        self.config.mount("token-keys", {"emqx": self.key.pem()}, "configmaps")
        return {"publicKeysConfigMap": "token-keys"}

    def test_a_token_lets_in(self):
        self.assert_let_in(self.key.sign(**self.claims))
        self.assert_accepted(self.key.sign({"kid": "emqx"}, **self.claims))

    def test_one_of_another_key_does_not(self):
        stranger = key(f"{self.algorithm}-2")
        self.assert_refused(stranger.sign(**self.claims), "the token is signed by no key")
        self.assert_refused(stranger.sign({"kid": "emqx"}, **self.claims),
                            "the token's signature is wrong")


@for_each(shards=SHARDS[-1:])
class KeySets(EmqxCase):
    algorithms = ("RS256", "ES256", "EdDSA")

    def put_keys(self):
        self.issuer = Issuer()
        self.addCleanup(self.issuer.close)
        self.keys = [key(name)
                     for name in ("RS256-1", "RS256-2", "ES256-1", "EdDSA-1", "ES384-1")]
        self.issuer.keys = [Jwk(each.jwk(kid=each.name)) for each in self.keys]
        self.config.mount("issuer-ca", {"ca.crt": self.issuer.ca.encode()}, "configmaps")
        return {"jwksUri": self.issuer.url + "/keys", "caCertConfigMap": "issuer-ca"}

    def test_a_token_of_each_key_lets_in(self):
        for each in self.keys[:-1]:
            self.assert_accepted(each.sign({"kid": each.name}, **self.claims))
            self.assert_let_in(each.sign(**self.claims))

    def test_one_that_names_another_key_than_it_has_does_not(self):
        first, second, *_ = self.keys
        self.assert_refused(first.sign({"kid": second.name}, **self.claims),
                            "the token's signature is wrong")

    def test_nor_one_of_an_algorithm_that_is_not_allowed(self):
        """Though its key is published."""
        self.assert_refused(self.keys[-1].sign(**self.claims), "the token's signature is wrong")


@for_each(shards=SHARDS[-1:])
class SecondOpinion(JwtCase):
    def setUp(self):
        self.issuer = Issuer()
        self.addCleanup(self.issuer.close)
        signers, self.opinions = ask(seed=SEED, count=TOKENS, issuer=self.issuer.url,
                                     audience=AUDIENCE, leeway=LEEWAY)
        self.issuer.keys = [Jwk(jwk) for jwk in signers["jwks"]["keys"]]
        self.algorithms = signers["algorithms"]
        self.start(port(authenticationRef="tokens"), ports=0)
        self.config.mount("issuer-ca", {"ca.crt": self.issuer.ca.encode()}, "configmaps")
        self.config.put_secret("token-secrets", {
            key_id: secret.encode() for key_id, secret in signers["secrets"].items()})
        self.put_settings({"issuer": self.issuer.url, "audiences": [AUDIENCE],
                           "jwksUri": self.issuer.url + "/keys", "caCertConfigMap": "issuer-ca",
                           "hmacSecretRef": "token-secrets", "hmacSecretEncoding": "Base64"},
                          leewaySeconds=LEEWAY, jwks=JWKS)
        self.broker.port = self.broker.await_port()

    def is_accepted(self, opinion):
        client = RawClient(self.broker.port, "c", username="u", password=opinion.token)
        client.close()
        self.assertIn(client.code, (0, 0x87), opinion.kind)  # And no third thing.
        return client.code == 0

    def test_it_is_the_same_but_where_we_are_stricter(self):
        differences = [opinion for opinion in self.opinions
                       if self.is_accepted(opinion) != opinion.accepted]
        wrong = [f"{opinion.kind}: jose says {opinion.accepted}: {opinion.token}"
                 for opinion in differences if not (opinion.accepted and opinion.stricter)]
        self.assertEqual("\n".join(wrong), "")
        # What is said to be stricter is, by at least one token.
        self.assertEqual({opinion.stricter for opinion in differences},
                         {opinion.stricter for opinion in self.opinions} - {None})
        accepted = sum(opinion.accepted for opinion in self.opinions)
        self.assertEqual(len(self.opinions), TOKENS)
        self.assertGreater(accepted - len(differences), TOKENS // 4)
        self.assertGreater(TOKENS - accepted, TOKENS // 4)


if __name__ == "__main__":
    main("jose_test")
