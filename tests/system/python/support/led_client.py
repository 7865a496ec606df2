"""Clients in other languages that a case leads: programs which take a token by line and say by line
what happens to them (../../node/token_client.js, ../../paho_c/token_client.cc)."""

import json
import os
import pathlib
import subprocess
import threading

from support.inbox import Inbox

_MQTT_JS = pathlib.Path(__file__).parents[2] / "node/token_client.js"
PROGRAMS = {"mqtt.js": [os.environ.get("SIGNET_NODE", "node"), str(_MQTT_JS)],
            "paho_c": [os.environ.get("SIGNET_TOKEN_CLIENT", "token_client")]}


class LedClient:
    def __init__(self, program, port, client_id, version, token, method=None):
        """Of programs, mqtt.js alone knows of another `method` than K8S-SAT."""
        self.client_id = client_id
        version = 4 if version == 3 else version  # As it stands in CONNECT.
        # setpriv: it does not outlive us, whatever ends us.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *PROGRAMS[program], str(port), client_id,
             str(version), *([method] if method else [])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.events = Inbox(f"{program} {client_id}, event")
        self.messages = Inbox(f"{program} {client_id}, message")
        self.ends = Inbox(f"{program} {client_id}, end")
        self.show(token)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def show(self, token):
        """Authenticates; again, from the second time on."""
        self._process.stdin.write(token + "\n")
        self._process.stdin.flush()

    def next(self):
        """What has happened, and the Reason Code: `("auth", 0)`."""
        event = self.events.next()
        return event["event"], event.get("code")

    def _read(self):
        for line in self._process.stdout:
            event = json.loads(line)
            if event["event"] == "message":
                self.messages.put(event["payload"])
                continue
            self.events.put(event)
            if event["event"] == "end":
                self.ends.put(event)

    def close(self):
        self._process.kill()
        self._process.wait()
        self._reader.join()  # Of what it reads from, nothing is closed under its hands.
        self._process.stdin.close()
        self._process.stdout.close()
