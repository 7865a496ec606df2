"""An OpenID Provider that others have written: oidc-provider of npm (../../node/oidc_provider.js)."""

import base64
import json
import os
import pathlib
import ssl
import subprocess
import urllib.parse
import urllib.request

from support.broker import PATIENCE
from support.certificates import authority

_PROGRAM = pathlib.Path(__file__).parents[2] / "node/oidc_provider.js"

AUDIENCE = "plant"
SECRET = "a secret of its clients, all of them"
BROKER = "the-broker"  # The client that introspects tokens.
CLIENTS = ("pump-7", "pump-8", "witness", BROKER)
INTROSPECTION = "/token/introspection"


class OidcProvider:
    """Publishes keys that are named by their algorithm, as in ES256-1, and signs by the first of an
    algorithm. `issuer` is its name, if that is not to be its `url`."""

    def __init__(self, *keys, port=0, issuer=None):
        self._options = {"port": port, "clients": CLIENTS, "secret": SECRET, "issuer": issuer}
        self._context = ssl.create_default_context(cafile=authority().ca)
        self.start(*keys)

    def start(self, *keys):
        """Again, after kill(): at the same port, if it was given one; it knows nothing of before,
        and has other keys by the same names."""
        certificate, key = authority().issue("oidc-provider")
        options = {"certificate": str(certificate), "key": str(key), **self._options}
        # setpriv: it does not outlive us, whatever ends us.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", os.environ.get("SIGNET_NODE", "node"), _PROGRAM,
             json.dumps(options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.publish(*keys)
        self.issuer = self._options["issuer"] or self.url

    def publish(self, *keys):
        """These alone, from now on."""
        self._process.stdin.write(json.dumps(keys) + "\n")
        self._process.stdin.flush()
        self.url = json.loads(self._process.stdout.readline())["url"]

    def token(self, client="pump-7", algorithm="ES256", seconds=3600, audience=AUDIENCE,
              kind="jwt"):
        """What the client gets by the grant client_credentials (RFC 6749, 4.4) for a resource (RFC
        8707). An `opaque` one says nothing to anybody but the provider."""
        resource = urllib.parse.urlencode(
            {"algorithm": algorithm, "seconds": seconds, "audience": audience, "format": kind})
        answer = self._post("/token", client, grant_type="client_credentials",
                            resource=f"https://plant.example/mqtt?{resource}")
        return json.loads(answer)["access_token"]

    def revoke(self, token, client="pump-7"):
        """RFC 7009."""
        self._post("/token/revocation", client, token=token)

    def _post(self, path, client, **form):
        pair = ":".join(urllib.parse.quote_plus(part) for part in (client, SECRET))
        request = urllib.request.Request(
            self.url + path, urllib.parse.urlencode(form).encode(),
            {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=self._context))
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.read()

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
