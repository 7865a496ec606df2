"""A folder of manifests for --config, changed as operators, editors and Kubernetes change it."""

import itertools
import json
import os
import pathlib
import random
import shutil
import socket
import tempfile

from support.certificates import server_secret

API = "mqttbroker.iotoperations.azure.com/v1"


def manual(secret="server-tls", **more):
    """A port's `tls`."""
    return {"mode": "Manual", "manual": {"secretRef": secret}, **more}


# What lies between a client's socket and MQTT: fields of a port.
TRANSPORTS = {
    "tcp": {},
    "tls": {"tls": manual()},
    "ws": {"protocol": "WebSockets"},
    "wss": {"protocol": "WebSockets", "tls": manual()},
}


def port(number=0, transport="tcp", **more):
    return {"port": number, "address": "127.0.0.1", **TRANSPORTS[transport], **more}


def free_port():
    """A number for a port that keeps it over reloads; the kernel gives none of these to others."""
    while True:
        number = random.randrange(10000, 32000)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", number))
            except OSError:
                continue  # In use.
            return number


class Config:
    def __init__(self, *ports):
        """With the Secret server-tls, and a BrokerListener of these ports."""
        self._folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self._folder.name)
        self._versions = itertools.count()
        self.mount("server-tls", server_secret())
        self.listen(*ports)

    def listen(self, *ports):
        self.put("BrokerListener", "test", {"ports": ports})

    def put(self, kind, name, spec):
        document = {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": spec}
        self.save(f"{kind}-{name}.json", json.dumps(document))

    def put_secret(self, name, values):
        texts = {key: value.decode() for key, value in values.items()}
        document = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name},
                    "stringData": texts}
        self.save(f"Secret-{name}.json", json.dumps(document))

    def save(self, name, text):
        """As an editor does: writes another file, then renames it."""
        draft = self.path / ".draft"
        draft.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.replace(draft, self.path / name)

    def mount(self, name, values, kind="secrets"):
        """As Kubernetes does: files are links through ..data, which is swapped at one stroke."""
        folder = self.path / kind / name
        folder.mkdir(parents=True, exist_ok=True)
        version = folder / f"..{next(self._versions)}"
        version.mkdir()
        for key, value in values.items():
            (version / key).write_bytes(value)
        data = folder / "..data"
        before = os.readlink(data) if data.is_symlink() else None
        (folder / "..data_tmp").symlink_to(version.name)
        os.replace(folder / "..data_tmp", data)
        for key in values:
            if not (folder / key).is_symlink():
                (folder / key).symlink_to(f"..data/{key}")
        if before:
            shutil.rmtree(folder / before)

    def unmount(self, name, kind="secrets"):
        shutil.rmtree(self.path / kind / name)

    def close(self):
        self._folder.cleanup()
