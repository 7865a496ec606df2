"""Files of users, by the programs that write them."""

import glob
import os
import pathlib
import subprocess

from support.broker import BINARY, PATIENCE, await_that
from support.config import free_port

SIGNETCTL = str(pathlib.Path(BINARY).with_name("signetctl"))
# Quick, as most cases are not about how slow a hash is.
QUICK = ("--iterations", "5000")

# tools/setup-mosquitto puts them there.
_MOSQUITTO = pathlib.Path(__file__).parents[4] / "build/deps/mosquitto"
HAS_MOSQUITTO = (_MOSQUITTO / "usr/bin/mosquitto_passwd").exists()
_ENVIRONMENT = {**os.environ,
                "LD_LIBRARY_PATH": ":".join(glob.glob(f"{_MOSQUITTO}/usr/lib/*-linux-gnu*"))}


def signetctl(*arguments, password=None):
    """`signetctl passwd`, whose end must be a good one."""
    done = subprocess.run([SIGNETCTL, "passwd", *map(str, arguments)], text=True,
                          input=None if password is None else f"{password}\n",
                          capture_output=True, timeout=PATIENCE)
    if done.returncode != 0 or done.stdout or done.stderr:
        raise AssertionError(f"{done.args} ended with {done.returncode}: {done.stderr}")


def mosquitto_passwd(*arguments):
    subprocess.run([_MOSQUITTO / "usr/bin/mosquitto_passwd", *map(str, arguments)], check=True,
                   capture_output=True, timeout=PATIENCE)


class Mosquitto:
    """The other broker, by a file of users."""

    def __init__(self, folder, users):
        self.port = free_port()
        config = pathlib.Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous false\n"
                          f"password_file {users}\nlog_dest stderr\n"
                          + ("user root\n" if os.geteuid() == 0 else ""))
        self._log = open(pathlib.Path(folder) / "mosquitto.log", "w+b")
        self._process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL",
                                          _MOSQUITTO / "usr/sbin/mosquitto", "-c", config],
                                         stderr=self._log, env=_ENVIRONMENT)
        await_that(lambda: b" running" in self.log(), f"mosquitto: {self.log()}")

    def log(self):
        return os.pread(self._log.fileno(), 1 << 20, 0)

    def close(self):
        self._process.kill()
        self._process.wait(PATIENCE)
        self._log.close()
