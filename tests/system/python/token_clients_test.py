#!/usr/bin/python3
"""Service account tokens shown by clients that others have written: mqtt.js and Paho C. What they
show is believed by an API server by script; kubernetes_test has the real one, and mosquitto's."""

import functools

from support import api_server
from support.api_server import OWN_TOKEN, ApiServer, claims_of, make_token, reply, say
from support.cases import SHARDS, for_each, main
from support.led_client import LedClient
from support.token_case import TokenCase, await_end


class LedCase(TokenCase):
    program = "mqtt.js"

    def setUp(self):
        self.server = ApiServer()
        self.addCleanup(self.server.close)
        self.start_for(self.server.url, self.server.ca, OWN_TOKEN)

    def led(self, token, client_id="c"):
        client = LedClient(self.program, self.broker.port, client_id, self.version, token)
        self.addCleanup(client.close)
        return client

    def connected(self, token, client_id="c"):
        client = self.led(token, client_id)
        self.assertEqual(client.next(), ("connect", None))
        return client


@for_each(program=("mqtt.js", "paho_c"), version=(3, 5), shards=SHARDS)
class Logins(LedCase):
    def test_a_token_lets_in(self):
        client = self.connected(make_token("press"))
        self.broker.await_log('identity="system:serviceaccount:line1:press"')
        self.paho("other", make_token("other")).publish("t", b"x", 1)
        self.assertEqual(client.messages.next(), "x")

    def test_a_token_that_is_not_known_does_not(self):
        self.server.review = say(authenticated=False)
        self.assertEqual(self.led(make_token("press")).next(),
                         ("error", 0x87 if self.version == 5 else 5))

    def test_without_a_verdict_it_may_come_again(self):
        self.server.review = reply(503)
        self.assertEqual(self.led(make_token("press")).next(),
                         ("error", 0x88 if self.version == 5 else 3))


@for_each(program=("mqtt.js", "paho_c"), version=(3, 5), shards=SHARDS[-1:])
class Expiry(LedCase):
    def test_traffic_ends_with_the_token(self):
        witness = self.paho("witness", make_token("witness"))
        client, end = self.with_brief_token(
            functools.partial(make_token, "press"),
            lambda token: (self.connected(token), claims_of(token)["exp"]))
        self.assert_ends_under_traffic(client, end, witness)


@for_each(version=(5,), shards=SHARDS)
class Again(LedCase):
    def test_a_new_token_lengthens_a_life(self):
        def begin(token):
            client = self.connected(token)
            client.show(make_token("press", jti="2"))
            self.assertEqual(client.next(), ("auth", 0))
            return client, claims_of(token)["exp"]

        client, end = self.with_brief_token(functools.partial(make_token, "press"), begin)
        await_end(end)
        self.paho("other", make_token("other")).publish("t", b"x", 1)
        self.assertEqual(client.messages.next(), "x")

    def test_without_a_verdict_it_is_asked_to_go_on(self):
        client = self.connected(make_token("press"))
        self.server.review = reply(503)
        client.show(make_token("press", jti="2"))
        self.assertEqual(client.next(), ("auth", 0x18))
        self.server.review = api_server.good
        while (event := client.next()) == ("auth", 0x18):
            pass  # It has asked again before.
        self.assertEqual(event, ("auth", 0))

    def test_a_bad_token_ends_it(self):
        client = self.connected(make_token("press"))
        self.server.review = say(authenticated=False)
        client.show(make_token("press", jti="2"))
        self.assertEqual(client.next(), ("disconnect", 0x87))

    def test_nobody_becomes_somebody_else(self):
        client = self.connected(make_token("press"))
        client.show(make_token("other"))
        self.assertEqual(client.next(), ("disconnect", 0x87))


if __name__ == "__main__":
    main("token_clients_test")
