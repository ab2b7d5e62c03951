"""Mailings from the ledger to the wire, beside EmailMessage with smtplib, Django, and Postfix's own smtp-source.

The message is that of `mailing_build`. Each is built, noted in a ledger on the disk (SQLite, synchronous=FULL), sent to
Postfix's smtp-sink with its dot withheld, and its answer is written down. A second part does the same with the web API
of a service. A third plans and sends to a transport that leads nowhere: MAILING_RECIPIENTS says how many, a hundred
thousand if it says nothing.
"""

import gc
import json
import os
import shutil
import smtplib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import Addressed, plan_deliveries
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.transport import Transport
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit_mail import SMTP
from briefingkit_mail.postmark import Postmark
from briefingkit_mail.smtp_settings import Encryption
from lines import Line, best_interleaved
from mailing_build import composer, everyday, recipients
from mailing_django import POSTMARK_TOKEN, django_anymail, django_message, django_smtp, postmark

__all__ = ["sending_lines"]

# As many as take each about as long: who needs a quiet machine for a moment only would find one more easily.
_NUMBER = 10_000
_SLOW_NUMBER = 400
_SERVICE_NUMBER = 1000
_ROUNDS = 7
_CONNECTIONS = 50
_PEER_CONNECTIONS = 10
_SINK = "/usr/sbin/smtp-sink"
_SOURCE = "/usr/sbin/smtp-source"
_BRIEFING, _MAILING = "assembly", "day-before"

# In a process of its own: memory is that of the whole process, at its highest.
_NOWHERE = """
import json, resource, sys
from time import perf_counter, process_time
sys.path.insert(0, sys.argv[1])
from mailing_send import plan, send
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.testing.transport import NullTransport
number = int(sys.argv[3])
with open_ledger(sys.argv[2]) as ledger:
    start = perf_counter()
    plan(Deliveries(ledger), number)
    planned = perf_counter() - start
    start, begun = perf_counter(), process_time()
    sent = send(Deliveries(ledger), NullTransport(50))
    took, processor = perf_counter() - start, process_time() - begun
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
told = {"planned": planned, "sending": took, "processor": processor, "sent": sent, "memory": memory}
print(json.dumps(told))
"""


def _now() -> datetime:
    return datetime.now(UTC)


def _data(number: int) -> dict[str, object]:
    url = "https://forms.example.org/assembly"
    links = {name: f"{url}/{name}?t={number:040x}" for name in ("edit", "cancel", "unsubscribe")}
    return {"name": f"Élodie Ngô {number}", "links": links}


def plan(store: Deliveries, number: int) -> None:
    """Plan a message to each of so many people, who are made as they are asked for."""
    addresses = ((n, f"person.{n}@city{n % 500}.example.org") for n in range(number))
    people = (Addressed(address, address, data=_data(n)) for n, address in addresses)
    plan_deliveries(store, _BRIEFING, _MAILING, people, now=_now())


def send(store: Deliveries, transport: object) -> int:
    """Send all that is planned, and give how many were sent."""
    made = composer()

    def message_of(row: DeliveryRow) -> Message:
        data = json.loads(row.data)
        return made.message(
            Recipient(row.address, data["name"], access=Access.REGISTERED, links=data["links"])
        )

    return Outbox(store, transport, _now).run(_BRIEFING, _MAILING, message_of).progress.sent


