#!/usr/bin/python3
"""TLS of mode Automatic: the broker's own CA, and what it issues. Renewal: clock_test."""

import os
import ssl

from support import mosquitto
from support.automatic_case import AutomaticCase
from support.cases import SHARDS, for_each, main


@for_each(version=("mqttv311", "mqttv5"), shards=SHARDS)
class Issued(AutomaticCase):
    def test_its_ca_is_all_that_clients_need(self):
        self.start_with()
        place = mosquitto.Place(self.broker.port, self.ca)
        mosquitto.run("mosquitto_pub", place, self.version, "-t", "t", "-m", "x", "-q", "1")

    def test_it_is_for_the_names_that_are_asked_for(self):
        self.start_with()
        self.certificate("broker.plant")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.certificate("elsewhere.plant")

    def test_it_stays_over_a_restart(self):
        self.start_with()
        ca, shown = self.ca.read_text(), self.certificate()
        self.broker.stop()
        self.start_with()
        self.assertEqual(self.ca.read_text(), ca)
        self.assertEqual(self.certificate(), shown)

    def test_nobody_else_reads_its_keys(self):
        self.start_with()
        files = [path for path in self.ca.parent.rglob("*") if path.is_file()]
        keys = [path for path in files if "PRIVATE KEY" in path.read_text()]
        self.assertGreaterEqual(len(keys), 2)
        for path in keys:
            self.assertEqual(os.stat(path).st_mode & 0o077, 0, path)


if __name__ == "__main__":
    main("automatic_test")
