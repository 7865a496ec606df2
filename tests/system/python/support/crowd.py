"""A crowd of clients with tokens, and the slow API server that reviews them (token_crowd.js)."""

import json
import os
import pathlib
import subprocess

from support.certificates import authority

_PROGRAM = pathlib.Path(__file__).parents[2] / "node/token_crowd.js"


class Crowd:
    def __init__(self, delay_ms, http1=False):
        certificate, key = authority().issue("api-server")
        options = {"certificate": str(certificate), "key": str(key), "delayMs": delay_ms,
                   "http1": http1}
        # setpriv: it does not outlive us, whatever ends us.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", os.environ.get("SIGNET_NODE", "node"), _PROGRAM,
             json.dumps(options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"https://127.0.0.1:{self._read()['port']}"

    def _read(self):
        return json.loads(self._process.stdout.readline())

    def knock(self, port, tokens, clients):
        """How many clients got which Reason Code, the seconds until the last one had it, and how
        many reviews that took; in `codes`, `seconds` and `reviews`."""
        self._process.stdin.write(json.dumps(
            {"port": port, "tokens": tokens, "clients": clients}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
