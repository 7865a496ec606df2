"""What the cases with service account tokens have in common, whoever answers for the API server."""

import pathlib
import tempfile
import time

from support.broker import await_that
from support.config import port
from support.paho_case import PahoCase
from support.raw_client import RawClient

METHOD = "K8S-SAT"
AUDIENCE = "plant"


def await_end(end):
    """Until a credential that ended then, in seconds since 1970, would have ended a connection."""
    await_that(lambda: time.time() > end + 2, "the end of a credential")


class TokenCase(PahoCase):
    def start_for(self, url, ca, own_token, environment=None, **settings):
        """A broker that asks the API server there. `ca_file` and `token_file` are its files."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ca_file = pathlib.Path(folder.name) / "ca.crt"
        self.token_file = pathlib.Path(folder.name) / "token"
        self.ca_file.write_text(ca)
        self.token_file.write_text(own_token)
        self.start(port(authenticationRef="accounts"), ports=0, environment=environment)
        self.put_settings(server=url, **settings)
        self.broker.port = self.broker.await_port()

    def put_settings(self, **settings):
        settings = {"audiences": [AUDIENCE], "caFile": str(self.ca_file),
                    "tokenFile": str(self.token_file), **settings}
        self.config.put("BrokerAuthentication", "accounts", {"authenticationMethods": [
            {"method": "ServiceAccountToken", "serviceAccountTokenSettings": settings}]})

    def knock(self, token, version=None, client_id=""):
        """A client with this token; see its `code`."""
        version = version or self.version
        proof = ({"method": METHOD, "data": token} if version == 5 else
                 {"username": METHOD, "password": token})
        client = RawClient(self.broker.port, client_id, version, **proof)
        self.addCleanup(client.close)
        return client

    def paho(self, client_id, token, **options):
        """Likewise, with all that Paho does."""
        proof = ({"AuthenticationMethod": METHOD, "AuthenticationData": token.encode()}
                 if self.version == 5 else {"login": (METHOD, token)})
        return self.client(client_id, **proof, **options)

    def with_brief_token(self, make, begin):
        """What begin(token) returns, of a token by make(seconds) that ends soon; on a busy machine it
        may end before all of that is done."""
        for seconds in (4, 20):
            try:
                return begin(make(seconds))
            except AssertionError:
                continue
        return begin(make(40))

    def assert_accepted(self, token):
        self.assertEqual(self.knock(token).code, 0, self.broker.log())

    def assert_refused(self, token, rule):
        self.assertEqual(self.knock(token).code, 0x87 if self.version == 5 else 5)
        self.broker.await_log(f'rule="{rule}')

    def assert_undecided(self, token, why=""):
        self.assertEqual(self.knock(token).code, 0x88 if self.version == 5 else 3)
        self.broker.await_log(f'rule="{why}')
