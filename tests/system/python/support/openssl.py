"""openssl s_client, which speaks TLS as the other side of the world does."""

import re
import signal
import subprocess
import threading

from support.broker import PATIENCE
from support.certificates import authority

# CONNECT of MQTT 5, and the begin of any CONNACK for a new Session; s_client's text has no NUL.
_CONNECT = bytes.fromhex("10 0d 0004 4d515454 05 02 003c 00 0000")
_CONNACK = re.compile(rb" .\x00", re.DOTALL)


class SClient:
    """One connection. `text` is what s_client has said until then, errors included."""

    def __init__(self, port, *arguments):
        self._process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", authority().ca,
             *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._output = b""
        self._changed = threading.Condition()
        self._ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while part := self._process.stdout.read1():
            with self._changed:
                self._output += part
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def text(self):
        return self._output.decode("ascii", errors="backslashreplace")

    def _await(self, condition, what):
        with self._changed:
            if not self._changed.wait_for(condition, PATIENCE):
                raise AssertionError(f"{what} does not come:\n{self.text}")

    def write(self, data):
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # It has ended, which shows elsewhere.

    def connects(self):
        """Whether the broker answers a CONNECT, with whatever Reason Code."""
        self.write(_CONNECT)
        self._await(lambda: self._ended or _CONNACK.search(self._output), "CONNACK")
        return _CONNACK.search(self._output) is not None

    def await_text(self, part):
        self._await(lambda: part in self.text or self._ended, part)
        if part not in self.text:
            raise AssertionError(f"ended without {part!r}:\n{self.text}")

    def await_end(self):
        """Until the broker ends it."""
        self._await(lambda: self._ended, "the end")

    def close(self):
        """Ends it the good way: s_client writes its session, if it was asked to."""
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            raise
        self._await(lambda: self._ended, "the end of its output")
        self._process.stdout.close()
