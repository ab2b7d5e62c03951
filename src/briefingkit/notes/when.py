"""When the briefing is: which of a note's dates and times are its own, and what zone they are in."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from attrs import evolve, frozen

from briefingkit.notes.clock import TimeMention, find_duration
from briefingkit.notes.days import DayMention
from briefingkit.notes.sightings import Calendar, Sighting, sentence
from briefingkit.notes.value import Confidence, Found, Span
from briefingkit.notes.vocabulary import Topic

__all__ = ["EventTime", "read_duration_of", "read_when"]

_SCORES = {
    Topic.WHEN: 6, Topic.HEAD: 4, Topic.TITLE: 3, Topic.FORMAT: 2, Topic.PLACE: 2,
    Topic.AGENDA: 0, Topic.BACKGROUND: -3,
    Topic.OBJECTIVES: -3, Topic.REGISTRATION: -5, Topic.CONTACT: -5, Topic.LINKS: -6,
}  # fmt: skip
_DEADLINE = re.compile(
    r"\b(regist\w*|rsvp|deadline|no later|before|until|sign up|apply|submit\w*|closes?|avant le"
    r"|au plus tard|limite|inscri\w*"
    r"|jusqu'au|antes del|hasta el|a mas tardar|plazo|cierre)\b"
)
_PAST = re.compile(
    r"\b(adopted|endorsed|held in|since|launched on|published|signed|adopte\w*|depuis|adopt\w+"
    r"|celebrad[oa]s?|firmad\w+)\b"
)
_HELD = re.compile(
    r"\b(will (?:be )?(?:take place|held|happen|host\w*|convene|gather|meet)|takes? place|is scheduled"
    r"|will be held|join us|invit\w+"
    r"|aura lieu|se tiendra|se deroulera|tendra lugar|se celebrara|se llevara a cabo|se realizara|invita\w*"
    r"|save the date)\b"
)
_TIME_TOPICS = (Topic.WHEN, Topic.HEAD, Topic.TITLE, Topic.FORMAT, Topic.PLACE)
_MOST_NEAR = 3


@frozen
class EventTime:
    """The briefing's own time, as read: `day` and `time` are None where the note does not say."""

    day: DayMention | None = None
    time: TimeMention | None = None
    first: date | None = None
    last: date | None = None
    start: datetime | None = None
    end: datetime | None = None
    found: tuple[Found, ...] = ()


@frozen(eq=False)
class _Choice:
    score: int
    sighting: Sighting
    mention: DayMention


def _score(calendar: Calendar, sighting: Sighting, mention: DayMention) -> int:
    text = sighting.block.passage.folded
    start, end = sentence(sighting.block.passage.text, mention.start)
    before, around = text[start : mention.start], text[start:end]
    score = _SCORES.get(sighting.topic, -2)
    score += 3 * bool(sighting.times or any(near.times for near in _near(calendar, sighting)))
    score += 2 * (mention.first.year is not None) + (mention.first.weekday is not None)
    score += 5 * bool(_HELD.search(around)) if sighting.topic is not Topic.WHEN else 0
    return score - 8 * bool(_DEADLINE.search(before)) - 5 * bool(_PAST.search(before))


def _near(calendar: Calendar, sighting: Sighting) -> Iterator[Sighting]:
    for other in calendar.sightings[max(0, sighting.index - 1) : sighting.index + _MOST_NEAR]:
        if (
            other is not sighting
            and other.topic in _TIME_TOPICS
            and not other.days
            and len(other.block.passage.text) < 200
        ):
            yield other


def _choices(calendar: Calendar, taken: "tuple[Span, ...]") -> list[_Choice]:
    choices = []
    for sighting in calendar.sightings:
        for mention in sighting.days:
            span = sighting.block.passage.span(mention.start, mention.end)
            if any(other.start < span.end and span.start < other.end for other in taken):
                continue
            choices.append(_Choice(_score(calendar, sighting, mention), sighting, calendar.resolve(mention)))
    return sorted(choices, key=lambda each: (-each.score, each.sighting.index, each.mention.start))


