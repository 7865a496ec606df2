"""Certificates of a CA of our own, made by the openssl program, in a folder that goes with us."""

import datetime
import functools
import itertools
import pathlib
import subprocess
import tempfile

LOOPBACK = ("DNS:localhost", "IP:127.0.0.1")


# For `openssl ca`, which alone can say to the second when a certificate ends, and revoke.
CA_SETTINGS = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
x509_extensions = client
unique_subject = no
[any]
commonName = supplied
[client]
basicConstraints = critical,CA:false
extendedKeyUsage = {use}
"""


class Authority:
    """`ca` is the path of its certificate; keys are all of P-256, which is quick."""

    def __init__(self, name="Test CA", issuer=None):
        """`issuer`: an Authority; without one it stands by itself."""
        self._folder = tempfile.TemporaryDirectory()
        self._numbers = itertools.count()
        by = ("-CA", issuer.ca, "-CAkey", issuer._key) if issuer else ()
        self.ca, self._key = self._make(name, *by, "-addext", "basicConstraints=critical,CA:true",
                                        "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def with_issuer(self, certificate):
        """The path of a file with the certificate and, behind it, ours."""
        chain = certificate.with_suffix(".chain")
        chain.write_bytes(certificate.read_bytes() + self.ca.read_bytes())
        return chain

    def _make(self, name, *arguments):
        stem = pathlib.Path(self._folder.name) / str(next(self._numbers))
        certificate, key = stem.with_suffix(".crt"), stem.with_suffix(".key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                        "-keyout", key, "-out", certificate, *arguments],
                       check=True, capture_output=True)
        return certificate, key

    def issue(self, name, sans=LOOPBACK):
        """Paths of a certificate and its key."""
        return self._make(name, "-CA", self.ca, "-CAkey", self._key, "-addext",
                          f"subjectAltName={','.join(sans)}", "-addext",
                          "basicConstraints=critical,CA:false")

    def issue_until(self, end, name, use="clientAuth"):
        """One for a client that ends at this moment, an aware datetime; to the second."""
        stem = pathlib.Path(self._folder.name) / str(next(self._numbers))
        certificate, key, request = (stem.with_suffix(end) for end in (".crt", ".key", ".csr"))
        settings = stem.with_suffix(".cnf")
        settings.write_text(CA_SETTINGS.format(folder=self._folder.name, use=use))
        for file in ("index.txt", "index.txt.attr"):
            (pathlib.Path(self._folder.name) / file).touch()
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        self._openssl("ca", "-batch", "-config", settings, "-cert", self.ca, "-keyfile", self._key,
                      "-in", request, "-out", certificate, "-notext", "-rand_serial",
                      "-enddate", end.astimezone(datetime.timezone.utc).strftime("%Y%m%d%H%M%SZ"))
        return certificate, key

    def for_client(self, name, use="clientAuth"):
        """One that is good for a day."""
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        return self.issue_until(tomorrow, name, use)

    def revocations(self, *certificates):
        """A list of those that are revoked, as PEM."""
        settings = pathlib.Path(self._folder.name) / "crl.cnf"
        settings.write_text(CA_SETTINGS.format(folder=self._folder.name, use="clientAuth"))
        for file in ("index.txt", "index.txt.attr"):
            (pathlib.Path(self._folder.name) / file).touch()
        own = ("-config", settings, "-cert", self.ca, "-keyfile", self._key)
        for certificate in certificates:
            self._openssl("ca", *own, "-revoke", certificate)
        return self._openssl("ca", *own, "-gencrl")

    def _openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout

    def secret(self, name, sans=LOOPBACK):
        """A new certificate as the values of a Secret."""
        certificate, key = self.issue(name, sans)
        return {"tls.crt": certificate.read_bytes(), "tls.key": key.read_bytes()}


@functools.cache
def authority():
    """The one that every client here trusts."""
    return Authority()


@functools.cache
def server_secret():
    """A certificate for 127.0.0.1."""
    return authority().secret("server")
