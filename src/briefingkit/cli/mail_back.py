"""`briefingkit mail bounces` and `answers`: what comes back by mail and by links, read and told."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import ProjectError

if TYPE_CHECKING:
    from briefingkit.mailing.dispatch import Dispatch
    from briefingkit.mailing.incoming.feedback import Event
    from briefingkit.mailing.incoming.hearing import Heard
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.people.part_answers import PartAnswer
    from briefingkit.store.mail_feedback import FateRow

__all__ = ["answers_command", "bounces_command", "fates_json", "fates_of", "say_fates"]

_SHOWN = 20
_BAD = ("bounced", "rejected", "failed", "complained")


@click.command("bounces")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--take", is_flag=True, help="Read what is new in a Maildir, and mark it as seen there.")
@project_option
@json_option
def bounces_command(paths: Sequence[Path], project_file: Path | None, *, take: bool, as_json: bool) -> None:
    """Read mails that came back, complaints, and who asks for no more: Maildirs, files of one mail, or - for one mail.

    An address behind which there is nobody is not written to again, nor is who complains or asks for that. What a mail
    says counts where it is about a message of this ledger's. It can be read again: each is heard once.
    """
    from briefingkit.mailing.incoming.hearing import hear

    mails = _Mails(take=take)
    with project_here(project_file).office() as office:
        events = _events(mails.read(paths), office, mails)
        heard = hear(events, office.ledger, now=office.clock(), source="returned mail", ours_only=True)
    mails.done()
    if as_json:
        emit_json({"mails": mails.number, "silent": mails.silent, **_heard_json(heard)})
    else:
        _say_heard(mails, heard)


class _Mails:
    """Mails in files, and how many they were; `silent` are those that tell nothing. `done` marks them as seen."""

    def __init__(self, *, take: bool) -> None:
        self._take, self._seen = take, list[Path]()
        self.number = self.silent = 0

    def read(self, paths: Iterable[Path]) -> Iterator[bytes]:
        """Give what is looked at of each mail. ProjectError for what is no Maildir, and no file."""
        from briefingkit.mailing.incoming.returned import LARGEST

        for path in paths:
            if str(path) == "-":
                yield self._counted(sys.stdin.buffer.read(LARGEST))
                continue
            for file in self._files(path):
                try:
                    with file.open("rb") as opened:
                        content = opened.read(LARGEST)
                except FileNotFoundError:
                    if file == path:
                        raise
                    continue  # a mail program has moved it since
                yield self._counted(content)

    def _files(self, path: Path) -> Iterator[Path]:
        if not path.is_dir():
            yield path
            return
        folders = [path / "new", *([] if self._take else [path / "cur"])]
        if not any(folder.is_dir() for folder in folders):
            raise ProjectError(f"{path} is no Maildir: there is no folder `new` in it")
        for folder in folders:
            for file in sorted(folder.iterdir()) if folder.is_dir() else ():
                if file.is_file() and not file.name.startswith("."):
                    if self._take:
                        self._seen.append(file)
                    yield file

    def _counted(self, content: bytes) -> bytes:
        self.number += 1
        return content

    def done(self) -> None:
        """Mark what was read as seen (the Maildir convention: in `cur`, with the flag S)."""
        for file in self._seen:
            folder = file.parent.parent / "cur"
            folder.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):  # a mail program has moved it since
                file.rename(folder / f"{file.name.partition(':')[0]}:2,S")


def _events(contents: Iterable[bytes], office: "Office", mails: _Mails) -> "Iterator[Event]":
    from briefingkit.mailing.incoming.returned import read_returned

    for content in contents:
        found = read_returned(
            content, domain=office.context.namespace, names=office.names, now=office.clock()
        )
        mails.silent += not found
        yield from found


def _heard_json(heard: "Heard") -> dict[str, Any]:
    return {
        "events": dict(heard.kinds),
        "repeated": heard.repeated,
        "strange": heard.strange,
        "suppressed": heard.suppressed,
        "settled": heard.settled,
        "old": heard.old,
    }


def _say_heard(mails: _Mails, heard: "Heard") -> None:
    told = ", ".join(f"{number} {kind}" for kind, number in heard.kinds.items()) or "nothing new"
    say(f"{mails.number} read: {told}")
    for number, words in (
        (heard.suppressed, "not written to from now on"),
        (heard.settled, "settled: it went"),
        (heard.repeated, "heard before"),
        (heard.strange, "about no message that went out from here"),
        (heard.old, "too long after their message"),
        (mails.silent, "of another sort"),
    ):
        if number:
            say(f"  {number} {words}")


@click.command("answers")
@click.argument("briefing", shell_complete=complete_briefing)
@project_option
@json_option
def answers_command(briefing: str, project_file: Path | None, *, as_json: bool) -> None:
    """Show who of the programme has said that they take part or not, and where the file says something else.

    The file is not changed: write the status there.
    """
    from briefingkit.mailing.people.part_answers import taking_part

    project = project_here(project_file)
    read = project.briefing(briefing)
    with project.ledger() as ledger:
        found = taking_part(ledger, read)
    if as_json:
        emit_json({"briefing": briefing, "answers": list(map(_answer_json, found))})
        return
    for each in found:
        _say_answer(each)
    if not found:
        say(f"{briefing}: nobody has answered")


def _answer_json(each: "PartAnswer") -> dict[str, Any]:
    return {
        "person": each.person,
        "answer": each.taking.value,
        "at": each.at.isoformat(),
        "known": each.known,
        "differs": [{"item": item, "status": status.value} for item, status in each.differs],
    }


def _say_answer(each: "PartAnswer") -> None:
    at = f"{each.at:%Y-%m-%d %H:%M} UTC"
    known = "" if each.known else ", who is not in the briefing any more"
    say(f"{each.person}{known}: {each.taking.value}, {at}", "good" if not each.differs else "warning")
    for item, status in each.differs:
        say(f"  {item}: the file says {status.value}; write `status: {each.taking.status.value}`")


def fates_of(
    each: "Dispatch", *, named: bool
) -> "tuple[dict[str, int], list[FateRow], Mapping[str, str] | None]":
    """Count what became of a mailing's messages after they were taken, and give those that came to no good.

    Whom these were for is given by their ids where the mailing was `named`, and is None elsewhere.
    """
    from briefingkit.store.deliveries import mailing_id
    from briefingkit.store.mail_feedback import MailFeedback

    store, number = MailFeedback(each.office.ledger), mailing_id(each.briefing.identifier, each.mailing.key)
    addresses = store.addresses(number, _BAD) if named else None
    return dict(store.counts(number)), store.fates(number, _BAD), addresses


def fates_json(
    counts: dict[str, int], bad: "Sequence[FateRow]", addresses: Mapping[str, str] | None
) -> dict[str, Any]:
    """Give them as JSON."""
    rows = [
        {
            "id": row.id,
            **({} if addresses is None else {"address": addresses.get(row.id)}),
            "kind": row.kind,
            "reason": row.reason,
            "words": row.words,
            "at": row.at,
        }
        for row in bad
    ]
    return {"came_back": counts, "returned": rows}


def say_fates(counts: dict[str, int], bad: "Sequence[FateRow]", addresses: Mapping[str, str] | None) -> None:
    """Show them; nothing where nothing is known."""
    if counts:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
        say(f"  told since: {told}")
    for row in bad[:_SHOWN]:
        words = " ".join(part for part in (row.reason, row.words) if part)
        to = f", to {addresses[row.id]}" if addresses and row.id in addresses else ""
        say(f"  {row.kind} {row.id}{to}: {words}", "warning")
    if len(bad) > _SHOWN:
        say(f"  … and {len(bad) - _SHOWN} more; --json tells all")
