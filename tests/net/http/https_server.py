"""An HTTPS server that does as the path says, well or badly; HTTP/1.1 by hand, so that it can be wrong.

    https_server.py FOLDER     FOLDER holds ca.pem and NAME.pem (certificate and key) for `good`, `expired`,
                               `stranger`

Prints `NAME PORT` of each port on one line, and ends with its standard input.
"""

import json
import os
import socket
import ssl
import sys
import threading
import time

FOLDER = sys.argv[1]
LONG = 30  # Seconds: longer than any test waits.


class Port:
    """Counts what comes, for tests to ask."""

    def __init__(self):
        self.lock = threading.Lock()
        self.connections = 0
        self.open = 0
        self.peak = 0
        self.doubles = 0

    def begin(self):
        with self.lock:
            self.connections += 1
            self.open += 1
            self.peak = max(self.peak, self.open)
            return self.connections

    def end(self):
        with self.lock:
            self.open -= 1


class Exchange:
    def __init__(self, stream, port, connection):
        self.stream, self.port, self.connection = stream, port, connection
        self.requests = 0
        self.buffer = b""

    def read_until(self, done):
        while not done():
            more = self.stream.recv(65536)
            if not more:
                return False
            self.buffer += more
        return True

    def serve(self):
        while self.read_until(lambda: b"\r\n\r\n" in self.buffer):
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            lines = head.decode("latin-1").split("\r\n")
            fields = dict(line.split(":", 1) for line in lines[1:])
            size = int(fields.get("Content-Length", "0"))
            if not self.read_until(lambda: len(self.buffer) >= size):
                return
            body, self.buffer = self.buffer[:size], self.buffer[size:]
            self.requests += 1
            method, path, _ = lines[0].split(" ")
            words = path.strip("/").split("/")
            if getattr(self, "do_" + words[0])(*words[1:], head=lines, body=body) == "close":
                return

    def answer(self, status, fields, body):
        head = f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(body)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in fields)
        self.stream.sendall(head.encode() + b"\r\n" + body)

    def text(self, text):
        self.answer(200, [("Content-Type", "text/plain")], text.encode())

    def until_closed(self, piece, pause):
        end = time.monotonic() + LONG
        while time.monotonic() < end:
            self.stream.sendall(piece)
            time.sleep(pause)
        return "close"

    # What paths mean.

    def do_json(self, head, body):
        fields = [("Content-Type", "Application/JSON; charset=utf-8"), ("Cache-Control", "public, max-age=300")]
        self.answer(200, fields, b'{"answer": 42}')

    def do_cached(self, head, body):
        if "If-None-Match: W/\"1\"" in head:
            self.stream.sendall(b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=30\r\nETag: W/\"1\"\r\n\r\n")
            return
        fields = [("ETag", "W/\"1\""), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Age", "20"),
                  ("Expires", "Sun, 06 Nov 1994 08:50:37 GMT")]
        self.answer(200, fields, b"{}")

    def do_status(self, status, head, body):
        fields = [("Retry-After", "7")] if status == "429" else []
        fields += [("Location", "/json")] if status == "302" else []
        self.answer(int(status), fields, b"{}")

    def do_echo(self, head, body):
        self.text(json.dumps({"head": head, "body": body.decode("latin-1")}))

    def do_who(self, head, body):
        self.text(f"connection {self.connection} request {self.requests}")

    def do_peak(self, head, body):
        self.text(f"{self.port.peak}")

    def do_subject(self, head, body):
        certificate = self.stream.getpeercert()
        self.text(f"{self.connection} {dict(pair[0] for pair in certificate['subject'])['commonName']}")

    def do_late(self, milliseconds, head, body):
        time.sleep(int(milliseconds) / 1000)
        self.text("late")

    def do_never(self, head, body):
        self.stream.recv(1)  # Until the other side closes.
        return "close"

    def do_drip(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        return self.until_closed(b"x", 0.02)

    def do_driphead(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        return self.until_closed(b"x", 0.02)

    def do_garbage(self, head, body):
        self.stream.sendall(b"\x00\x01\x02 this is not the protocol that you speak\r\n" * 10)
        return "close"

    def do_badlength(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: -3\r\n\r\nhello")
        return "close"

    def do_badchunk(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
        return "close"

    def do_huge(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        return self.until_closed(b"x" * 65536, 0)

    def do_chunks(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        return self.until_closed(b"4000\r\n" + b"x" * 0x4000 + b"\r\n", 0)

    def do_trailers(self, head, body):
        self.stream.sendall(
            b"HTTP/1.1 200 OK\r\nCache-Control: max-age=5\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nok\r\n0\r\nCache-Control: max-age=9\r\nRetry-After: 9\r\nContent-Type: a/b\r\n\r\n"
        )

    def do_headers(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\n")
        return self.until_closed(b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(60)), 0)

    def do_interim(self, head, body):
        return self.until_closed(b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 100, 0)

    def do_hinted(self, head, body):
        self.stream.sendall(b"HTTP/1.1 103 Early Hints\r\nRetry-After: 5\r\nContent-Type: a/b\r\n\r\n")
        self.answer(200, [], b"ok")

    def do_midway(self, head, body):
        self.stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
        return "close"

    def do_hangup(self, head, body):
        return "close"

    def do_once(self, head, body):  # And closes without having said so.
        self.do_who(head, body)
        return "close"

    def do_double(self, milliseconds, head, body):  # An answer that nobody has asked for follows.
        first, second = (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)
                         for text in (b"first", b"second"))
        if milliseconds == "0":
            self.stream.sendall(first + second)
        else:
            self.stream.sendall(first)
            time.sleep(int(milliseconds) / 1000)
            self.stream.sendall(second)
        self.port.doubles += 1

    def do_doubles(self, head, body):
        self.text(f"{self.port.doubles}")

    def do_packed(self, head, body):
        fields = [("Content-Encoding", "gzip")]
        self.answer(200, fields, bytes.fromhex("1f8b0800000000000003cb48cdc9c9070086a6103605000000"))


def context_for(name, mutual=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(FOLDER, name + ".pem"))
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(os.path.join(FOLDER, "ca.pem"))
    return context


def serve_one(plain, context, port):
    number = port.begin()
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(plain, server_side=True) as stream:
            Exchange(stream, port, number).serve()
    except (OSError, ValueError):
        pass  # The other side has had enough.
    finally:
        plain.close()
        port.end()


def serve_tls(listener, context):
    port = Port()
    while True:
        plain, _ = listener.accept()
        threading.Thread(target=serve_one, args=(plain, context, port), daemon=True).start()


def serve_noise(listener):  # Not even TLS.
    while True:
        plain, _ = listener.accept()
        plain.sendall(b"220 mail.example ready\r\n" * 100)
        plain.close()


def old_tls():
    context = context_for("good")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def main():
    ports = {
        "good": lambda listener: serve_tls(listener, context_for("good")),
        "other": lambda listener: serve_tls(listener, context_for("good")),
        "expired": lambda listener: serve_tls(listener, context_for("expired")),
        "stranger": lambda listener: serve_tls(listener, context_for("stranger")),
        "mutual": lambda listener: serve_tls(listener, context_for("good", mutual=True)),
        "old": lambda listener: serve_tls(listener, old_tls()),
        "noise": serve_noise,
        "mute": lambda listener: None,  # The kernel accepts, and that is all.
    }
    words, listeners = [], []
    for name, serve in ports.items():
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        words.append(f"{name} {listener.getsockname()[1]}")
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        listeners.append(listener)  # Stays open.
    closed = socket.create_server(("127.0.0.1", 0))  # A port at which nobody is.
    words.append(f"closed {closed.getsockname()[1]}")
    closed.close()
    print(*words, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
