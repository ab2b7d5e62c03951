"""Hypothesis strategies for the whole model, used by briefingkit's own tests and open to yours.

from hypothesis import given
from briefingkit.testing.strategies import publications

@given(publications())
def test_my_integration_projects_anything(publication): ...

Strategies are kept once they are built: most of what a draw costs would be to build them anew.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import attrs
from hypothesis import strategies as st

from briefingkit import model
from briefingkit.model.briefing import Status
from briefingkit.model.question import OTHER
from briefingkit.model.registration import TAKEN
from briefingkit.testing.drawn_texts import (
    HOSTILE,
    LANGUAGES,
    ZONES,
    keys,
    multilingual_texts,
    names,
    urls,
    words,
)
from briefingkit.text.fallback import Fallback

__all__ = [
    "HOSTILE",
    "LANGUAGES",
    "ZONES",
    "agenda_items",
    "briefings",
    "keys",
    "multilingual_texts",
    "names",
    "people",
    "programmes",
    "publications",
    "registration_questions",
    "urls",
    "words",
]


@lru_cache
def _tuples(
    elements: st.SearchStrategy[Any], max_size: int = 3, by: str | None = "key"
) -> st.SearchStrategy[Any]:
    unique = (lambda value: getattr(value, by)) if by else None
    return st.lists(elements, max_size=max_size, unique_by=unique).map(tuple)


@lru_cache
def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@cache
def people() -> st.SearchStrategy[model.Person]:
    """Draw persons, with private data that is easy to find again: e-mail ends in @private.example."""
    return st.builds(
        model.Person,
        key=keys(),
        name=names(),
        position=_maybe(multilingual_texts()),
        organization=_maybe(names()),
        email=_maybe(keys().map("{}@private.example".format)),
        phone=_maybe(st.just("+00 1234 private")),
        language=_maybe(st.sampled_from(LANGUAGES)),
        timezone=_maybe(st.sampled_from(ZONES)),
    )


@cache
def _questions() -> st.SearchStrategy[model.Question]:
    return st.builds(model.Question, key=keys(), text=multilingual_texts(), in_form=st.booleans())


@st.composite
def agenda_items(draw: st.DrawFn, persons: tuple[str, ...] = ()) -> model.AgendaItem:
    """Draw an agenda item whose participants are among `persons` (keys)."""
    participant = st.builds(
        model.Participant,
        person=st.sampled_from(persons) if persons else st.none(),
        role=st.sampled_from(model.ParticipantRole),
        status=st.sampled_from(model.ParticipantStatus) if persons else st.just(model.ParticipantStatus.TBC),
    )
    timing = draw(st.sampled_from(("start", "duration", "both", "none")))
    minutes = draw(st.integers(1, 240))
    return model.AgendaItem(
        key=draw(keys()),
        title=draw(multilingual_texts()),
        kind=draw(st.sampled_from(model.ItemKind)),
        start=draw(st.times(timezones=st.none())).replace(second=0, microsecond=0, fold=0)
        if timing in ("start", "both")
        else None,
        duration=timedelta(minutes=minutes) if timing in ("duration", "both") else None,
        description=draw(_maybe(multilingual_texts())),
        participants=tuple(draw(st.lists(participant, max_size=2))),
        questions=draw(_tuples(_questions(), 2)),
        capacity=draw(_maybe(st.integers(1, 500))),
    )


@cache
def _places() -> st.SearchStrategy[model.Place]:
    online = st.builds(model.Online, url=_maybe(urls()), access=st.sampled_from(model.Access))
    venue = st.builds(
        model.Venue, name=names(), address=_maybe(names()), access=st.sampled_from(model.Access)
    )
    return st.one_of(
        st.builds(model.Place, online=online, venue=st.none()),
        st.builds(model.Place, online=st.none(), venue=venue),
        st.builds(model.Place, online=online, venue=venue),
    )


@cache
def _interpretations() -> st.SearchStrategy[model.Interpretation]:
    url = _maybe(st.one_of(urls(), keys().map(model.FromTarget)))
    channel = st.builds(model.Channel, language=st.sampled_from(LANGUAGES), url=url)
    floor = st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=2, unique=True).map(tuple)
    return st.builds(model.Interpretation, floor=floor, into=_tuples(channel, 3, by="language"))


@cache
def _accessibility() -> st.SearchStrategy[model.Accessibility]:
    requests = st.builds(
        model.ArrangementRequests, until=_maybe(st.dates(date(2000, 1, 1), date(2037, 12, 31)))
    )
    tags = st.lists(st.sampled_from(("en", "fr", "ar")), max_size=2).map(tuple)
    return st.builds(model.Accessibility, captions=tags, sign=st.just(("ils",)), requests=_maybe(requests))


@st.composite
def registration_questions(draw: st.DrawFn, key: str | None = None) -> model.RegistrationQuestion:
    """Draw a question of any type, within every bound, asked of everybody; under a key of one's own, if given."""
    kind = draw(st.sampled_from(model.QuestionType))
    return model.RegistrationQuestion(
        key=draw(_question_keys()) if key is None else key,
        text=draw(multilingual_texts()),
        type=kind,
        required=draw(st.booleans()),
        description=draw(_maybe(multilingual_texts())),
        **{name: draw(values) for name, values in _bounds(kind).items()},
    )