@contextmanager
def _sink() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    started = subprocess.Popen([_SINK, *user, f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            sleep(0.05)
        yield port
    finally:
        started.terminate()
        started.wait()


def _ours(transport: Transport, number: int = _NUMBER) -> float:
    with TemporaryDirectory() as folder, open_ledger(f"{folder}/ledger.sqlite3") as ledger:
        store = Deliveries(ledger)
        plan(store, number)
        start = perf_counter()
        assert send(store, transport) == number
        seconds = perf_counter() - start
        transport.close()
        return seconds / number


def _smtp(port: int, connections: int) -> SMTP:
    return SMTP(
        "127.0.0.1", port, encryption=Encryption.NONE, connections=connections, hello="bench.example.org"
    )


def _everyday(port: int, build: Callable[[Recipient], bytes], people: Sequence[Recipient]) -> float:
    """Send as one does: build, and hand to smtplib, which keeps its connection; nothing is written down."""
    with smtplib.SMTP("127.0.0.1", port, "bench.example.org") as client:
        start = perf_counter()
        for person in people:
            client.sendmail("events@bench.example.org", [person.address], build(person))
        return (perf_counter() - start) / len(people)


def _source(port: int, size: int) -> float:
    command = [
        _SOURCE,
        "-s",
        str(_PEER_CONNECTIONS),
        "-l",
        str(size),
        "-m",
        str(_NUMBER),
        f"127.0.0.1:{port}",
    ]
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (perf_counter() - start) / _NUMBER


def sending_lines() -> Iterator[Line]:
    """Send the same messages in several ways, and very many nowhere."""
    if shutil.which(_SINK) is None or shutil.which(_SOURCE) is None:
        yield Line("sending", "Postfix's smtp-sink is not installed: not measured")
    else:
        yield from _to_the_sink()
    yield from _to_a_service()
    yield from _nowhere(int(os.environ.get("MAILING_RECIPIENTS", "100000")))


def _to_the_sink() -> Iterator[Line]:
    people, made = recipients(_SLOW_NUMBER), composer()
    first = made.message(people[0])
    build, write = everyday(first.parts, people[0]), django_message(first.parts, people[0], invites=True)
    gc.collect()
    gc.freeze()  # what is loaded, Django too, is looked through again in nobody's time
    with _sink() as port:
        slow, django, ours, few, peer = best_interleaved(
            _ROUNDS,
            lambda: _everyday(port, build, people),
            lambda: django_smtp(port, write, people),
            lambda: _ours(_smtp(port, _CONNECTIONS)),
            lambda: _ours(_smtp(port, _PEER_CONNECTIONS)),
            lambda: _source(port, len(first.content)),
        )
    gc.unfreeze()
    what, measured = f"built, noted, sent on {_CONNECTIONS} connections", f"{1 / ours:,.0f}/s"
    yield Line(
        what,
        measured,
        f"EmailMessage, smtplib: {1 / slow:,.0f}/s; {slow / ours:.0f} times",
        ours / slow,
        1 / 25,
    )
    peers = f"smtp-source -s {_PEER_CONNECTIONS}: {1 / peer:,.0f}/s; {peer / ours:.2f} of it"
    yield Line("…", measured, peers, ours / peer, 1 / 0.4)
    yield Line(
        "…", measured, f"Django, by SMTP: {1 / django:,.0f}/s; {django / ours:.0f} times", ours / django
    )
    yield Line(
        f"… on {_PEER_CONNECTIONS} connections",
        f"{1 / few:,.0f}/s",
        f"{peer / few:.2f} of smtp-source, {slow / few:.0f} times smtplib",
    )


def _to_a_service() -> Iterator[Line]:
    people, made = recipients(_SLOW_NUMBER), composer()
    write = django_message(made.message(people[0]).parts, people[0], invites=False)
    with postmark() as url:
        peer, ours = best_interleaved(
            _ROUNDS,
            lambda: django_anymail(url, write, people),
            lambda: _ours(Postmark(POSTMARK_TOKEN, base_url=url), _SERVICE_NUMBER),
        )
    yield Line(
        "built, noted, sent by Postmark's web API",
        f"{1 / ours:,.0f}/s",
        f"django-anymail: {1 / peer:,.0f}/s; {peer / ours:.1f} times",
        ours / peer,
    )


def _nowhere(number: int) -> Iterator[Line]:
    """Send a fifth, all, and a fifth again, so that a machine that grows busier meanwhile is not taken for growth."""
    fifth = number // 5
    before, many, after = _run(fifth), _run(number), _run(fifth)
    few = {name: (before[name] + after[name]) / 2 for name in before}
    yield Line(
        f"{number:,} planned",
        f"{number / many['planned']:,.0f}/s",
        f"{fifth:,}: {fifth / few['planned']:,.0f}/s",
    )
    yield Line(
        f"{number:,} built, noted and sent nowhere",
        f"{number / many['sending']:,.0f}/s",
        f"{fifth:,}: {fifth / few['sending']:,.0f}/s, each as fast",
        many["sending"] / few["sending"] / 5,
        1.3,
    )
    yield Line(
        "… in processor time",
        f"{many['processor'] / number * 1e6:.0f} µs",
        f"{fifth:,}: {few['processor'] / fifth * 1e6:.0f} µs each",
        many["processor"] / few["processor"] / 5,
        1.3,
    )
    whole = many["sent"] == number and few["sent"] == fifth
    yield Line("… each of them once", "yes" if whole else str(many), holds=whole)
    peer = f"200 MB; {fifth:,}: {few['memory']:.0f} MB"
    yield Line("… in memory", f"{many['memory']:.0f} MB at most", peer, many["memory"] / 200, 1.0)


def _run(number: int) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        arguments = [str(Path(__file__).parent), f"{folder}/ledger.sqlite3", str(number)]
        command = [sys.executable, "-c", _NOWHERE, *arguments]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


if __name__ == "__main__":
    for line in sending_lines():
        print(line, flush=True)
