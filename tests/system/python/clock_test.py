#!/usr/bin/python3
"""The wall clock of the broker's process jumps, under service account tokens: libfaketime moves it,
and leaves the monotonic one alone."""

import os
import pathlib
import tempfile

from support.api_server import OWN_TOKEN, ApiServer, make_token
from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.token_case import TokenCase

HOUR = 3600
TEN_YEARS = 10 * 365 * 24 * HOUR
SET = "the clock was set; credentials end by the new time"


class WallClock:
    """Runs `ahead` seconds ahead of the real one."""

    def __init__(self):
        [library] = pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        self._file = tempfile.NamedTemporaryFile("w")
        self.ahead = 0
        self.environment = {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": self._file.name,
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1"}
        self.jump(0)

    def jump(self, seconds):
        self.ahead += seconds
        # Replaced at once: half of it would be another time.
        new = pathlib.Path(f"{self._file.name}.new")
        new.write_text(f"{self.ahead:+d}\n")
        new.replace(self._file.name)


@for_each(version=(3, 5), shards=SHARDS)
class Jumps(TokenCase):
    def setUp(self):
        self.server = ApiServer()
        self.addCleanup(self.server.close)
        self.clock = WallClock()
        self.start_for(self.server.url, self.server.ca, OWN_TOKEN,
                       environment=self.clock.environment)

    def token(self, name, seconds):
        return make_token(name, seconds + self.clock.ahead)

    def connected(self, name, seconds):
        client = self.paho(name, self.token(name, seconds))
        self.broker.await_log(f'identity="system:serviceaccount:line1:{name}"')
        return client

    def test_an_hour_ahead(self):
        brief = self.connected("brief", HOUR // 2)
        lasting = self.connected("lasting", 2 * HOUR)
        self.clock.jump(HOUR)
        brief.ends.next()
        self.broker.await_log(SET)
        lasting.publish("t", b"still here", 1)
        # Nor is anybody let in by what has ended.
        self.assertNotEqual(self.knock(self.token("late", -HOUR // 2)).code, 0)
        self.assert_accepted(self.token("next", HOUR))

    def test_an_hour_back(self):
        """Who was to go in a moment stays for another hour, and goes then."""
        client = self.connected("press", HOUR // 2)
        self.clock.jump(-HOUR)
        self.broker.await_log(SET)
        self.clock.jump(HOUR)
        self.broker.await_log(SET, times=2)
        client.publish("t", b"still here", 1)
        self.clock.jump(HOUR)
        client.ends.next()

    def test_ten_years_ahead_and_back(self):
        clients = [self.connected(f"press-{number}", HOUR) for number in range(4)]
        self.clock.jump(TEN_YEARS)
        for client in clients:
            client.ends.next()
        self.broker.await_log("its credential expired at ", times=len(clients))
        self.clock.jump(-TEN_YEARS)
        self.broker.await_log(SET, times=2)
        await_that(lambda: self.knock(self.token("press", HOUR)).code == 0, "a clock that is right")


if __name__ == "__main__":
    main("clock_test")
