"""The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

import base64
import hashlib
import hmac
import secrets

METHOD = "SCRAM-SHA-256"


def _hmac(key, text):
    return hmac.digest(key, text.encode(), "sha256")


class Scram:
    def __init__(self, name, password):
        self._password = password.encode()
        self._bare = f"n={name},r={secrets.token_urlsafe(18)}"
        self.first = f"n,,{self._bare}".encode()

    def final(self, challenge):
        """The answer to server-first-message; then `end` is what the server has to say."""
        challenge = challenge.decode()
        parts = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(parts["s"]),
                                     int(parts["i"]))
        without_proof = f"c=biws,r={parts['r']}"
        message = f"{self._bare},{challenge},{without_proof}"
        key = _hmac(salted, "Client Key")
        signature = _hmac(hashlib.sha256(key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(key, signature))
        signature = _hmac(_hmac(salted, "Server Key"), message)
        self.end = b"v=" + base64.b64encode(signature)
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()
