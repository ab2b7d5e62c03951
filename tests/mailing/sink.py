"""A mail server in this process that remembers what it took, at the moment at which it was given the last dot."""

import re
import socket
import threading
import time
from collections import Counter
from contextlib import suppress

KEY = re.compile(rb"^X-Key: ([0-9a-f]+)\r$", re.MULTILINE)


class Sink:
    """Takes everything, on any number of connections; each answer takes `slow` seconds."""

    def __init__(self, slow: float = 0.0) -> None:
        self.accepted: Counter[str] = Counter()
        self.slow = slow
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(5)
        for thread in self._threads:
            thread.join(5)

    def settle(self) -> None:
        """Wait until what a dead client had written is read, so that nothing is still on its way."""
        for thread in self._threads:
            thread.join(5)
        self._threads.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file, suppress(OSError):
            connection.sendall(b"220 sink.example ESMTP\r\n")
            while line := file.readline():
                word = line[:4].upper()
                if word == b"EHLO":
                    connection.sendall(b"250-sink.example\r\n250 PIPELINING\r\n")
                elif word == b"DATA":
                    connection.sendall(b"354 go ahead\r\n")
                    if not self._take(file):
                        return
                    time.sleep(self.slow)
                    connection.sendall(b"250 ok\r\n")
                else:
                    connection.sendall(b"250 ok\r\n")

    def _take(self, file: "socket.SocketIO") -> bool:
        lines = []
        while (line := file.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        found = KEY.search(b"".join(lines))
        assert found is not None
        with self._lock:
            self.accepted[found[1].decode()] += 1
        return True