def _pick_time(calendar: Calendar, chosen: "_Choice | None") -> tuple[Sighting, TimeMention] | None:
    """Give the time beside the date; else the first sure one of the head, the labels and the sentence that holds it."""
    if chosen is not None:
        own = [each for each in chosen.sighting.times if each.sure or each.last]
        after = [each for each in own if each.start >= chosen.mention.end]
        if own:
            return chosen.sighting, (after or own)[0]
        for near in _near(calendar, chosen.sighting):
            if sure := [each for each in near.times if each.sure]:
                return near, sure[0]
    for sighting in sorted(calendar.sightings, key=lambda each: each.topic is not Topic.WHEN):
        short = len(sighting.block.passage.text) < 200 or _HELD.search(sighting.block.passage.folded)
        if sighting.topic in _TIME_TOPICS and short:
            for mention in sighting.times:
                if mention.sure:
                    return sighting, mention
    return None


def _span_of_days(choices: list[_Choice]) -> tuple[date, date] | None:
    """Give the span of several days of equal rank: a date for each day under "Date", or the days of the agenda."""
    top = [
        each
        for each in choices
        if each.score >= choices[0].score - 1 and each.sighting.topic is choices[0].sighting.topic
    ]
    if choices[0].sighting.topic not in {Topic.WHEN, Topic.AGENDA} or len(top) < 2:
        return None
    dates = sorted(day for each in top if each.mention.dates for day in each.mention.dates)
    return (dates[0], dates[-1]) if dates and dates[-1] - dates[0] <= timedelta(days=14) else None


def read_when(calendar: Calendar, taken: "tuple[Span, ...]" = ()) -> EventTime:
    """Decide the briefing's date and times; `taken` are the places of dates that belong to other events."""
    choices = _choices(calendar, taken)
    chosen = choices[0] if choices and choices[0].score >= -1 else None
    picked = _pick_time(calendar, chosen)
    if chosen is None or chosen.mention.dates is None:
        return EventTime(found=tuple(_no_date(choices, picked)))
    first, last = chosen.mention.dates
    problems = list(chosen.mention.problems)
    if spread := _span_of_days(choices):
        first, last = min(first, spread[0]), max(last, spread[1])
        problems.append("the note names several days")
    time = picked[1] if picked else None
    event = EventTime(chosen.mention, time, first, last)
    if picked is None:
        return evolve(event, found=tuple(_all_day(chosen, event, problems, choices)))
    return _timed(event, chosen, picked, problems, choices)


def _others(chosen: _Choice, choices: list[_Choice], first: date | None = None) -> tuple[str, ...]:
    """Other readings of the date: an ambiguous order, or another date of nearly the same rank."""
    rivals = [
        each.mention.dates[0] for each in choices[1:] if each.mention.dates and each.score >= chosen.score - 3
    ]
    ambiguous: list[date | None] = [day.dated() for day in chosen.mention.others]
    dates = [*ambiguous, *rivals, *_by_weekday(chosen.mention), *_other_years(chosen.mention)]
    return tuple(dict.fromkeys(day.isoformat() for day in dates if day is not None and day != first))


def _by_weekday(mention: DayMention) -> Iterator[date]:
    """Give the dates that the weekday would mean: in the same week, or on the same day of the years around."""
    dated, weekday = mention.first.dated(), mention.first.weekday
    if dated is None or weekday is None or dated.weekday() == weekday:
        return
    yield dated + timedelta(days=(weekday - dated.weekday() + 3) % 7 - 3)
    for year in (dated.year - 1, dated.year + 1):
        other = mention.first.__class__(mention.first.month, mention.first.day, year).dated()
        if other is not None and other.weekday() == weekday:
            yield other


def _certainty(problems: list[str], others: tuple[str, ...]) -> Confidence:
    if problems:
        return Confidence.LOW
    return Confidence.MEDIUM if others else Confidence.HIGH


def _other_years(mention: DayMention) -> Iterator[date]:
    """Give the years around an inferred one in which the weekday fits, where the note gives one."""
    dated, weekday = mention.first.dated(), mention.first.weekday
    if dated is None or not mention.inferred:
        return
    for year in range(dated.year - 6, dated.year + 7):
        other = evolve(mention.first, year=year).dated()
        if other is not None and (
            other.weekday() == weekday if weekday is not None else abs(year - dated.year) == 1
        ):
            yield other


_CONFIRM = "a person confirms the date of every draft"


