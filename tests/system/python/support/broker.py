"""A broker of its own for a case: the program under test on a free port of 127.0.0.1."""

import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

# Far longer than anything takes, sanitizers and a busy machine included.
PATIENCE = 60

BINARY = os.environ["SIGNET_BINARY"]


def await_that(condition, what, patience=PATIENCE):
    """For what nothing tells us of, such as a line in a file. Returns what `condition` does."""
    end = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.005)
    return found


class Broker:
    def __init__(self, *arguments, shards=1, pin=False, config=None, ports=1, environment=None):
        """Runs by the manifests in the folder `config`, if there is one: they must say where to
        listen, at `ports` TCP ports; their numbers are then in `ports`."""
        self._log = tempfile.TemporaryFile()
        self._asked = False
        # setpriv: the broker does not outlive us, whatever ends us.
        command = ["setpriv", "--pdeathsig", "KILL", BINARY]
        command += ["--config", str(config)] if config else ["--listen", "127.0.0.1:0"]
        command += ["--shards", str(shards), *([] if pin else ["--no-pin"]), *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log,
                                         env={**os.environ, **(environment or {})})
        self.ports = [self._read_port() for _ in range(ports)]
        self.port = self.ports[0] if self.ports else None

    def _read_port(self):
        line = self._process.stdout.readline().decode()
        if not line.startswith("listening 127.0.0.1:"):
            self._process.kill()
            self._process.wait(PATIENCE)
            raise AssertionError(f"the broker does not start: {line}{self.log()}")
        return int(line.rpartition(":")[2])

    def log(self):
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="backslashreplace")

    def await_log(self, text, times=1):
        await_that(lambda: self.log().count(text) >= times, f"{text!r} in the log:\n{self.log()}")

    def await_port(self, times=1):
        """The port that the log names as the `times`-th one that is opened by TCP."""
        def find():
            found = re.findall(r"listening on 127\.0\.0\.1:(\d+)", self.log())
            opened = [int(number) for number in found]
            return opened[times - 1] if len(opened) >= times else None
        return await_that(find, f"port {times} in the log:\n{self.log()}")

    def metrics(self):
        """The samples of /metrics; it was started with --admin 127.0.0.1:0."""
        [port] = re.findall(r"operators ask on 127\.0\.0\.1:(\d+)", self.log())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            lines = answer.read().decode().splitlines()
        samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}

    def peak_memory(self):
        """Of the process, in bytes, until now."""
        with open(f"/proc/{self._process.pid}/status") as status:
            [line] = [line for line in status if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def hang_up(self):
        self._process.send_signal(signal.SIGHUP)

    def ask_to_stop(self):
        if not self._asked:  # A second signal would end it at once.
            self._process.send_signal(signal.SIGTERM)
        self._asked = True

    def stop(self):
        """Ends it; that must work, and with exit code 0."""
        if self._log.closed:
            return
        if self._process.poll() is None:
            self.ask_to_stop()
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = f"{self._process.wait()} after SIGKILL"
        log = self.log()
        self._process.stdout.close()
        self._log.close()
        if code != 0:
            raise AssertionError(f"the broker ended with exit code {code}:\n{log}")


def run(*arguments):
    """The program, when it ends by itself."""
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE)
