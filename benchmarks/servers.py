"""A CalDAV server for the length of a benchmark: Radicale, in a process of its own, with its files in memory."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

__all__ = ["in_memory", "radicale"]

_STARTS_WITHIN = 20.0


@contextmanager
def in_memory() -> Iterator[Path]:
    """Give a folder, in memory where there is such a place: how fast a disk is is nobody's claim."""
    memory = Path("/dev/shm")  # noqa: S108 - asked for by its name
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """Start Radicale over a folder, without passwords, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = [
        f"--server-hosts=127.0.0.1:{port}",
        "--auth-type=none",
        f"--storage-filesystem-folder={folder}",
        "--logging-level=error",
    ]
    command = [sys.executable, "-m", "radicale", "--config=", *settings]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = monotonic() + _STARTS_WITHIN
    while True:
        try:
            HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            if monotonic() > until:
                raise
            sleep(0.05)
        else:
            return
