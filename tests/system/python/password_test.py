#!/usr/bin/python3
"""Passwords: files of users that signetctl and mosquitto_passwd write, with mosquitto's clients."""

import os
import stat
import subprocess
import tempfile
import unittest

from support import mosquitto
from support.broker import PATIENCE, await_that
from support.cases import SHARDS, for_each, main
from support.config import port
from support.paho_case import PahoCase
from support.raw_client import (
    AUTH, CONNACK, CONTINUE, DISCONNECT, RawClient, authentication_data)
from support.scram import METHOD, Scram
from support.users import HAS_MOSQUITTO, Mosquitto, QUICK, mosquitto_passwd, signetctl

REFUSED = "the configuration is refused, and the old one stays"
RELOADED = "configuration reloaded"
# Bad User Name or Password, and Quota exceeded: what 3.1.1 has for it.
CODES_OF_311 = {0: 0, 0x86: 4, 0x97: 3}


class PasswordCase(PahoCase):
    settings = {}

    def setUp(self):
        self.start(port(authenticationRef="users"), ports=0)
        self.users = self.config.path / "users.txt"
        self.make_users()
        self.config.put("BrokerAuthentication", "users", {"authenticationMethods": [
            {"method": "Password", "passwordSettings": {"usersFile": "users.txt",
                                                        **self.settings}}]})
        self.broker.port = self.broker.await_port()

    def make_users(self):
        signetctl("-c", *QUICK, self.users, "ann", password="secret")
        signetctl(*QUICK, self.users, "bob", password="geheim")

    def reloading(self, change, *arguments, **options):
        """Does it, and waits until the broker has followed."""
        before = self.broker.log().count(RELOADED)
        change(*arguments, **options)
        self.broker.await_log(RELOADED, before + 1)

    def assert_code(self, code, username, password):
        client = RawClient(self.broker.port, "c", self.version, username=username,
                           password=password)
        self.addCleanup(client.close)
        self.assertEqual(client.code, code if self.version == 5 else CODES_OF_311[code],
                         self.broker.log())
        return client

    def place(self, username, password):
        return mosquitto.Place(self.broker.port, more=("-u", username, "-P", password))

    def assert_carries(self, username, password):
        """A message, between mosquitto's clients."""
        version = "mqttv5" if self.version == 5 else "mqttv311"
        place = self.place(username, password)
        subscriber = mosquitto.Listening("mosquitto_sub", place, version, "-t", "t")
        self.addCleanup(subscriber.close)
        subscriber.await_note("Subscribed (mid: 1)")
        mosquitto.run("mosquitto_pub", place, version, "-t", "t", "-m", username, "-q", "1")
        self.assertEqual(subscriber.messages.next(), f"0 0 t {username}")

    def assert_log_has_no_secrets(self, *passwords):
        log = self.broker.log()
        hashes = [line.partition(":")[2] for line in self.users.read_text().splitlines()]
        for secret in [*passwords, *(part for line in hashes for part in line.split("$")[3:])]:
            self.assertNotIn(secret, log)


