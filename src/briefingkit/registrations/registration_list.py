"""One list: every registration for a briefing, from whatever intake, and what can be done with it."""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from attrs import evolve

from briefingkit.errors import RegistrationError
from briefingkit.registrations.capacity import terms_of
from briefingkit.registrations.codec import dumps, registration_of
from briefingkit.registrations.connected import Connections, not_connected
from briefingkit.registrations.counts import Counts
from briefingkit.registrations.events import Hook, deliver
from briefingkit.registrations.form_answers import checked, typed
from briefingkit.registrations.intake import Desk, Outcome, Sitting
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.registrations.response import Answer, ConsentGiven, OwnIntake, Response
from briefingkit.store.registrations import Registrations

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.registrations.attendance.marking import Attended
    from briefingkit.registrations.attendance.matching import AttendanceImported, Doubts
    from briefingkit.registrations.erasure import Erased
    from briefingkit.registrations.files.exporting import Exported
    from briefingkit.registrations.files.importing import Imported, Preview
    from briefingkit.registrations.mirroring import Kept
    from briefingkit.registrations.pulling import Pulled
    from briefingkit.registrations.statistics.answers_brief import AnswersBrief
    from briefingkit.registrations.statistics.values import Statistics
    from briefingkit.store.ledger import Ledger

__all__ = ["Counts", "RegistrationList", "key_of"]


def key_of(store: Registrations, make: Callable[[], str] = lambda: secrets.token_hex(32)) -> bytes:
    """Give the ledger's key for marks and event ids; it is made once."""
    return bytes.fromhex(store.key("registrations", make()))


