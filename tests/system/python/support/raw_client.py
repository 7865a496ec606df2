"""MQTT by hand: for AUTH, which no client here speaks, and Reason Codes as they are on the wire."""

import socket
import struct

from support.broker import PATIENCE

CONNACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = 2, 12, 13, 14, 15
CONTINUE, REAUTHENTICATE = 0x18, 0x19


def _text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(data)) + data


def _varint(value):
    data = b""
    while value > 127:
        data += bytes([value & 127 | 128])
        value >>= 7
    return data + bytes([value])


def _packet(kind, body):
    return bytes([kind << 4]) + _varint(len(body)) + body


def _with_length(properties):
    return _varint(len(properties)) + properties


def _authentication(method, data):
    properties = b"" if method is None else b"\x15" + _text(method)
    return properties if data is None else properties + b"\x16" + _text(data)


def authentication_data(auth):
    """Of AUTH, all behind its fixed header, which has a method and data and not much of either."""
    properties = auth[2:]
    assert auth[1] == len(properties) < 128 and properties[0] == 0x15
    rest = properties[3 + struct.unpack(">H", properties[1:3])[0]:]
    assert rest[0] == 0x16
    return rest[3:3 + struct.unpack(">H", rest[1:3])[0]]


class RawClient:
    """Connects, whatever the answer is: `first`, and `code` of a CONNACK, None if it is none. `tls`: a
    context, with which it speaks TLS."""

    def __init__(self, port, client_id="", version=5, method=None, data=None, username=None,
                 password=None, tls=None):
        flags = 0x02 | (0x80 if username is not None else 0) | (0x40 if password is not None else 0)
        body = _text("MQTT") + bytes([4 if version == 3 else version, flags]) + b"\0\0"
        if version == 5:
            body += _with_length(_authentication(method, data))
        body += b"".join(_text(part) for part in (client_id, username, password) if part is not None)
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        if tls:
            self._socket = tls.wrap_socket(self._socket, server_hostname="127.0.0.1")
        self._input = self._socket.makefile("rb")
        self._socket.sendall(_packet(1, body))
        self.first = answer = self.next()
        self.code = answer[1][1] if answer and answer[0] == CONNACK else None
        self.connack = answer[1] if answer else b""

    def next(self):
        """The next packet: what it is, and all behind its fixed header. None: the end."""
        try:
            first = self._input.read(1)
            if not first:
                return None
            length = shift = 0
            while True:
                [byte] = self._input.read(1)
                length |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return first[0] >> 4, self._input.read(length)
        except ConnectionError:
            return None

    def authenticate(self, data, method="K8S-SAT", code=REAUTHENTICATE):
        """The answer, as (AUTH or DISCONNECT, Reason Code); None if the connection just ends."""
        self.send_auth(data, method, code)
        return self.next_code()

    def send_auth(self, data, method="K8S-SAT", code=REAUTHENTICATE):
        self._socket.sendall(
            _packet(AUTH, bytes([code]) + _with_length(_authentication(method, data))))

    def next_code(self):
        answer = self.next()
        # A Reason Code 0 without properties may be left out.
        return answer and (answer[0], answer[1][0] if answer[1] else 0)

    def is_alive(self):
        self._socket.sendall(_packet(PINGREQ, b""))
        return self.next() == (PINGRESP, b"")

    def close(self):
        self._input.close()
        self._socket.close()