@for_each(version=(3, 5), shards=SHARDS)
class Logins(PasswordCase):
    def test_the_right_password_lets_in(self):
        self.assert_carries("ann", "secret")
        self.assert_carries("bob", "geheim")
        self.broker.await_log('method="Password" identity="ann"')
        self.assert_log_has_no_secrets("secret", "geheim")

    def test_any_other_does_not(self):
        for username, password in (("ann", "geheim"), ("ann", ""), ("ann", "secret "),
                                   ("ANN", "secret"), ("", "secret"), ("nobody", "secret")):
            self.assert_code(0x86, username, password)
        self.broker.await_log('rule="the password is wrong"', 3)
        self.broker.await_log('rule="there is no such user"', 3)
        self.assert_code(0, "ann", "secret")
        self.assert_log_has_no_secrets("secret", "geheim")

    def test_mosquitto_says_what_was_wrong(self):
        version = "mqttv5" if self.version == 5 else "mqttv311"
        done = subprocess.run(
            mosquitto.command("mosquitto_pub", self.place("ann", "wrong"), version,
                              "-t", "t", "-m", "m"),
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("bad user name or password", done.stderr.lower())


@for_each(version=(5,), shards=SHARDS[-1:])
class Throttle(PasswordCase):
    settings = {"throttle": {"failures": 3, "windowSeconds": 3600, "blockSeconds": 3600}}

    def test_who_guesses_is_not_heard(self):
        for guess in range(3):
            self.assert_code(0x86, "ann", f"guess {guess}")
        self.assert_code(0x97, "ann", "secret")
        self.assert_code(0, "bob", "geheim")
        self.broker.await_log('rule="there were too many wrong passwords from its address"')

    def test_who_is_not_there_is_not_heard_either(self):
        for guess in range(3):
            self.assert_code(0x86, "nobody", f"guess {guess}")
        self.assert_code(0x97, "nobody", "guess")

    def test_a_right_password_takes_the_count_back(self):
        for guess in range(2):
            self.assert_code(0x86, "ann", f"guess {guess}")
        self.assert_code(0, "ann", "secret")
        for guess in range(2, 4):
            self.assert_code(0x86, "ann", f"guess {guess}")
        self.assert_code(0, "ann", "secret")

    def test_who_guesses_names_keeps_out_those_who_were_not_there_before(self):
        self.assert_code(0, "ann", "secret")
        for guess in range(30):
            self.assert_code(0x86, f"nobody {guess}", "guess")
        self.assert_code(0x97, "bob", "geheim")
        self.assert_code(0, "ann", "secret")


@for_each(version=(5,), shards=SHARDS)
class Reload(PasswordCase):
    def test_a_new_user_comes_in(self):
        self.assert_code(0x86, "carl", "neu")
        self.reloading(signetctl, *QUICK, self.users, "carl", password="neu")
        self.assert_code(0, "carl", "neu")

    def test_who_is_taken_out_has_to_go_and_nobody_else(self):
        stays = self.client("stays", login=("ann", "secret"))
        goes = self.client("goes", login=("bob", "geheim"))
        signetctl("-D", self.users, "bob")
        goes.ends.next()
        self.broker.await_log("its credential was taken back")
        self.assert_code(0x86, "bob", "geheim")
        stays.publish("t", b"still here", 1)

    def test_whose_password_is_new_has_to_come_again(self):
        stays = self.client("stays", login=("ann", "secret"))
        goes = self.client("goes", login=("bob", "geheim"))
        signetctl(*QUICK, self.users, "bob", password="neu")
        goes.ends.next()
        self.assert_code(0x86, "bob", "geheim")
        self.assert_code(0, "bob", "neu")
        stays.publish("t", b"still here", 1)

    def test_a_broken_file_changes_nothing(self):
        stays = self.client("stays", login=("ann", "secret"))
        good = self.users.read_text()
        self.config.save("users.txt", good + "carl:hunter2\n")
        self.broker.await_log(REFUSED)
        self.broker.await_log("line 3: the hash is of no form that is known")
        self.assertNotIn("hunter2", self.broker.log())
        self.assert_code(0, "bob", "geheim")
        self.assert_code(0x86, "carl", "hunter2")
        stays.publish("t", b"still here", 1)
        self.reloading(self.config.save, "users.txt", good.splitlines()[0] + "\n")
        self.assert_code(0x86, "bob", "geheim")
        self.assert_code(0, "ann", "secret")
        stays.publish("t", b"still here", 1)

    def test_a_file_that_is_gone_locks_nobody_out(self):
        self.users.unlink()
        self.broker.await_log("the port is open, and stays as it was")
        self.assert_code(0, "ann", "secret")


class Made(PasswordCase):
    """By one program or the other."""

    def make_users(self):
        self.users.write_text("# nobody yet\n")

@for_each(version=(5,), shards=SHARDS[-1:])
class MadeBySignetctl(Made):
    def test_each_form_serves_passwords(self):
        self.reloading(signetctl, self.users, "slow", password="secret")
        self.assert_carries("slow", "secret")
        self.reloading(signetctl, "--scram", self.users, "scram", password="pencil")
        self.assert_carries("scram", "pencil")
        self.assert_code(0x86, "scram", "pencil2")
        self.assertEqual(self.users.read_text().splitlines()[0], "# nobody yet")
        self.assertIn("slow:$7$210000$", self.users.read_text())
        self.assertIn("scram:$scram-sha-256$15000$", self.users.read_text())
        self.assert_log_has_no_secrets("secret", "pencil")

    def test_a_new_file_is_its_owners_alone(self):
        before = os.umask(0)
        try:
            signetctl("-c", *QUICK, self.config.path / "other", "ann", password="secret")
        finally:
            os.umask(before)
        mode = stat.S_IMODE((self.config.path / "other").stat().st_mode)
        self.assertEqual(mode, 0o600)


@unittest.skipUnless(HAS_MOSQUITTO, "tools/setup-mosquitto gets it")
class MadeByMosquittoCase(Made):
    def test_its_files_are_read(self):
        mosquitto_passwd("-b", self.users, "new", "secret")
        mosquitto_passwd("-H", "sha512", "-b", self.users, "old", "geheim")
        mosquitto_passwd("-b", self.users, "ünal", "pässwörd")
        self.assertIn("$6$", self.users.read_text())
        for username, password in (("new", "secret"), ("old", "geheim"), ("ünal", "pässwörd")):
            await_that(lambda: self.lets_in(username, password), f"{username} comes in")
            self.assert_code(0x86, username, password + "x")

    def lets_in(self, username, password):
        client = RawClient(self.broker.port, "c", 5, username=username, password=password)
        client.close()
        return client.code == 0

    def test_both_change_one_file(self):
        signetctl("-c", *QUICK, self.users, "ann", password="secret")
        mosquitto_passwd("-b", self.users, "bob", "geheim")
        signetctl(*QUICK, self.users, "carl", password="neu")
        mosquitto_passwd("-D", self.users, "bob")
        await_that(lambda: self.lets_in("carl", "neu") and self.lets_in("ann", "secret"),
                   "both come in")
        await_that(lambda: not self.lets_in("bob", "geheim"), "the last change is read")
        self.assert_code(0x86, "bob", "geheim")

    def test_it_reads_ours(self):
        signetctl("-c", self.users, "ann", password="secret")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        other = Mosquitto(folder.name, self.users)
        self.addCleanup(other.close)
        for password, code in (("secret", 0), ("Secret", 0x87)):
            client = RawClient(other.port, "c", 5, username="ann", password=password)
            self.addCleanup(client.close)
            self.assertEqual(client.code, code, other.log())


@for_each(version=(5,), shards=SHARDS[-1:])
class MadeByMosquitto(MadeByMosquittoCase):
    pass


@for_each(version=(5,), shards=SHARDS)
class ByScram(PasswordCase):
    def make_users(self):
        signetctl("-c", "--scram", *QUICK, self.users, "ann", password="pencil")
        signetctl(*QUICK, self.users, "bob", password="geheim")

    def begin(self, name, password):
        """A client that was challenged, and its answer."""
        scram = Scram(name, password)
        client = RawClient(self.broker.port, "c", 5, method=METHOD, data=scram.first)
        self.addCleanup(client.close)
        kind, body = client.first
        self.assertEqual((kind, body[0]), (AUTH, CONTINUE), self.broker.log())
        return client, scram, scram.final(authentication_data(body))

    def let_in(self, name, password):
        client, scram, answer = self.begin(name, password)
        client.send_auth(answer, METHOD, CONTINUE)
        kind, body = client.next()
        self.assertEqual((kind, body[1]), (CONNACK, 0), self.broker.log())
        self.assertIn(scram.end, body)
        return client

    def test_the_right_password_lets_in_and_is_never_shown(self):
        self.let_in("ann", "pencil")
        self.broker.await_log('method="Password" identity="ann"')
        self.assert_carries("ann", "pencil")  # The same line serves passwords.

    def test_any_other_does_not(self):
        for name, password in (("ann", "crayon"), ("nobody", "pencil"), ("bob", "geheim")):
            client, _, answer = self.begin(name, password)
            client.send_auth(answer, METHOD, CONTINUE)
            kind, body = client.next()
            self.assertEqual((kind, body[1]), (CONNACK, 0x86), self.broker.log())

    def test_it_is_proven_again_while_connected(self):
        client = self.let_in("ann", "pencil")
        for password, end in (("pencil", (AUTH, 0)), ("crayon", (DISCONNECT, 0x87))):
            scram = Scram("ann", password)
            client.send_auth(scram.first, METHOD)
            kind, body = client.next()
            self.assertEqual((kind, body[0]), (AUTH, CONTINUE))
            client.send_auth(scram.final(authentication_data(body)), METHOD, CONTINUE)
            self.assertEqual(client.next_code(), end)

    def test_a_place_is_taken_at_the_end_alone(self):
        first = self.let_in("ann", "pencil")
        second, _, answer = self.begin("ann", "pencil")
        self.assertTrue(first.is_alive())
        second.send_auth(answer, METHOD, CONTINUE)
        self.assertEqual(second.next()[0], CONNACK)
        self.assertEqual(first.next_code(), (DISCONNECT, 0x8E))

    def test_who_is_challenged_begins_nothing_else(self):
        client = self.let_in("ann", "pencil")
        first = Scram("ann", "pencil").first
        self.assertEqual(client.authenticate(first, METHOD), (AUTH, CONTINUE))
        self.assertEqual(client.authenticate(first, METHOD), (DISCONNECT, 0x82))

    def test_a_new_password_refuses_what_was_begun_with_the_old_one(self):
        client, _, answer = self.begin("ann", "pencil")
        self.reloading(signetctl, "--scram", *QUICK, self.users, "ann", password="crayon")
        client.send_auth(answer, METHOD, CONTINUE)
        kind, body = client.next()
        self.assertEqual((kind, body[1]), (CONNACK, 0x87), self.broker.log())
        self.let_in("ann", "crayon")

    def test_it_ends_with_its_line(self):
        client = self.let_in("ann", "pencil")
        signetctl("-D", self.users, "ann")
        self.assertIsNone(client.next())


if __name__ == "__main__":
    main("password_test")
