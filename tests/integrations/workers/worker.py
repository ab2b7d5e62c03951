"""A worker to be killed: a process that ends, or stops itself, at a moment that it is given.

usage: worker.py FOLDER SIGNAL BATCH
At its BATCH-th batch it sends SIGNAL to itself, STOP before it is noted that the batch goes and any other in the
middle of it; `-` is none. What it sends is a line each in FOLDER/sent: the message's key, and when, by the system.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from attrs import define, evolve

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.office import Office
from briefingkit.mailing.outgoing.sending import Sending
from briefingkit.mailing.outgoing.stopping import stopping
from briefingkit.mailing.outgoing.transport import Capabilities, Delivery, Status
from briefingkit.mailing.outgoing.work import JobDone, Work
from briefingkit.project import open_project

BATCH = 5
SILENCE = timedelta(seconds=1.5)


@define
class Lines:
    """Writes a line for each message, in one write to the end of a file; nobody can look it up, or tell it twice."""

    file: Path
    rate: float | None = None
    what: str = "-"
    batch: int = 0
    staged: int = 0
    let_go: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(BATCH, rate=self.rate, account="lines")

    def stage(self, messages: Sequence[Message]) -> "Held":
        self.staged += 1
        if self.what == "SIGSTOP" and self.staged == self.batch:
            say("stopped")
            os.kill(os.getpid(), signal.SIGSTOP)
        return Held(self, [message.key for message in messages])

    def find(self, message: Message) -> None:
        del message

    def close(self) -> None:
        pass

    def write(self, key: str) -> None:
        with self.file.open("ab", buffering=0) as file:
            file.write(f"{key} {time.time()} {os.getpid()}\n".encode())


@define
class Held:
    lines: Lines
    keys: Sequence[str]
    settled: Sequence[Delivery] = ()

    def commit(self) -> Iterable[Delivery]:
        lines = self.lines
        lines.let_go += 1
        for number, key in enumerate(self.keys):
            if number == 2 and lines.what not in {"-", "SIGSTOP"} and lines.let_go == lines.batch:
                say("struck")
                os.kill(os.getpid(), getattr(signal, lines.what))
            lines.write(key)
            yield Delivery(key, Status.SENT)

    def abandon(self) -> None:
        pass


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def tell(told: JobDone) -> None:
    if told.report is not None:
        say(f"sent {told.report.progress.sent}")
    if told.error is not None:
        say(f"error {told.error}")


def main(folder: str, what: str, batch: str) -> None:
    project = open_project(folder)
    engine = project.engine()
    assert engine is not None
    rate = Path(folder, "rate")
    transport = Lines(
        Path(folder, "sent"), float(rate.read_text("utf-8")) if rate.exists() else None, what, int(batch)
    )

    def office() -> Office:
        return evolve(open_project(folder).office(engine), transport=lambda: transport)

    sending = Sending(lease=SILENCE, silence=SILENCE, most_held=20)
    work = Work(office, engine, tell=tell, sending=sending, every=timedelta(seconds=1))
    with stopping() as stop:
        work.run(stop, ready=lambda: say("at work"))
    say("ended")


if __name__ == "__main__":
    main(*sys.argv[1:])
