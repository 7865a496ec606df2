#!/usr/bin/python3
"""The wall clock of the broker's process jumps, under live clients: tokens end, certificates are issued
anew. libfaketime moves it, and leaves the monotonic one alone."""

from support import mosquitto
from support.api_server import OWN_TOKEN, ApiServer, make_token
from support.automatic_case import AutomaticCase
from support.broker import await_that
from support.cases import SHARDS, for_each, main
from support.token_case import TokenCase
from support.wall_clock import WallClock

HOUR = 3600
TEN_YEARS = 10 * 365 * 24 * HOUR
SET = "the clock was set; credentials end by the new time"


@for_each(version=(3, 5), shards=SHARDS[-1:])
class Tokens(TokenCase):
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
        await_that(lambda: self.knock(self.token("press", HOUR)).code == 0, "a clock that is right")


@for_each(version=(5,), shards=SHARDS[-1:])
class Certificates(AutomaticCase):
    def setUp(self):
        super().setUp()
        self.clock = WallClock()
        self.environment = self.clock.environment

    def test_one_of_ours_is_issued_anew_in_time_and_nobody_notices(self):
        self.clock.jump(-HOUR - 60)
        self.start_with(duration="3h", renewBefore="2h")
        place = mosquitto.Place(self.broker.port, self.ca)
        subscriber = mosquitto.Listening("mosquitto_sub", place, "mqttv5", "-t", "t", "-q", "1")
        self.addCleanup(subscriber.close)
        subscriber.await_note("Subscribed (mid: 1)")
        shown, end = self.certificate()
        self.clock.jump(HOUR + 60)
        await_that(lambda: self.certificate()[0] != shown, "another certificate")
        self.assertAlmostEqual(self.certificate()[1] - end, HOUR, delta=120)
        mosquitto.run("mosquitto_pub", place, "mqttv5", "-t", "t", "-m", "on", "-q", "1")
        self.assertEqual(subscriber.messages.next(), "1 0 t on")


if __name__ == "__main__":
    main("clock_test")
