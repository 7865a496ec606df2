"""Keys and tokens that others have made: by jose of npm (../../node/jose_keys.js)."""

import json
import os
import pathlib
import subprocess
import time

_PROGRAM = pathlib.Path(__file__).parents[2] / "node/jose_keys.js"


class Jose:
    def __init__(self):
        # setpriv: it does not outlive us, whatever ends us.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", os.environ.get("SIGNET_NODE", "node"), _PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _ask(self, **question):
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def key(self, name):
        """A new one, of the algorithm with which the name begins, as in ES256-1."""
        return JoseKey(self, name, self._ask(make=name))


class JoseKey:
    def __init__(self, jose, name, parts):
        self._jose = jose
        self.name = name
        self._parts = parts

    def base64(self):
        """Of the secret that it is."""
        return self._parts["secret"].encode()

    def pem(self):
        """The public half."""
        return self._parts["pem"].encode()

    def jwk(self, **more):
        return {**self._parts["jwk"], **more}

    def sign(self, header=None, seconds=3600, **claims):
        """Nothing in the header but `alg` and `header`, and no claim but these and `exp`, which None
        leaves out."""
        if seconds is not None:
            claims = {"exp": int(time.time()) + seconds, **claims}
        return self._jose._ask(sign=claims, key=self.name, header=header or {})["token"]