class RegistrationList:
    """A briefing's list. Close it, or use it as a context manager; whoever forgets has the ledger closed with it.

    `hooks` are called with each event, by the name under which they have subscribed. `clock` gives an aware datetime.
    `connections` are the project's targets, of which some take registrations. `subscribers` have events kept for them.
    Every method is one transaction, and the places that it frees go to those who wait. Raises StoreError where the
    ledger cannot be read or written, RegistrationError for a person who is not there.
    """

    def __init__(
        self,
        briefing: "Briefing",
        programme: "Programme",
        ledger: "Ledger",
        *,
        clock: Callable[[], datetime],
        hooks: Mapping[str, Hook] | None = None,
        connections: Connections = not_connected,
        subscribers: Iterable[str] = (),
    ) -> None:
        self.briefing, self.programme = briefing, programme
        self.terms = terms_of(briefing, programme)
        self._ledger, self._clock, self._hooks = ledger, clock, dict(hooks or {})
        self._connections = connections
        self._store = Registrations(ledger)
        self._key = key_of(self._store)
        if names := (*self._hooks, *subscribers):
            self._store.subscribe(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the ledger back."""
        self._ledger.close()

    # Looking

    def list(self, status: RegistrationStatus | None = None) -> Iterator[Registration]:
        """Give the registrations in the order in which people came, all or those of a status, without holding all."""
        with self._store.reading(self.briefing.identifier) as reader:
            yield from map(registration_of, reader.all(status.value if status else None))

    def person(self, who: str) -> Registration:
        """Give one registration, by e-mail or by number (`#17`)."""
        with self._store.reading(self.briefing.identifier) as reader:
            if who.startswith("#"):
                with suppress(ValueError):
                    if row := reader.numbered(int(who[1:])):
                        return registration_of(row)
            elif email := normalised_email(who):
                for row in reader.registrations([email]).values():
                    return registration_of(row)
        # Not the address: what is raised ends up in logs.
        raise RegistrationError(
            f"nobody with that address or number is on the list of {self.briefing.identifier}"
        )

    def counts(self) -> Counts:
        """Count; nobody's data are in it."""
        with self._store.reading(self.briefing.identifier) as reader:
            held, found = reader.held(), reader.statuses()
        taken: dict[str, int] = json.loads(held.taken)
        return Counts(
            {status.value: found.get(status.value, 0) for status in RegistrationStatus},
            self.terms.capacity.whole,
            taken.pop("", 0),
            dict(sorted(taken.items())),
            json.loads(held.erased),
        )

    def statistics(self, *, booth_from: int | None = None) -> "Statistics":
        """Count the list, as of now and in one pass; of people's data only names of organisations are in it.

        `booth_from` is how many people make interpretation into a language worth while, 10 by default.
        """
        from briefingkit.registrations.attendance.marking import minutes_by_person
        from briefingkit.registrations.statistics.counting import statistics_of
        from briefingkit.registrations.statistics.values import BOOTH_FROM

        with self._store.reading(self.briefing.identifier) as reader:
            erased: dict[str, int] = json.loads(reader.held().erased)
            return statistics_of(
                self.briefing,
                self.programme,
                map(registration_of, reader.all()),
                at=self._clock(),
                booth_from=BOOTH_FROM if booth_from is None else booth_from,
                present=minutes_by_person(reader),
                erased=sum(erased.values()),
            )

    def answers(self, *, names: bool = False, most: int | None = None) -> "AnswersBrief":
        """Gather what people wrote, by question and language, for the moderator; their names only where asked for.

        At most `most` answers to a question in a language are kept, 500 by default; how many there are more is said.
        """
        from briefingkit.registrations.statistics.answers_brief import ANSWERS_AT_MOST, answers_of

        return answers_of(
            self.briefing,
            self.programme,
            self.list(),
            at=self._clock(),
            names=names,
            most=ANSWERS_AT_MOST if most is None else most,
        )

    # Taking in

    def add(
        self,
        answers: Mapping[str, Answer],
        *,
        language: str | None = None,
        consent: ConsentGiven | None = None,
    ) -> Outcome:
        """Take in what somebody told an organiser, who is there and learns the outcome; opening times do not bind them.

        Raises RegistrationError, with every problem, for answers that the form does not take.
        """
        now = self._clock()
        given = checked(self.briefing, self.programme, answers, language=language)
        digest = hashlib.sha256(dumps([now.isoformat(), dict(given)]).encode()).hexdigest()[:32]
        response = Response(digest, self.briefing.identifier, OwnIntake.HAND, now, language, given, consent)
        return self.receive(response, on_the_spot=True)

    def typed(self, answers: Mapping[str, str]) -> Mapping[str, Answer]:
        """Read answers that were typed as text, as a cell of a file is read: options by their text in any language.

        Raises RegistrationError, with the key of every answer that cannot be read.
        """
        return typed(self.briefing, self.programme, answers)

    def receive(self, response: Response, *, on_the_spot: bool = False) -> Outcome:
        """Take one response in. The same one twice changes nothing; an older one overwrites no newer answer.

        `on_the_spot` says that the person is there and can be told that it is full or over: then nothing is kept.
        Otherwise such a response is kept as pending, so that none is lost.
        """
        return self.receive_all([response], on_the_spot=on_the_spot)[0]

    def receive_all(self, responses: Iterable[Response], *, on_the_spot: bool = False) -> Sequence[Outcome]:
        """Take responses in, in order, all in one transaction. RegistrationError for one of another briefing."""
        taken = tuple(responses)
        for response in taken:
            if response.briefing != self.briefing.identifier:
                raise RegistrationError(
                    f"a response to {response.briefing[:80]} does not belong on the list of "
                    f"{self.briefing.identifier}"
                )
        with self._store.writing(self.briefing.identifier) as writer:
            outcomes = Sitting(writer, self.desk(on_the_spot=on_the_spot)).take(taken)
        self.deliver()
        return outcomes

    def cancel(self, who: str) -> Outcome:
        """Cancel a registration, by e-mail or number (`#17`); the place goes to whoever waits."""
        held = self.person(who)
        now = max(self._clock(), held.changed_at)
        digest = hashlib.sha256(f"cancel {held.person} {now.isoformat()}".encode(errors="replace"))
        response = Response(
            digest.hexdigest()[:32], self.briefing.identifier, OwnIntake.HAND, now, cancels=True
        )
        with self._store.writing(self.briefing.identifier) as writer:
            outcome = Sitting(writer, self.desk()).take([response], persons=[held.person])[0]
        self.deliver()
        return outcome

    def promote(self) -> Sequence[Registration]:
        """Give places that became free otherwise, as by a greater capacity, to those who wait; all writing does so."""
        with self._store.writing(self.briefing.identifier) as writer:
            promoted = Sitting(writer, self.desk()).promote()
        self.deliver()
        return promoted

    def pull(self) -> "Sequence[Pulled]":
        """Fetch what was handed in at every target that takes registrations; one that fails stops no other.

        Raises what loading the targets raises.
        """
        from briefingkit.registrations.pulling import Intake, pull_from

        pulled = [pull_from(source, self) for source in self._connections(Intake)]
        self.deliver()
        return pulled

    def mirror(self, targets: "Collection[str] | None" = None) -> "Sequence[Kept]":
        """Bring the list in step wherever it is kept as well, or at some targets; one that fails stops no other.

        Raises RegistrationError for a name that no such target has, and what loading the targets raises.
        """
        from briefingkit.registrations.mirroring import Mirror, keep_at

        sources = {source.name: source for source in self._connections(Mirror)}
        for name in targets or ():
            if name not in sources:
                known = ", ".join(sources) or "none"
                raise RegistrationError(f"no target called {name[:80]!r} keeps lists; there are: {known}")
        chosen = [source for name, source in sources.items() if targets is None or name in targets]
        return [keep_at(source, self.briefing, self.programme, self.list()) for source in chosen]

    # Attendance

    def mark_present(
        self, *who: str, since: datetime | None = None, minutes: int | None = None
    ) -> Sequence["Attended"]:
        """Mark people as present, by e-mail or number (`#17`), all or none: RegistrationError for one not on the list.

        `since` is when they came (aware) and `minutes` how long they stayed, where it is known.
        """
        from briefingkit.registrations.attendance.marking import mark, telling

        name, desk = self.briefing.identifier, self.desk()
        with self._store.writing(name) as writer, telling(writer, desk):
            marked = mark(writer, name, who, at=desk.now, since=since, minutes=minutes)
        self.deliver()
        return marked

    def mark_absent(self, *who: str) -> int:
        """Take back that people were there, whatever said so; give how many had been marked."""
        from briefingkit.registrations.attendance.marking import telling, unmark

        with self._store.writing(self.briefing.identifier) as writer, telling(writer, self.desk()):
            number = unmark(writer, self.briefing.identifier, who)
        self.deliver()
        return number

    def attendance(self) -> Sequence["Attended"]:
        """Give those on the list who were there, in the order in which they came onto it."""
        from briefingkit.registrations.attendance.marking import everybody_present

        with self._store.reading(self.briefing.identifier) as reader:
            return tuple(everybody_present(reader))

    def import_attendance(
        self,
        path: Path | str,
        *,
        doubts: "Doubts | None" = None,
        source: str | None = None,
        zone: str | None = None,
        preview: bool = False,
    ) -> "AttendanceImported":
        """Mark as present whom a meeting platform's report (CSV, XLSX) tells by an address that is on the list.

        The others are given back as doubts, which `doubts` settles by the number of the entry; the same report again
        changes nothing, and with `preview` nothing is written. `source` names a report that does not say of which
        meeting it is; `zone` is that of its clock, by default the briefing's. RegistrationError for what is no report.
        """
        from briefingkit.registrations.attendance.matching import import_report
        from briefingkit.registrations.attendance.meeting_report import read_report

        report = read_report(Path(path), source)
        done = import_report(
            self._store, self.briefing, report, doubts, desk=self.desk(), zone=zone, preview=preview
        )
        self.deliver()
        return done

    # Files

    def preview(
        self,
        path: Path | str,
        *,
        columns: Mapping[str, str] | None = None,
        sheet: str | None = None,
        encoding: str | None = None,
    ) -> "Preview":
        """Say what `import_` would make of a file's columns and first rows; nothing is written."""
        from briefingkit.registrations.files.importing import preview

        return preview(self, Path(path), columns=columns or {}, sheet=sheet, encoding=encoding)

    def import_(
        self,
        path: Path | str,
        *,
        columns: Mapping[str, str] | None = None,
        sheet: str | None = None,
        encoding: str | None = None,
        at: datetime | None = None,
    ) -> "Imported":
        """Merge a CSV or XLSX file into the list, some thousand rows in a transaction.

        `columns` names fields for headers that are not recognised; `at` says as of when the file is, now by default:
        older answers than those on the list do not overwrite them. A row that cannot be taken is reported with its
        number, and stops no other. A CSV is read as what it says that it is, as UTF-8, or else as Windows-1252, unless
        `encoding` says otherwise. RegistrationError for a file that is no table or has no column that is known.
        """
        from briefingkit.registrations.files.importing import import_file

        known, now = columns or {}, at or self._clock()
        done = import_file(self, Path(path), columns=known, sheet=sheet, encoding=encoding, at=now)
        self.deliver()
        return done

    def export(self, path: Path | str, format: str | None = None) -> "Exported":  # noqa: A002 - what it is
        """Write the list as `csv`, `xlsx` or `json`, by default what the file's name says.

        A text that a spreadsheet would run as a formula is disarmed. RegistrationError for another format.
        """
        from briefingkit.registrations.files.exporting import export_file

        return export_file(self, Path(path), format)

    # Personal data

    def erase(self, who: str) -> "Erased":
        """Erase all that the ledger holds of a person on this list, by e-mail or number, whether they are on it or not.

        An address is remembered as a keyed hash, so that no import brings it back. Then the list is brought in step
        wherever it is kept as well.
        """
        from briefingkit.registrations.erasure import erase_from
        from briefingkit.registrations.mirroring import kept_after_erasing
        from briefingkit.registrations.pulling import located

        person = self.person(who).person if who.startswith("#") else normalised_email(who)
        if person is None:
            raise RegistrationError("that is no e-mail address: give one, or a number such as #17")
        erased = erase_from(self._store, self.briefing.identifier, person, self.desk())
        self.deliver()
        if erased.registrations:
            name = self.briefing.identifier
            kept = kept_after_erasing(name, self.programme, self._connections, self.list())
            erased = evolve(erased, kept=tuple(kept))
        return located(erased, self._connections)

    # Telling

    def deliver(self) -> int:
        """Call the hooks with all that they have yet to be told; give how many failed and will be called again."""
        return deliver(self._store, self._hooks)

    def desk(self, *, on_the_spot: bool = False) -> Desk:
        """Give what responses are taken in by, as of now."""
        return Desk(self.terms, self._clock(), self._key, on_the_spot)

    @property
    def has_hooks(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self._hooks)

    @property
    def key(self) -> bytes:
        """The ledger's key, with which links, marks and the ids of events are made."""
        return self._key

    @property
    def store(self) -> Registrations:
        """The ledger's rows of registrations."""
        return self._store
