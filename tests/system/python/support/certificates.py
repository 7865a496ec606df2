"""Certificates of a CA of our own, in a folder that goes with us."""

import datetime
import functools
import ipaddress
import itertools
import pathlib
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = ("DNS:localhost", "IP:127.0.0.1")
_DAYS = datetime.timedelta(days=30)
_KEY_USAGE = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
              "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


def _now():
    return datetime.datetime.now(datetime.timezone.utc)


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _san(text):
    kind, _, value = text.partition(":")
    return (x509.DNSName(value) if kind == "DNS" else
            x509.IPAddress(ipaddress.ip_address(value)))


class Authority:
    """`ca` is the path of its certificate; keys are all of P-256, which is quick."""

    def __init__(self, name="Test CA", issuer=None):
        """`issuer`: an Authority; without one it stands by itself."""
        self._folder = tempfile.TemporaryDirectory()
        self._numbers = itertools.count()
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        usage = {each: each in ("key_cert_sign", "crl_sign") for each in _KEY_USAGE}
        self.ca, _ = (issuer or self)._sign(self._name, self._key, _now() + _DAYS, (
            (x509.BasicConstraints(ca=True, path_length=None), True),
            (x509.KeyUsage(**usage), True)), self._new_file())

    def with_issuer(self, certificate):
        """The path of a file with the certificate and, behind it, ours."""
        chain = certificate.with_suffix(".chain")
        chain.write_bytes(certificate.read_bytes() + self.ca.read_bytes())
        return chain

    def _new_file(self):
        return pathlib.Path(self._folder.name) / str(next(self._numbers))

    def _sign(self, name, key, end, extensions, stem):
        """Paths of a certificate, which is ours, and its key."""
        builder = (x509.CertificateBuilder()
                   .subject_name(name).issuer_name(self._name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(_now()).not_valid_after(end)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                       self._key.public_key()), False))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        pem = serialization.Encoding.PEM
        certificate, key_file = stem.with_suffix(".crt"), stem.with_suffix(".key")
        certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(pem))
        key_file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))
        return certificate, key_file

    def _issue(self, name, end, *extensions):
        key = ec.generate_private_key(ec.SECP256R1())
        is_leaf = (x509.BasicConstraints(ca=False, path_length=None), True)
        return self._sign(_named(name), key, end, (is_leaf, *extensions), self._new_file())

    def issue(self, name, sans=LOOPBACK):
        """Paths of a certificate and its key."""
        names = x509.SubjectAlternativeName([_san(each) for each in sans])
        return self._issue(name, _now() + _DAYS, (names, False))

    def issue_until(self, end, name):
        """One for a client that ends at this moment, an aware datetime; to the second."""
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return self._issue(name, end, (use, False))

    def for_client(self, name):
        """One that is good for a day."""
        return self.issue_until(_now() + datetime.timedelta(days=1), name)

    def revocations(self, *certificates):
        """A list of those that are revoked, as PEM."""
        now = _now()
        builder = (x509.CertificateRevocationListBuilder()
                   .issuer_name(self._name).last_update(now).next_update(now + _DAYS))
        for certificate in certificates:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial_of(certificate))
                .revocation_date(now).build())
        revoked = builder.sign(self._key, hashes.SHA256())
        return revoked.public_bytes(serialization.Encoding.PEM)

    def secret(self, name, sans=LOOPBACK):
        """A new certificate as the values of a Secret."""
        certificate, key = self.issue(name, sans)
        return {"tls.crt": certificate.read_bytes(), "tls.key": key.read_bytes()}


def serial_of(certificate):
    """Of the certificate in a file."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).serial_number


@functools.cache
def authority():
    """The one that every client here trusts."""
    return Authority()


@functools.cache
def server_secret():
    """A certificate for 127.0.0.1."""
    return authority().secret("server")
