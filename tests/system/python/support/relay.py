"""A wire between a client and the broker that can be cut, or made to swallow one direction."""

import socket
import struct
import threading


class Relay:
    def __init__(self, broker_port, first=b""):
        """`first`: what the broker gets before what the client says, such as a PROXY header."""
        self._broker_port = broker_port
        self._first = first
        self._sockets = []
        self._muted = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def mute(self, *directions):
        """From now on what goes "up" to the broker, or "down" from it, is lost on the way."""
        self._muted.update(directions)

    def cut(self):
        """Resets what is connected. Connections made afterwards are whole again."""
        with self._lock:
            for end in self._sockets:
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)  # Wakes the thread that reads from it.
                except OSError:
                    pass  # Its peer was faster.
                end.close()
            self._sockets.clear()
            self._muted.clear()

    def close(self):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        finally:
            self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                broker = socket.create_connection(("127.0.0.1", self._broker_port))
                broker.sendall(self._first)
            except OSError:
                return
            with self._lock:
                self._sockets += [client, broker]
            for source, target, direction in ((client, broker, "up"), (broker, client, "down")):
                arguments = (source, target, direction)
                threading.Thread(target=self._carry, args=arguments, daemon=True).start()

    def _carry(self, source, target, direction):
        try:
            while data := source.recv(65536):
                if direction not in self._muted:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # Cut, or one of the two has gone: the other will see it.
