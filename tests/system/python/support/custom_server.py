"""A custom authentication server by script (API 0.5.0): what the public template does, and what no
server should."""

import contextlib
import datetime
import json
import socket
import ssl
import threading

from support.api_server import ApiServer, hanging_up, reply
from support.broker import PATIENCE
from support.certificates import LOOPBACK

PATH = "/?api-version=0.5.0"


def say(status, **body):
    return reply(status, json.dumps(body).encode())


def in_seconds(seconds):
    """That moment, to the millisecond: as RFC 3339 has it, and in seconds since 1970."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return moment.isoformat(timespec="milliseconds"), moment.timestamp()


def template(connection, request):
    """As the public template answers: by how the name begins, which for AUTH is the method."""
    if request.path != PATH:
        return say(422, supportedVersions=["0.5.0"])(connection, request)
    if request.verb != "POST" or request.headers.get("content-type") != "application/json":
        return reply(400, b"what is that?", kind="text/plain")(connection, request)
    body = json.loads(request.body)
    is_connect = body["type"] == "connect"
    name = body.get("username", "") if is_connect else body["enhancedAuthentication"]["method"]
    if name.startswith("deny"):
        return say(403, reason=135)(connection, request)
    answer = {"attributes": {"example_key": "example_value"}} if is_connect else {}
    if name.startswith("expire"):
        answer["expiry"] = in_seconds(10)[0]
    return say(200, **answer)(connection, request)


class InTurn:
    """One way to answer after the other; the last one stays."""

    def __init__(self, *answers):
        self._answers = list(answers)

    def __call__(self, connection, request):
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        answer(connection, request)


class Silent:
    """Says nothing, and hangs up once that is over."""

    def __init__(self):
        self.over = threading.Event()

    def __call__(self, connection, request):
        self.over.wait(PATIENCE)
        hanging_up(connection, request)


class Gate:
    """The good answer, once it may go; `most` is how many have waited for that at once."""

    def __init__(self):
        self.may_go = threading.Event()
        self.most = 0
        self._lock = threading.Lock()
        self._present = 0

    def __call__(self, connection, request):
        with self._lock:
            self._present += 1
            self.most = max(self.most, self._present)
        self.may_go.wait(PATIENCE)
        with self._lock:
            self._present -= 1
        template(connection, request)


class CustomServer(ApiServer):
    """`answer` is how it answers; `requests` what came."""

    def __init__(self, issuer=None, sans=LOOPBACK):
        self.answer = template
        super().__init__(issuer, sans)
        self._port = self._listener.getsockname()[1]

    def go_down(self):
        """Nobody is there, and who was connected is cut off."""
        self.close()
        for stream in list(self._connections):
            with contextlib.suppress(OSError):  # It has ended by itself.
                socket.socket.shutdown(stream, socket.SHUT_RDWR)

    def come_back(self):
        self._listen(self._port)

    def demand_certificates(self, authority):
        """Of clients, by this CA, from the next connection on."""
        self._tls.verify_mode = ssl.CERT_REQUIRED
        self._tls.load_verify_locations(authority.ca)

    def bodies(self):
        return [json.loads(request.body) for request in self.requests]

    def _answer_to(self, request):
        return self.answer
