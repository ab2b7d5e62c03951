"""The double of Google in a process of its own, so that it takes no time of whoever is measured."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["AGAIN", "CALENDAR", "PEER", "google"]

CALENDAR, PEER = "ours@group.calendar.google.com", "theirs@group.calendar.google.com"
AGAIN = "again@group.calendar.google.com"
_ACCOUNT = "bench@double.iam.gserviceaccount.com"


@contextmanager
def google(folder: Path, *, delay: float = 0.0, strangers: int = 0) -> Iterator[str]:
    """Start it and give its address; `key.json` in the folder is of an account that has all calendars.

    `delay` is in seconds, for each HTTP request; so many `strangers` stand in our calendar already.
    """
    command = [sys.executable, __file__, str(folder), str(delay), str(strangers)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait()


def _serve(folder: Path, delay: float, strangers: int) -> None:
    from briefingkit.testing.google import GoogleDouble

    with GoogleDouble() as double:
        double.service_account(folder / "key.json", email=_ACCOUNT)
        for name in (CALENDAR, PEER, AGAIN):
            double.make_calendar(name, owner=_ACCOUNT)
        double.fill(CALENDAR, strangers)
        double.limit(per_user=1_000_000, per_project=1_000_000)  # Google's own would stop both alike
        double.delay = delay
        print(json.dumps(double.base_url), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
