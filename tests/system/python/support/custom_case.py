"""What the cases with a custom authentication server have in common."""

from support.api_server import OWN_TOKEN, ApiServer, make_token
from support.certificates import authority
from support.config import port
from support.custom_server import CustomServer
from support.paho_case import PahoCase
from support.raw_client import RawClient

PASSWORD = "a secret that no log shows"
BASE64 = "YSBzZWNyZXQgdGhhdCBubyBsb2cgc2hvd3M="


class CustomCase(PahoCase):
    settings = {}
    server_options = {}
    transport = "tcp"
    further = ()  # Methods behind it.
    environment = {}

    def setUp(self):
        self.server = CustomServer(**self.server_options)
        self.addCleanup(self.server.close)
        self.start(port(authenticationRef="who", transport=self.transport), ports=0,
                   environment=self.environment)
        self.config.mount("custom-ca", {"ca.crt": authority().ca.read_bytes()}, "configmaps")
        self.put_methods(**self.settings)
        self.broker.port = self.broker.await_port()

    def put_methods(self, **settings):
        settings = {"endpoint": self.server.url, "caCertConfigMap": "custom-ca", **settings}
        self.config.put("BrokerAuthentication", "who", {"authenticationMethods": [
            {"method": "Custom", "customSettings": settings}, *self.further]})

    def knock(self, username="press-04", password=PASSWORD, version=None, client_id="", **more):
        """A client; see its `code`."""
        client = RawClient(self.broker.port, client_id, version or self.version, username=username,
                           password=password, **more)
        self.addCleanup(client.close)
        return client

    def enhanced(self, data="912837", method="PLANT-OTP"):
        return self.knock(None, None, 5, method=method, data=data)

    def assert_code(self, client, v5, v3):
        self.assertEqual(client.code, v5 if self.version == 5 else v3, self.broker.log())

    def assert_passed_over(self, why):
        """There is no verdict, and nobody else who could give one."""
        self.assert_code(self.knock(), 0x87, 5)
        self.broker.await_log(f'why="the custom server{why}')
        self.assert_no_secret_in_log()

    def assert_no_secret_in_log(self):
        log = self.broker.log()
        for secret in (PASSWORD, BASE64):
            self.assertNotIn(secret, log)


class FallbackCase(CustomCase):
    """[Custom, ServiceAccountToken], and whatever is `last`; `tokens` is the API server."""

    last = ()

    def setUp(self):
        self.tokens = ApiServer()
        self.addCleanup(self.tokens.close)
        super().setUp()

    def put_methods(self, **settings):
        self.config.save("ca.crt", self.tokens.ca)
        self.config.save("token", OWN_TOKEN)
        self.further = ({"method": "ServiceAccountToken", "serviceAccountTokenSettings": {
            "audiences": ["plant"], "server": self.tokens.url,
            "caFile": str(self.config.path / "ca.crt"),
            "tokenFile": str(self.config.path / "token")}}, *self.last)
        super().put_methods(**settings)

    def with_token(self, name="press", token=None, **more):
        """As CONNECT of either version brings it."""
        token = token or make_token(name)
        proof = ({"method": "K8S-SAT", "data": token} if self.version == 5 else
                 {"username": "K8S-SAT", "password": token})
        client = RawClient(self.broker.port, "", self.version, **proof, **more)
        self.addCleanup(client.close)
        return client
