"""An authorization server by script that introspects tokens (RFC 7662): it knows those that it has
issued, and answers to a client that it knows."""

import base64
import json
import secrets
import time
import urllib.parse

from support.api_server import ApiServer, reply

PATH = "/introspect"
CLIENT = "the broker"
SECRET = b"s%cret+of:the broker"


def say(**members):
    return reply(200, json.dumps(members).encode())


def _login():
    """RFC 6749, 2.3.1."""
    pair = ":".join(urllib.parse.quote_plus(part) for part in (CLIENT, SECRET.decode()))
    return "Basic " + base64.b64encode(pair.encode()).decode()


class Introspector(ApiServer):
    """`answer` is how it answers; `requests` what came."""

    def __init__(self, **options):
        self._tokens = {}
        self.recover()
        super().__init__(**options)

    def issue(self, name, seconds=3600, **more):
        """An opaque token, with characters that mean something in a form."""
        token = f"{secrets.token_urlsafe(24)}+/&token=="
        self._tokens[token] = {"active": True, "sub": name, "exp": int(time.time()) + seconds,
                               "token_type": "Bearer", "client_id": "app", "scope": "mqtt", **more}
        return token

    def revoke(self, token):
        del self._tokens[token]

    def recover(self):
        self.answer = self._introspect

    def asked_about(self):
        return [self._fields(request)["token"] for request in self.requests]

    def _fields(self, request):
        pairs = urllib.parse.parse_qsl(request.body.decode(), strict_parsing=True)
        fields = dict(pairs)
        assert len(fields) == len(pairs), request.body
        return fields

    def _introspect(self, connection, request):
        kind = request.headers.get("content-type")
        if (request.verb, request.path, kind) != ("POST", PATH,
                                                  "application/x-www-form-urlencoded"):
            return reply(400)(connection, request)
        if request.headers.get("authorization") != _login():
            return reply(401, b'{"error":"invalid_client"}')(connection, request)
        fields = self._fields(request)
        assert fields["token_type_hint"] == "access_token", fields
        known = self._tokens.get(fields["token"], {"active": False})
        return say(**known)(connection, request)

    def _answer_to(self, request):
        return self.answer
