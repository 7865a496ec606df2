"""An API server by script: what the real one would not do. It knows TokenReviews and
ServiceAccounts, believes each token, and answers as a case wants it to."""

import base64
import contextlib
import json
import socket
import ssl
import threading
import time

from support.broker import PATIENCE
from support.certificates import LOOPBACK, authority

REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"
OWN_TOKEN = "the.brokers.own"


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(name, seconds=3600, audience="plant", **more):
    """Signed by nobody. `more` makes it another one of the same account."""
    claims = {"sub": f"system:serviceaccount:line1:{name}", "aud": [audience],
              "exp": int(time.time()) + seconds, **more}
    return ".".join(_base64url(part) for part in (
        b'{"alg":"RS256"}', json.dumps(claims).encode(), b"a signature, so to speak"))


def claims_of(token):
    """What it says."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Request:
    def __init__(self, verb, path, headers, body):
        self.verb = verb
        self.path = path
        self.headers = headers
        self.body = body


def review_of(request, **status):
    """The good answer to a TokenReview; what `status` says is otherwise."""
    spec = json.loads(request.body)["spec"]
    status = {"authenticated": True, "audiences": spec["audiences"],
              "user": {"username": claims_of(spec["token"])["sub"], "uid": "1"}, **status}
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec,
            "status": {key: value for key, value in status.items() if value is not None}}


def account_of(request):
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
        "namespace": "line1", "name": request.path.rpartition("/")[2], "uid": "1"}}


# Ways to answer: each takes the connection and the Request.

def _write(connection, status, body, kind="application/json", length=None, fields=()):
    more = "".join(f"{name}: {value}\r\n" for name, value in fields)
    connection.sendall(
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{more}"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body)


def reply(status, body=b"{}", **options):
    return lambda connection, _: _write(connection, status, body, **options)


def say(**status):
    """A TokenReview that differs from the good one in its `status`."""
    def answer(connection, request):
        _write(connection, 201, json.dumps(review_of(request, **status)).encode())
    return answer


def good(connection, request):
    if request.path == REVIEWS:
        say()(connection, request)
    else:
        _write(connection, 200, json.dumps(account_of(request)).encode())


def late(seconds):
    def answer(connection, request):
        time.sleep(seconds)
        good(connection, request)
    return answer


class Held:
    """The good answer, once it may go."""

    def __init__(self):
        self.may_go = threading.Event()

    def __call__(self, connection, request):
        self.may_go.wait(PATIENCE)
        good(connection, request)


def dripping(connection, request):
    """The good answer, a byte each tenth of a second."""
    body = json.dumps(review_of(request)).encode()
    head = f"HTTP/1.1 201 X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for byte in head.encode() + body:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def garbage(connection, _):
    connection.sendall(bytes(range(256)) * 16)


def hanging_up(connection, _):
    # Of the socket: what ssl does first is to read and write on without TLS.
    socket.socket.shutdown(connection, socket.SHUT_RDWR)


def redirect_to(url):
    return lambda connection, _: connection.sendall(
        f"HTTP/1.1 307 X\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode())


class Endless:
    """Says that a gibibyte comes, and sends it as long as somebody takes it."""

    SIZE = 1 << 30

    def __init__(self):
        self.sent = 0
        self.ended = threading.Event()

    def __call__(self, connection, _):
        try:
            _write(connection, 201, b'{"kind":"', length=self.SIZE)
            block = b"x" * 65536
            while self.sent < self.SIZE:
                connection.sendall(block)
                self.sent += len(block)
        finally:
            self.ended.set()


class ApiServer:
    """`review` and `account` are how the two questions are answered; `requests` what came."""

    def __init__(self, issuer=None, sans=LOOPBACK):
        self.review = self.account = good
        self.requests = []
        self.accepted = 0  # Connections.
        self._connections = set()  # That are open.
        certificate, key = (issuer or authority()).issue("api-server", sans)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._listen(0)
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self.ca = authority().ca.read_text()

    def _listen(self, port):
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def reviews(self):
        return sum(1 for request in self.requests if request.path == REVIEWS)

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # It is closed.
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection, listener),
                             daemon=True).start()

    def _serve(self, connection, listener):
        try:
            connection.settimeout(PATIENCE)
            with self._tls.wrap_socket(connection, server_side=True,
                                       do_handshake_on_connect=False) as stream:
                self._connections.add(stream)
                try:
                    if listener.fileno() == -1:
                        return  # It came too late to be cut off with the others.
                    stream.do_handshake()
                    self._converse(stream)
                finally:
                    self._connections.discard(stream)
        except OSError:
            pass  # The broker has hung up, which it may.

    def _converse(self, stream):
        with stream.makefile("rb") as lines:
            while request := self._read(lines):
                self.requests.append(request)
                self._answer_to(request)(stream, request)

    def _answer_to(self, request):
        return self.review if request.path == REVIEWS else self.account

    def _read(self, lines):
        first = lines.readline().decode()
        if not first:
            return None
        verb, path, _ = first.split(" ")
        headers = {}
        while line := lines.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Request(verb, path, headers, lines.read(int(headers.get("content-length", 0))))

    def close(self):
        with contextlib.suppress(OSError):  # It is closed.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
