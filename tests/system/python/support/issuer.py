"""An issuer of JSON Web Tokens: keys of the openssl program, and a server that publishes them."""

import base64
import hashlib
import hmac
import json
import pathlib
import subprocess
import tempfile
import time

from support.api_server import ApiServer, reply

SECRET = b"a secret of more than thirty-two bytes"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value, size):
    return base64url(value.to_bytes(size, "big"))


def _signing_input(header, claims):
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))


def _openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True,
                          capture_output=True).stdout


def _der_integers(data):
    """Of a SEQUENCE of two, as an ECDSA signature of P-256 is."""
    numbers, at = [], 2
    while at < len(data):
        size = data[at + 1]
        numbers.append(int.from_bytes(data[at + 2:at + 2 + size], "big"))
        at += 2 + size
    return numbers


class Secret:
    """Of HS256."""

    def __init__(self, secret=SECRET, key_id=None):
        self._secret = secret
        self._key_id = key_id

    def sign(self, claims):
        header = {"alg": "HS256", "typ": "JWT", **({"kid": self._key_id} if self._key_id else {})}
        message = _signing_input(header, claims)
        made = hmac.new(self._secret, message.encode(), hashlib.sha256).digest()
        return f"{message}.{base64url(made)}"


class PrivateKey:
    """Of RS256 or ES256."""

    def __init__(self, algorithm, key_id):
        self.algorithm = algorithm
        self.key_id = key_id
        self._folder = tempfile.TemporaryDirectory()
        self._file = str(pathlib.Path(self._folder.name) / "key.pem")
        kind = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        if algorithm == "ES256":
            kind = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        _openssl("genpkey", *kind, "-out", self._file)

    def pem(self):
        """The public half."""
        return _openssl("pkey", "-in", self._file, "-pubout")

    def jwk(self):
        more = {"kid": self.key_id, "alg": self.algorithm, "use": "sig"}
        if self.algorithm == "ES256":
            point = _openssl("pkey", "-in", self._file, "-pubout", "-outform", "DER")[-64:]
            return {"kty": "EC", "crv": "P-256", "x": base64url(point[:32]),
                    "y": base64url(point[32:]), **more}
        modulus = _openssl("rsa", "-in", self._file, "-noout", "-modulus").decode()
        number = int(modulus.partition("=")[2], 16)
        return {"kty": "RSA", "n": _number(number, 256), "e": "AQAB", **more}

    def sign(self, claims):
        message = _signing_input({"alg": self.algorithm, "kid": self.key_id}, claims)
        made = _openssl("dgst", "-sha256", "-sign", self._file, data=message.encode())
        if self.algorithm == "ES256":
            made = b"".join(number.to_bytes(32, "big") for number in _der_integers(made))
        return f"{message}.{base64url(made)}"


class Issuer(ApiServer):
    """Publishes `keys` at /keys, and by OpenID Connect Discovery. Its name is its URL. `fields` are
    headers of its answers; `unchanged` counts those that say that nothing has changed."""

    def __init__(self, *keys):
        self.keys = list(keys)
        self.fields = []
        self.unchanged = 0
        super().__init__()
        self.recover()

    def claims(self, name, seconds=3600, **more):
        return {"iss": self.url, "sub": name, "exp": int(time.time()) + seconds, **more}

    def token(self, name, seconds=3600, key=None, **more):
        return (key or self.keys[0]).sign(self.claims(name, seconds, **more))

    def recover(self):
        self.account = self._publish

    def fail(self, status=503):
        self.account = reply(status)

    def _publish(self, connection, request):
        documents = {
            "/keys": {"keys": [key.jwk() for key in self.keys]},
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": self.url + "/keys"},
        }
        document = documents.get(request.path)
        if document is None:
            return reply(404)(connection, request)
        body = json.dumps(document).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        fields = [("ETag", tag), *self.fields]
        if request.headers.get("if-none-match") == tag:
            self.unchanged += 1
            return reply(304, b"", fields=fields)(connection, request)
        return reply(200, body, fields=fields)(connection, request)
