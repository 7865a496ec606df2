#!/usr/bin/python3
"""What a token says about topics, by the claim `acl`: at a broker whose port has no policy."""

import time

from support.cases import SHARDS, for_each, main
from support.certificates import authority
from support.config import port
from support.issuer import SECRET, Secret
from support.paho_case import PahoCase
from support.paho_client import MAX_EXPIRY

ISSUER = "https://issuer.plant.example"
NOT_AUTHORIZED = 0x87


class ClaimCase(PahoCase):
    methods = ()

    def setUp(self):
        self.start(port(authenticationRef="tokens", transport=self.transport), ports=0)
        self.config.put_secret("token-secrets", {"first": SECRET})
        self.config.put("BrokerAuthentication", "tokens", {"authenticationMethods": [
            {"method": "JWT", "jwtSettings": {
                "algorithms": ["HS256"],
                "issuers": [{"issuer": ISSUER, "hmacSecretRef": "token-secrets"}]}},
            *self.methods]})
        self.broker.port = self.broker.await_port()
        self.witness = self.holder("witness", {"all": ["#"]})
        self.witness.subscribe("#", 2)

    def holder(self, client_id, acl, **options):
        token = Secret().sign(
            {"iss": ISSUER, "sub": client_id, "exp": int(time.time()) + 3600, "acl": acl})
        return self.client(client_id, login=("u", token), **options)

    def assert_passes(self, client, topic, qos=1, retain=False):
        client.send(topic, b"yes", qos, retain)
        message = self.witness.messages.next()
        self.assertEqual((message.topic, message.payload), (topic, b"yes"))

    def assert_stopped(self, client, topic, qos=1, retain=False):
        denied = self.broker.log().count('msg="not allowed"')
        client.publish(topic, b"no", qos, retain)
        self.broker.await_log('action="Publish"', denied + 1)

    def assert_granted(self, client, topic_filter, qos, granted):
        refused = NOT_AUTHORIZED if self.version == 5 else 0x80
        self.assertEqual(client.subscribe(topic_filter, qos), qos if granted else refused)


@for_each(version=(3, 5), shards=SHARDS)
class Claims(ClaimCase):
    def test_lists_allow_and_nothing_else_is(self):
        client = self.holder("pump-7", {"pub": ["d/${clientid}/#"], "sub": ["cmd/${clientid}"]})
        self.assert_stopped(client, "d/pump-8/t")
        self.assert_passes(client, "d/pump-7/t")
        self.assert_granted(client, "cmd/pump-7", 1, True)
        self.assert_granted(client, "cmd/+", 1, False)

    def test_the_first_rule_that_matches_decides(self):
        client = self.holder("pump-7", [
            {"permission": "deny", "action": "publish", "topic": "d/secret"},
            {"permission": "allow", "action": "all", "topic": "d/#"}])
        self.assert_stopped(client, "d/secret")
        self.assert_passes(client, "d/open")
        self.assert_granted(client, "d/secret", 0, True)
        self.assert_granted(client, "e", 0, False)

    def test_rules_may_be_for_a_qos_or_a_retain_flag(self):
        client = self.holder("pump-7", [
            {"permission": "allow", "action": "all", "topic": "q", "qos": [0, 1]},
            {"permission": "allow", "action": "pub", "topic": "r", "retain": False}])
        self.assert_stopped(client, "q", qos=2)
        self.assert_passes(client, "q", qos=1)
        self.assert_passes(client, "q", qos=0)
        self.assert_granted(client, "q", 2, False)
        self.assert_granted(client, "q", 1, True)
        self.assert_stopped(client, "r", retain=True)
        self.assert_passes(client, "r")

    def test_what_waits_stays_for_who_may_have_it_by_the_very_text_of_a_filter(self):
        client = self.holder("away", {"sub": ["eq a/#", "b"]}, clean=False, expiry=MAX_EXPIRY)
        self.assert_granted(client, "a/1", 1, False)
        self.assert_granted(client, "a/#", 1, True)
        self.leave(client)
        self.assert_passes(self.witness, "a/1")
        self.assertTrue(client.resume())
        self.assertEqual(client.messages.next().topic, "a/1")

    def test_rules_may_be_for_where_the_client_is(self):
        client = self.holder("pump-7", [
            {"permission": "allow", "action": "pub", "topic": "here", "ipaddr": "127.0.0.0/8"},
            {"permission": "allow", "action": "pub", "topic": "there", "ipaddr": "10.0.0.0/8"}])
        self.assert_stopped(client, "there")
        self.assert_passes(client, "here")


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Certificates(ClaimCase):
    transport = "tls"
    methods = ({"method": "X509", "x509Settings": {"trustedClientCaCert": "client-ca"}},)

    def start(self, *ports, **options):
        super().start(*ports, **options)
        self.config.mount("client-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")

    def test_a_topic_may_have_the_common_name(self):
        acl = {"pub": ["c/${cert_common_name}"]}
        certificate = tuple(map(str, authority().for_client("press-3")))
        client = self.holder("c", acl, certificate=certificate)
        self.assert_stopped(client, "c/press-4")
        self.assert_passes(client, "c/press-3")
        self.assert_stopped(self.holder("without", acl), "c/press-3")


if __name__ == "__main__":
    main("acl_claim_test")
