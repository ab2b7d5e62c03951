"""A sender to be killed: a process of its own, which ends or stops itself at a moment that it is given.

usage: killed_sender.py LEDGER PORT CONNECTIONS LEASE SIGNAL POINT NUMBER
It sends SIGNAL to itself the NUMBER-th time that it comes to POINT; `-` is nowhere. At the point `full` no file may
grow beyond NUMBER octets, as on a disk that is full.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.sending import Sending
from briefingkit.store import open_ledger
from briefingkit.store.claims import Claims
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit_mail.smtp import SMTP
from briefingkit_mail.smtp_session import Flight
from briefingkit_mail.smtp_settings import Encryption

PADDING = b"Dear reader, this is one more line of the same text.\r\n" * 20


def message_of(row: DeliveryRow) -> Message:
    head = (
        f"From: events@ghent.example\r\nTo: {row.address}\r\nDate: {row.begun_at}\r\nX-Key: {row.id}\r\n\r\n"
    )
    return Message(row.id, "events@ghent.example", row.address, head.encode() + PADDING)


def smtp(port: int, connections: int) -> SMTP:
    return SMTP(
        "127.0.0.1",
        port,
        encryption=Encryption.NONE,
        connections=connections,
        hello="client.example",
        timeout=10,
        answer_timeout=10,
    )


def outbox(ledger: Any, transport: Any, lease: float = 120) -> Outbox:
    span = timedelta(seconds=lease)
    sending = Sending(lease=span, silence=span, most_held=40, ledger_waits=(0.1,) * 10)
    return Outbox(Deliveries(ledger), transport, lambda: datetime.now(UTC), sending)


def strike(owner: Any, name: str, number: int, what: int, *, before: bool) -> None:
    """Wrap a method so that the process is sent a signal at its NUMBER-th call."""
    usual: Callable[..., Any] = getattr(owner, name)
    calls = iter(range(1, sys.maxsize))

    def struck(*arguments: Any, **more: Any) -> Any:
        now = next(calls) == number
        if now and before:
            os.kill(os.getpid(), what)
        result = usual(*arguments, **more)
        if now and not before:
            os.kill(os.getpid(), what)
        return result

    setattr(owner, name, struck)


POINTS: dict[str, tuple[Any, str, bool]] = {
    "claimed": (Claims, "claim", False),
    "staged": (Claims, "commit", True),
    "noted": (Claims, "commit", False),
    "between two dots": (Flight, "let_go", False),
    "before an answer": (Flight, "landed", True),
    "answered": (Claims, "record", True),
    "recorded": (Claims, "record", False),
}


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(arguments: Iterable[str]) -> None:
    ledger, port, connections, lease, what, point, number = arguments
    if point in POINTS:
        owner, name, before = POINTS[point]
        strike(owner, name, int(number), getattr(signal, what), before=before)
    if point == "full":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
    with open_ledger(ledger) as opened:
        transport = smtp(int(port), int(connections))
        say("sending")
        report = outbox(opened, transport, float(lease)).run("b", "m", message_of)
        transport.close()
        say(report.progress.sent)


if __name__ == "__main__":
    main(sys.argv[1:])