@cache
def _question_keys() -> st.SearchStrategy[str]:
    return keys().filter(lambda key: key not in TAKEN)


def _bounds(kind: model.QuestionType) -> dict[str, st.SearchStrategy[Any]]:
    """Give what a question of a type has besides, by the names of its fields."""
    longest, label = _maybe(st.integers(1, 10_000)), _maybe(multilingual_texts())
    day = st.dates(date(2000, 1, 1), date(2018, 12, 31))
    chosen: dict[str, st.SearchStrategy[Any]] = {"options": _options(), "other": st.booleans()}
    match kind:
        case model.QuestionType.TEXT:
            patterns = ("[A-Z]{2}[0-9]{4,6}", "(a+)+", r"\w+ \w+|-", "^x?y*$")
            return {"longest": longest, "pattern": _maybe(st.sampled_from(patterns))}
        case model.QuestionType.PARAGRAPH:
            return {"longest": longest}
        case model.QuestionType.CHOICE:
            return chosen
        case model.QuestionType.CHOICES:
            return {**chosen, "least": _maybe(st.just(1)), "most": _maybe(st.integers(1, 2))}
        case model.QuestionType.SCALE:
            ends = {"least": _maybe(st.integers(0, 1)), "most": _maybe(st.integers(2, 10))}
            return {**ends, "least_label": label, "most_label": label}
        case model.QuestionType.RATING:
            return {"most": _maybe(st.integers(3, 10))}
        case model.QuestionType.DATE:
            return {
                "earliest": _maybe(day),
                "latest": _maybe(day.map(lambda one: one + timedelta(days=7000))),
            }
        case _:
            return {}


@st.composite
def _options(draw: st.DrawFn) -> tuple[model.Option, ...]:
    named = draw(st.lists(keys().filter(OTHER.__ne__), min_size=2, max_size=3, unique=True))
    return tuple(model.Option(key, draw(multilingual_texts())) for key in named)


@st.composite
def _form_questions(draw: st.DrawFn) -> tuple[model.RegistrationQuestion, ...]:
    """Draw questions of which some are asked only after an answer to one before them."""
    # Questions are the longest part of a briefing by far: most briefings ask none.
    most = draw(st.sampled_from((0, 0, 0, 1, 3)))
    named = draw(st.lists(_question_keys(), max_size=most, unique=True))
    drawn = [draw(registration_questions(key)) for key in named]
    for index, question in enumerate(drawn):
        earlier = [one for one in drawn[:index] if one.answers]
        if earlier and index % 2:
            one = draw(st.sampled_from(earlier))
            answers = draw(st.lists(st.sampled_from(one.answers or ()), min_size=1, max_size=2, unique=True))
            drawn[index] = attrs.evolve(question, shown_if=model.ShownIf(one.key, tuple(answers)))
    return tuple(drawn)


def _with_required(registration: model.Registration) -> st.SearchStrategy[model.Registration]:
    asked = registration.fields
    some = st.lists(st.sampled_from(asked), max_size=2, unique=True).map(tuple) if asked else st.just(())
    return some.map(lambda required: attrs.evolve(registration, required_fields=required))


@cache
def _registrations() -> st.SearchStrategy[model.Registration]:
    def before(most: int, least: int) -> st.SearchStrategy[model.Offset]:
        return st.builds(model.Offset, delta=st.integers(-most, -least).map(lambda m: timedelta(minutes=m)))

    consent = st.builds(
        model.Consent,
        key=keys(),
        text=multilingual_texts(),
        retention=st.just(timedelta(days=90)),
        purpose=_maybe(multilingual_texts()),
    )
    fields = st.lists(st.sampled_from(model.RegistrationField), max_size=4, unique=True).map(tuple)
    return st.builds(
        model.Registration,
        url=_maybe(st.one_of(urls(), keys().map(model.FromTarget))),
        opens=_maybe(before(40_000, 20_001)),
        closes=_maybe(before(20_000, 1)),
        capacity=st.integers(1, 5000),
        waitlist=st.booleans(),
        fields=fields,
        questions=_form_questions(),
        consent=_maybe(consent),
        choose=_maybe(st.sampled_from(model.Choosable)),
    ).flatmap(_with_required)


