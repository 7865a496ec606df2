"""What cases of TLS of mode Automatic have in common."""

import pathlib
import socket
import ssl
import tempfile

from support.broker import PATIENCE
from support.config import port
from support.paho_case import PahoCase

ISSUER = {"name": "any", "kind": "Issuer"}


class AutomaticCase(PahoCase):
    environment = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.arguments = ("--state", folder.name)
        self.ca = pathlib.Path(folder.name) / "ca.crt"

    def start_with(self, **spec):
        spec = {"issuerRef": ISSUER, "san": {"ip": ["127.0.0.1"], "dns": ["broker.plant"]}, **spec}
        self.start(port(tls={"mode": "Automatic", "certManagerCertificateSpec": spec}),
                   environment=self.environment)

    def certificate(self, name="127.0.0.1"):
        """What is shown to a client that trusts the CA and nobody else, in DER; and its end, in
        seconds since 1970."""
        context = ssl.create_default_context(cafile=str(self.ca))
        with socket.create_connection(("127.0.0.1", self.broker.port), PATIENCE) as connection:
            with context.wrap_socket(connection, server_hostname=name) as stream:
                return (stream.getpeercert(binary_form=True),
                        ssl.cert_time_to_seconds(stream.getpeercert()["notAfter"]))