def _no_date(choices: list[_Choice], picked: "tuple[Sighting, TimeMention] | None") -> Iterator[Found]:
    dates = tuple(dict.fromkeys(each.mention.dates[0].isoformat() for each in choices if each.mention.dates))
    note = "no date of the note is surely the briefing's own" if choices else "the note gives no date"
    if choices and not dates:
        problems = dict.fromkeys(p for c in choices for p in c.mention.problems)
        words = [c.sighting.block.passage.text[c.mention.start : c.mention.end] for c in choices[:3]]
        why = "; ".join(problems) or ", ".join(map(repr, dict.fromkeys(words)))
        note = f"the note's dates are not complete: {why}"
    if picked:
        note += f"; it says {picked[0].block.passage.text[picked[1].start : picked[1].end]!r} of the time"
    yield Found.doubt(
        "start", None, "event date", (), note, confidence=Confidence.LOW, alternatives=dates[:5]
    )


def _date_span(chosen: _Choice) -> Span:
    return chosen.sighting.block.passage.span(chosen.mention.start, chosen.mention.end)


def _all_day(
    chosen: _Choice, event: EventTime, problems: list[str], choices: list[_Choice]
) -> Iterator[Found]:
    others = _others(chosen, choices, event.first)
    note = "; ".join([*problems, "the note gives no time: a date alone is a whole day"])
    start = str(event.first)
    yield Found.doubt(
        "start",
        start,
        "event date",
        (_date_span(chosen),),
        note,
        confidence=_certainty(problems, others),
        alternatives=others,
    )
    if event.last != event.first:
        yield Found("end", str(event.last), "event date", (_date_span(chosen),), _certainty(problems, others))


def _timed(
    event: EventTime,
    chosen: _Choice,
    picked: tuple[Sighting, TimeMention],
    problems: list[str],
    choices: list[_Choice],
) -> EventTime:
    sighting, time = picked
    passage = sighting.block.passage
    span = passage.span(time.start, time.end)
    assert event.first is not None and event.last is not None  # noqa: S101, PT018 - a date was chosen
    start = datetime.combine(event.first, time.first)
    others = _others(chosen, choices, event.first)
    began = Found.doubt(
        "start",
        f"{start:%Y-%m-%dT%H:%M}",
        "event date and time",
        (_date_span(chosen), span),
        "; ".join(problems or [_CONFIRM]),
        confidence=_certainty(problems, others),
        alternatives=others,
    )
    found = [began]
    end, ending = _ending(event, sighting, time)
    if ending is not None:
        found.append(evolve(ending, spans=ending.spans or (span,)))
    return evolve(event, start=start, end=end, found=tuple(found))


def _ending(event: EventTime, sighting: Sighting, time: TimeMention) -> tuple[datetime | None, Found | None]:
    """Give the end of the event, from its span of times and the last of its days."""
    assert event.last is not None  # noqa: S101 - a date was chosen
    if time.last is None:
        return None, None
    last, notes = time.last, list[str]()
    spans: tuple[Span, ...] = ()
    for further in sighting.times:
        if (
            further.start >= time.end
            and further.last
            and not further.zone
            and not time.zone
            and further.first > last
        ):
            last = further.last
            notes.append("the note gives two spans of time for the day")
            spans = (sighting.block.passage.span(time.start, further.end),)
    end = datetime.combine(event.last, last)
    if last <= time.first and event.first == event.last:
        end += timedelta(days=1)
        notes.append("the end is earlier than the start: it was taken for the next day")
    if event.first != event.last:
        notes.append("several days and one span of times: the end is the last day's")
    confidence = Confidence.MEDIUM if notes else Confidence.HIGH
    value = f"{end:%Y-%m-%dT%H:%M}"
    return end, Found(
        "end", value, "event date and time", spans, confidence, doubtful=bool(notes), note="; ".join(notes)
    )


def read_duration_of(calendar: Calendar) -> tuple[Span, timedelta] | None:
    """Find how long the briefing lasts, where its head says so and gives no end."""
    for sighting in calendar.sightings:
        if sighting.topic in _TIME_TOPICS and len(sighting.block.passage.text) < 200:
            duration = find_duration(sighting.block.passage)
            if duration is not None:
                return sighting.block.passage.span(duration[0], duration[1]), duration[2]
    return None