@cache
def _mailings() -> st.SearchStrategy[model.Mailing]:
    audience = st.one_of(
        st.sampled_from(model.AudienceGroup).map(lambda group: model.Audience(group=group)),
        st.just(model.Audience(file="contacts.csv")),
    )
    return st.builds(
        model.Mailing,
        key=keys(),
        kind=st.sampled_from(model.MailingKind),
        audience=st.lists(audience, min_size=1, max_size=2).map(tuple),
        at=_maybe(
            st.builds(model.Offset, delta=st.just(timedelta(days=1)), anchor=st.sampled_from(model.Anchor))
        ),
        subject=_maybe(multilingual_texts()),
        text=_maybe(multilingual_texts()),
        calendar=_maybe(st.sampled_from(model.CalendarFile)),
        fallback=st.sampled_from(Fallback),
    )


@st.composite
def _spans(draw: st.DrawFn) -> tuple[Any, Any]:
    if draw(st.booleans()):
        first = draw(st.dates(date(2000, 1, 1), date(2037, 6, 30)))
        return first, first + timedelta(days=draw(st.integers(0, 5)))
    moment = draw(st.datetimes(datetime(2000, 1, 1), datetime(2037, 6, 30)))  # noqa: DTZ001 - local
    start = moment.replace(second=0, microsecond=0, fold=0)
    # Two hours at least, so that no clock change turns the span around.
    return start, start + timedelta(minutes=draw(st.integers(121, 5000)))


@cache
def _organizers() -> st.SearchStrategy[model.Organizer]:
    return st.builds(
        model.Organizer,
        key=keys(),
        name=names(),
        role=st.sampled_from(model.OrganizerRole),
        url=_maybe(urls()),
    )


@st.composite
def briefings(draw: st.DrawFn, *, status: st.SearchStrategy[Status] | None = None) -> model.Briefing:
    """Draw briefings that are complete: every field may be there, and all keys hold."""
    languages = tuple(draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True)))
    texts = multilingual_texts(languages)
    start, end = draw(_spans())
    persons = draw(_tuples(people(), 3))
    item = agenda_items(tuple(person.key for person in persons))
    related = st.builds(model.RelatedEvent, title=texts, start=st.just(date(2030, 1, 1)), url=_maybe(urls()))
    material = st.builds(
        model.Material, key=keys(), title=texts, url=_maybe(urls()), access=st.sampled_from(model.Access)
    )
    return model.Briefing(
        identifier=draw(keys()),
        languages=languages,
        title=draw(texts),
        namespace="example.org",
        status=draw(status or st.sampled_from([s for s in Status if s is not Status.DRAFT])),
        start=start,
        end=end,
        timezone=draw(st.sampled_from(ZONES)),
        track=draw(_maybe(names())),
        place=draw(_maybe(_places())),
        organizers=draw(_tuples(_organizers(), 2)),
        partners=draw(_tuples(st.builds(model.Partner, key=keys(), name=names(), url=_maybe(urls())), 2)),
        contact=draw(_maybe(st.builds(model.Contact, name=names(), email=st.just("desk@example.org")))),
        people=persons,
        part_of=draw(
            _maybe(st.builds(model.PartOf, title=texts, url=_maybe(urls()), joinable=st.booleans()))
        ),
        leads_to=tuple(draw(st.lists(related, max_size=2))),
        background=draw(_maybe(texts)),
        objectives=draw(_maybe(texts)),
        links=draw(_tuples(st.builds(model.Link, key=keys(), title=texts, url=_maybe(urls())), 2)),
        interpretation=draw(_maybe(_interpretations())),
        accessibility=draw(_maybe(_accessibility())),
        materials=draw(_tuples(material, 2)),
        agenda=draw(_tuples(item, 3)),
        registration=draw(_maybe(_registrations())),
        mailing=draw(_tuples(_mailings(), 2)),
    )


@st.composite
def publications(draw: st.DrawFn) -> model.Publication:
    """Draw publications: a briefing with any revision, at any second of this century's first part."""
    at = draw(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
    return model.Publication(draw(briefings()), revision=draw(st.integers(0, 10_000)), at=at)


def programmes(max_size: int = 4) -> st.SearchStrategy[model.Programme]:
    """Draw programmes: briefings with identifiers that differ."""
    held = st.lists(
        briefings(), min_size=1, max_size=max_size, unique_by=lambda briefing: briefing.identifier
    )
    return held.map(model.Programme)
