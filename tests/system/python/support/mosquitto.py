"""The programs of Debian's mosquitto-clients, as processes."""

import signal
import subprocess
import threading

from support.broker import PATIENCE
from support.inbox import Inbox

# What mosquitto_sub writes of a message; -d mixes its own lines with ours.
_MARK = "MESSAGE "


class Place:
    """Where a broker is to be reached: a port of 127.0.0.1, a CA for TLS; or a UNIX socket."""

    def __init__(self, port=None, ca=None, unix=None, more=()):
        self.arguments = ["--unix", str(unix)] if unix else ["-h", "127.0.0.1", "-p", str(port)]
        self.arguments += ["--cafile", str(ca)] if ca else []
        self.arguments += more


def command(program, place, version, *arguments):
    return [program, *place.arguments, "-V", version, *arguments]


def run(program, place, version, *arguments):
    """Runs it to its end, which must be a good one; returns what it printed."""
    done = subprocess.run(command(program, place, version, *arguments), text=True,
                          capture_output=True, timeout=PATIENCE)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{done.args} ended with {done.returncode}: {done.stderr}")
    return done.stdout


class Listening:
    """mosquitto_sub or mosquitto_rr; `messages` get what `format` makes of each message."""

    def __init__(self, program, place, version, *arguments, format="%q %r %t %p", inbox=None):
        own = ["-d", "-F", _MARK + format]
        # Into a pipe it would write when it has enough, and we wait for single lines.
        by_line = ["stdbuf", "-oL", *command(program, place, version, *arguments, *own)]
        self._process = subprocess.Popen(by_line,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         text=True, errors="backslashreplace")
        self.messages = inbox or Inbox(f"{program}, message")
        self.notes = Inbox(f"{program}, other line")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._process.stdout:
            line = line.rstrip("\n")
            if line.startswith(_MARK):
                self.messages.put(line.removeprefix(_MARK))
            else:
                self.notes.put(line)
        self.messages.put(None)  # The end.

    def await_note(self, part):
        while part not in (note := self.notes.next()):
            pass
        return note

    def signal(self, number):
        self._process.send_signal(number)

    def await_end(self):
        return self._process.wait(PATIENCE)

    def close(self):
        if self._process.poll() is None:
            self.signal(signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._process.stdout.close()


class Speaking:
    """mosquitto_pub -l, whose standard input stays open: where that ends, mosquitto_pub 2.0.11 leaves,
    and now and then, whatever the broker, its two threads miss each other and it never does."""

    def __init__(self, program, place, version, *arguments):
        self._process = subprocess.Popen(command(program, place, version, *arguments),
                                         stdin=subprocess.PIPE, text=True)

    def say(self, lines):
        self._process.stdin.writelines(f"{line}\n" for line in lines)
        self._process.stdin.flush()

    def close(self):
        self._process.kill()
        self._process.wait(PATIENCE)
        self._process.stdin.close()
