"""An integration of one's own: a notice board, here one JSON file that other people pin things to as well.

It is all that an organisation writes to publish to a system of its own: what is wanted (pure), what is there, and how
to bring the two in step. Whoever passes by may sign a notice, so it is an intake too: `pull` fetches who has signed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import field, frozen

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.model import Briefing, Programme, Publication
from briefingkit.publish import Action, Change, Context, Identity, Outcome, Remote, Resource, Snapshot, Status
from briefingkit.registrations.pulling import Page
from briefingkit.registrations.response import Response
from briefingkit.text.dates import format_span

__all__ = ["NoticeBoard"]

_NOT_OURS = (
    "briefing",
    "notice",
    "signed",
)  # the mark, and what people write: all else on a notice is from us


@frozen
class NoticeBoard:
    """Pins a notice for each briefing and language. `path` is the board's file, below the project's folder."""

    path: str
    languages: tuple[str, ...] = ()
    base: Path = field(default=Path(), repr=False)  # the project puts its own folder here
    target: str = "noticeboard"  # and the target's name here
    batch: int = field(default=20, init=False)
    order: tuple[str, ...] = field(default=("notice",), init=False)

    def desired(self, publications: Sequence[Publication], context: Context) -> Iterator[Resource]:
        """Project each publication to a notice a language: a title, and the time with its zone."""
        del context  # a notice shows no address that another target makes
        for publication in publications:
            briefing, when = publication.briefing, publication.when
            for language in self.languages or briefing.languages:
                fields = {
                    "title": publication.title.lookup(language).text,
                    "when": format_span(when.start, when.end, when.timezone, language),
                    "status": briefing.status.value,
                    "revision": publication.revision,
                }
                yield Resource("notice", f"{briefing.identifier}.{language}", briefing.identifier, fields)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read the whole board; a notice is ours if it carries the mark that `apply` wrote."""
        del wanted, last  # a file is read whole, and our ids are found by their mark
        return Snapshot.of(
            self._remote(name, notice) for name, notice in self._board().items() if "briefing" in notice
        )

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Pin, change and take off notices; each is written before its outcome is told."""
        for change in changes:
            yield self._apply(change)

    def _apply(self, change: Change) -> Outcome:
        board = self._board()
        name = self._name(change)
        there = board.get(name)
        if there is not None and "briefing" not in there:
            return Outcome(
                change, Status.REFUSED, error=f"somebody else's notice hangs at {name}: take it off first"
            )
        seen = None if change.action is Action.CREATE or change.held is None else change.held.etag
        if there is not None and seen is not None and _digest(there) != seen:
            return Outcome(change, Status.FAILED, error="it was changed since it was read: plan again")
        if change.wanted is None:
            board.pop(name, None)
            self._write(board)
            return Outcome(change, Status.DONE)
        signed = {} if there is None else {"signed": there.get("signed", [])}  # a new hour unsigns nobody
        board[name] = {
            "briefing": change.owner,
            "notice": change.wanted.key,
            **change.wanted.fields,
            **signed,
        }
        self._write(board)
        return Outcome(change, Status.DONE, self._remote(name, board[name]))

    def _name(self, change: Change) -> str:
        """Derive a notice's name from its key: pinned twice, it is still one notice."""
        return sha256(change.identity.key.encode()).hexdigest()[:12]

    def _remote(self, name: str, notice: dict[str, Any]) -> Remote:
        fields = {key: value for key, value in notice.items() if key not in _NOT_OURS}
        resource = Resource("notice", notice["notice"], notice["briefing"], fields)
        return Remote(resource, name, etag=_digest(notice), ours=True)

    # People sign

    def pull(
        self,
        briefing: Briefing,
        programme: Programme,
        held: Mapping[Identity, Remote],
        since: str | None,
    ) -> Iterator[Page]:
        """Fetch who has signed, a page a notice. A line that cannot be read stops no other, and is told at the end."""
        del programme, held, since  # a board is read whole: what was taken before is known by its id
        unread = []
        for name, notice in self._board().items():
            if notice.get("briefing") != briefing.identifier:
                continue
            taken = []
            for number, line in enumerate(notice.get("signed", []), start=1):
                try:
                    taken.append(self._response(briefing, name, notice["notice"].rpartition(".")[2], line))
                except (AttributeError, KeyError, TypeError, ValueError, ModelError):
                    unread.append(f"line {number} of {notice['notice']}")
            yield Page(tuple(taken))
        if unread:
            raise IntegrationError(
                f"who signed cannot be read at {', '.join(unread)}: write name, email and at"
            )

    def locate(self, response: str) -> str:
        """Say where somebody's line stands, for whoever strikes it out."""
        return f"on the notice {response.partition('-')[0]} in {self._file}"

    def _response(self, briefing: Briefing, name: str, language: str, line: dict[str, str]) -> Response:
        answers = {"name": line["name"], "email": line["email"]}
        known = sha256(answers["email"].casefold().encode()).hexdigest()[:12]
        at = datetime.fromisoformat(line["at"])
        return Response(f"{name}-{known}", briefing.identifier, self.target, at, language, answers)

    @property
    def _file(self) -> Path:
        return self.base / self.path

    def _board(self) -> dict[str, dict[str, Any]]:
        try:
            board: dict[str, dict[str, Any]] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise IntegrationError(f"the board {self._file} cannot be read: {error}") from error
        return board

    def _write(self, board: dict[str, dict[str, Any]]) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(board, ensure_ascii=False, indent=1), encoding="utf-8")
        beside.replace(self._file)


def _digest(notice: dict[str, Any]) -> str:
    ours = {name: value for name, value in notice.items() if name != "signed"}
    return sha256(json.dumps(ours, sort_keys=True).encode()).hexdigest()
