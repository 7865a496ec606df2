"""An issuer of JSON Web Tokens: keys, and a server that publishes them."""

import base64
import functools
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from support.api_server import ApiServer, reply

SECRET = b"a secret of more than thirty-two bytes"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value, size):
    return base64url(value.to_bytes(size, "big"))


def _signing_input(header, claims):
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))


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
    """Of RS256 or ES256; `pem` and `jwk` are its public half."""

    def __init__(self, algorithm, key_id):
        self.algorithm = algorithm
        self.key_id = key_id
        self._key = (ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else
                     rsa.generate_private_key(65537, 2048))

    def pem(self):
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def jwk(self):
        more = {"kid": self.key_id, "alg": self.algorithm, "use": "sig"}
        numbers = self._key.public_key().public_numbers()
        if self.algorithm == "ES256":
            return {"kty": "EC", "crv": "P-256", "x": _number(numbers.x, 32),
                    "y": _number(numbers.y, 32), **more}
        return {"kty": "RSA", "n": _number(numbers.n, 256), "e": _number(numbers.e, 3), **more}

    def sign(self, claims):
        message = _signing_input({"alg": self.algorithm, "kid": self.key_id}, claims)
        if self.algorithm == "ES256":
            made = self._key.sign(message.encode(), ec.ECDSA(hashes.SHA256()))
            made = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(made))
        else:
            made = self._key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{message}.{base64url(made)}"


@functools.cache
def key_of(algorithm, key_id):
    """The same one for all who ask: to make one of RSA takes long."""
    return PrivateKey(algorithm, key_id)


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
