"""Counting a list: one pass over it, of which only sums are kept, so that its length costs time and no memory.

What people write freely (organisations, options of old forms) is kept by name up to some thousands of names; who comes
after that is counted as further.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from briefingkit.errors import TextError
from briefingkit.model import RegistrationField
from briefingkit.registrations.files.cells import language_tag
from briefingkit.registrations.files.columns import plain
from briefingkit.registrations.form import (
    NO_INTERPRETATION,
    SEGMENTS,
    FieldType,
    FormField,
    form_of,
    other_of,
)
from briefingkit.registrations.labels import Label, Named, Said, countries
from briefingkit.registrations.registration import WHOLE, Registration, RegistrationStatus
from briefingkit.registrations.statistics.values import (
    BOOTH_FROM,
    AttendanceStatistics,
    Breakdown,
    Count,
    Demand,
    QuestionStatistics,
    Statistics,
    WrittenAnswers,
)
from briefingkit.text.phrases import msgid
from briefingkit.text.zones import in_zone

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.registrations.response import Answer

__all__ = ["answer_keys", "is_written", "option_label", "statistics_of"]

_NAMES = 5000  # kept of what people write freely
_BUILT_IN = frozenset(each.value for each in RegistrationField)
_WRITTEN = frozenset((FieldType.TEXT, FieldType.PARAGRAPH))
_NUMBERS = frozenset((FieldType.SCALE, FieldType.RATING))
_YES_NO = {"yes": Said(msgid("Yes")), "no": Said(msgid("No"))}
_GUIDING = "agenda."


def statistics_of(
    briefing: "Briefing",
    programme: "Programme",
    registrations: Iterable[Registration],
    *,
    at: datetime,
    booth_from: int = BOOTH_FROM,
    present: Mapping[str, int | None] | None = None,
    erased: int = 0,
) -> Statistics:
    """Count a list as of `at` (aware). `erased` is how many registrations were on it and are gone.

    `present` holds the minutes of those who were there, by person, where it is known who was. `booth_from` is how many
    people make interpretation into a language worth while.
    """
    counting = _Counting(briefing, programme, present or {})
    for registration in registrations:
        counting.add(registration)
    attendance = None if present is None else counting.presence.statistics(counting.counted)
    counted = counting.statistics(at, booth_from)
    return evolve(counted, attendance=attendance, erased=erased)


def is_written(asked: FormField) -> bool:
    """Tell whether a field is a question that is answered in words, and no built-in field."""
    return asked.type in _WRITTEN and asked.key not in _BUILT_IN


def answer_keys(answer: "Answer") -> tuple[str, ...]:
    """Give an answer as the keys of what was chosen; nothing where nothing was."""
    if isinstance(answer, bool):
        return ("yes" if answer else "no",)
    if isinstance(answer, tuple):
        return tuple(dict.fromkeys(answer))
    return () if answer is None or answer == "" else (str(answer),)


def option_label(asked: FormField, key: str) -> Label:
    """Say what an answer is called: an option by its own label, yes and no, a number or a day by itself."""
    if asked.type is FieldType.YES_NO and key in _YES_NO:
        return _YES_NO[key]
    return next((option.label for option in asked.options if option.key == key), Named.plain(key))


@define
class _Tally:
    """Counts by key, and of those who were there."""

    counts: Counter[str] = field(factory=Counter)
    attended: Counter[str] = field(factory=Counter)
    answered: int = 0
    further: int = 0
    names: dict[str, str] = field(factory=dict)

    def add(self, keys: Iterable[str], *, present: bool) -> None:
        """Count one person under each key."""
        said = False
        for key in keys:
            said = True
            if key not in self.counts and len(self.counts) >= _NAMES:
                self.further += 1
                continue
            self.counts[key] += 1
            self.attended[key] += present
        self.answered += said

    def add_name(self, answer: "Answer", *, present: bool) -> None:
        """Count one person under a name that is written freely; the first spelling of it is shown."""
        name = " ".join(answer.split()) if isinstance(answer, str) else ""
        key = plain(name) or name
        if key and len(self.names) < _NAMES:
            self.names.setdefault(key, name)
        self.add((key,) if key else (), present=present)

    def most_first(self) -> Iterator[tuple[str, int, int]]:
        """Give key, count and how many attended; equals by key."""
        for key, count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])):
            yield key, count, self.attended[key]


@define
class _Presence:
    """Who of the list was there, and for how long."""

    attended: int = 0
    unexpected: int = 0
    minutes: int = 0
    timed: int = 0

    def add(self, minutes: int | None, *, cancelled: bool) -> None:
        """Count somebody who was there."""
        self.attended += not cancelled
        self.unexpected += cancelled
        if minutes is not None:
            self.minutes += minutes
            self.timed += 1

    def statistics(self, expected: int) -> AttendanceStatistics:
        """Say it in numbers."""
        mean = self.minutes / self.timed if self.timed else None
        return AttendanceStatistics(expected, self.attended, self.unexpected, self.timed, mean)


@frozen
class _Place:
    """A part of the programme: who wants a place in it, and who has one."""

    wanted: _Tally = field(factory=_Tally)
    placed: Counter[str] = field(factory=Counter)


class _Counting:
    """The sums of one list."""

    def __init__(
        self, briefing: "Briefing", programme: "Programme", present: Mapping[str, int | None]
    ) -> None:
        self.briefing, self.form = briefing, form_of(briefing, programme)
        self.zone = briefing.timezone or "UTC"
        self.present = present
        self.total = self.counted = self.taken = self.accessibility = 0
        self.statuses, self.days = Counter[str](), Counter[date]()
        self.languages, self.countries, self.organizations = _Tally(), _Tally(), _Tally()
        self.interpretation, self.places, self.presence = _Tally(), _Place(), _Presence()
        self.questions = {
            asked.key: _Tally()
            for asked in self.form.fields
            if asked.key not in _BUILT_IN and asked.key != SEGMENTS and asked.type not in _WRITTEN
        }
        self.written: dict[str, Counter[str | None]] = {
            asked.key: Counter() for asked in self.form.fields if is_written(asked)
        }

    def add(self, registration: Registration) -> None:
        """Count one registration."""
        self.total += 1
        self.statuses[registration.status.value] += 1
        self.days[self._day(registration.created_at)] += 1
        cancelled = registration.status is RegistrationStatus.CANCELLED
        here = registration.person in self.present
        if here:
            self.presence.add(self.present[registration.person], cancelled=cancelled)
        if cancelled:
            return
        self.counted += 1
        self.taken += WHOLE in registration.places
        self._add_built_in(registration, here=here)
        self._add_answers(registration, here=here)

    def _day(self, moment: datetime) -> date:
        """Give the day in the briefing's zone; that of UTC at the ends of the calendar, where a file may put it."""
        try:
            return in_zone(moment, self.zone).date()
        except TextError:
            return moment.date()

    def _add_built_in(self, registration: Registration, *, here: bool) -> None:
        answers = registration.answers
        language = _tag(answers.get("language")) or _tag(registration.language)
        self.languages.add((language,) if language else (), present=here)
        self._add_country(answers.get("country"), here=here)
        self.organizations.add_name(answers.get("organization"), present=here)
        self.accessibility += bool(answers.get("accessibility"))
        needed = answers.get("interpretation")
        if isinstance(needed, str) and needed:
            self.interpretation.add((_tag(needed) or needed,), present=here)
        segments = registration.segments
        self.places.wanted.add(segments, present=here)
        self.places.placed.update(spot for spot in registration.places if spot in segments)

    def _add_country(self, answer: "Answer", *, here: bool) -> None:
        """Count a country by its code (ISO 3166-1), or by the name that a file gave it."""
        code = answer.strip().upper() if isinstance(answer, str) else ""
        if code in _codes():
            self.countries.add((code,), present=here)
        else:
            self.countries.add_name(answer, present=here)

    def _add_answers(self, registration: Registration, *, here: bool) -> None:
        language = _tag(registration.language) or _tag(registration.answers.get("language"))
        for key, answer in registration.answers.items():
            if key in _BUILT_IN or key == SEGMENTS:
                continue
            if key in self.questions:
                self.questions[key].add(answer_keys(answer), present=here)
            elif answer is not None and answer != "" and len(self.written) < _NAMES:
                self.written.setdefault(key, Counter())[language] += 1

    def statistics(self, at: datetime, booth_from: int) -> Statistics:
        """Give what was counted."""
        asked = self.briefing.registration
        return Statistics(
            briefing=self.briefing.identifier,
            title=self.briefing.title,
            at=at,
            timezone=self.zone,
            total=self.total,
            counted=self.counted,
            statuses={status.value: self.statuses[status.value] for status in RegistrationStatus},
            capacity=asked.capacity if asked else None,
            taken=self.taken,
            days=tuple(sorted(self.days.items())),
            languages=self._breakdown(self.languages, Named.language),
            countries=self._breakdown(self.countries, self._country),
            organizations=self._breakdown(self.organizations, self._organization),
            segments=self._segments(),
            demand=self._demand(booth_from),
            questions=tuple(self._questions()),
            written=tuple(self._written()),
            accessibility=self.accessibility,
        )

    def _breakdown(self, tally: _Tally, label: Callable[[str], Label]) -> Breakdown:
        counts = tuple(Count(key, label(key), count, there) for key, count, there in tally.most_first())
        return Breakdown(counts, tally.answered, self.counted - tally.answered, tally.further)

    def _country(self, key: str) -> Label:
        return Named.territory(key) if key in _codes() else Named.plain(self.countries.names.get(key, key))

    def _organization(self, key: str) -> Label:
        return Named.plain(self.organizations.names.get(key, key))

    def _segments(self) -> Breakdown:
        """Count places of parts in the form's order, then of those that it does not offer any more."""
        form, tally = self.form.by_key.get(SEGMENTS), self.places.wanted
        offered = form.options if form else ()
        known = {option.key for option in offered}
        counts = [
            Count(
                option.key,
                option.label,
                self.places.placed[option.key],
                tally.attended[option.key],
                option.capacity,
                tally.counts[option.key] - self.places.placed[option.key],
            )
            for option in offered
        ]
        counts += [
            Count(key, Named.plain(key), count, there, offered=False)
            for key, count, there in tally.most_first()
            if key not in known
        ]
        return Breakdown(tuple(counts), tally.answered, self.counted - tally.answered, tally.further)

    def _demand(self, booth_from: int) -> tuple[Demand, ...]:
        said, access = self.briefing.interpretation, self.briefing.accessibility
        planned = {channel.language for channel in said.into} if said else set()
        planned |= set(access.sign) if access else set()
        return tuple(
            Demand(key, count, self.counted, booth_from, key in planned)
            for key, count, _ in self.interpretation.most_first()
            if key != NO_INTERPRETATION and language_tag(key) == key
        )

    def _questions(self) -> Iterator[QuestionStatistics]:
        for key, tally in self.questions.items():
            asked = self.form.by_key[key]
            offered = _offered(asked)
            found = dict.fromkeys((*offered, *sorted(tally.counts)))
            counts = tuple(
                Count(
                    option,
                    option_label(asked, option),
                    tally.counts[option],
                    tally.attended[option],
                    offered=not offered or option in offered,
                )
                for option in found
            )
            told = Breakdown(counts, tally.answered, self.counted - tally.answered, tally.further)
            yield QuestionStatistics(key, asked.label, asked.type, told, _mean(asked, tally))

    def _written(self) -> Iterator[WrittenAnswers]:
        for key, languages in self.written.items():
            asked = self.form.by_key.get(key)
            label = asked.label if asked else Named.plain(key)
            by_most = dict(sorted(languages.items(), key=lambda item: (-item[1], item[0] or "")))
            about = other_of(self.form, key)
            yield WrittenAnswers(key, label, by_most, key.startswith(_GUIDING), asked is not None, about)


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(countries())


def _tag(answer: "Answer") -> str | None:
    return language_tag(answer) if isinstance(answer, str) else None


def _offered(asked: FormField) -> tuple[str, ...]:
    """Give every answer that a question offers; nothing for a day or a time, of which there are too many."""
    if asked.type is FieldType.YES_NO:
        return ("yes", "no")
    if asked.type in _NUMBERS and asked.least is not None and asked.most is not None:
        return tuple(map(str, range(asked.least, asked.most + 1)))
    return asked.option_keys


def _mean(asked: FormField, tally: _Tally) -> float | None:
    """Give the mean of the numbers that the question still has room for."""
    if asked.type not in _NUMBERS:
        return None
    numbers = {int(key): tally.counts[key] for key in _offered(asked)}
    total = sum(numbers.values())
    return sum(number * count for number, count in numbers.items()) / total if total else None
