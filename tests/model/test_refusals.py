"""Each constructor refuses nonsense, says what is wrong and names the field."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from briefingkit.errors import ModelError, TextError, Unpublishable
from briefingkit.model import (
    Accessibility,
    AgendaItem,
    ArrangementRequests,
    Audience,
    AudienceGroup,
    Briefing,
    Channel,
    Consent,
    Contact,
    FromTarget,
    Interpretation,
    Link,
    Mailing,
    MailingKind,
    Material,
    Offset,
    Option,
    Organizer,
    Participant,
    ParticipantRole,
    Partner,
    PartOf,
    Person,
    Place,
    Programme,
    Publication,
    Question,
    QuestionType,
    Registration,
    RegistrationField,
    RegistrationQuestion,
    RelatedEvent,
    ShownIf,
    When,
)
from briefingkit.text import MultilingualText, Name

TEXT = MultilingualText.of("A title", "en")
NAME = Name.of("Somebody")
NINE = datetime(2022, 4, 13, 9)
TEN = datetime(2022, 4, 13, 10)
DAY = date(2022, 4, 13)
AWARE = datetime(2022, 4, 13, 9, tzinfo=UTC)
SECOND_OF_TWO = datetime(2022, 10, 30, 2, 30, fold=1)
SPLIT_SECOND = datetime(2022, 4, 13, 9, 0, 0, 1)
LONG_AGO = date(202, 4, 13)
REGISTERED = (Audience(group=AudienceGroup.REGISTERED),)

BAD_KEYS = (
    "", "A", "a b", "-a", "a-", "a--b", "a_b", "é", "a/b", "..", "a\n", "a\x00", "x" * 65, "\u0661",
)  # fmt: skip
BAD_EMAILS = (
    "", "nobody", "a@b", "@example.org", "a b@example.org", "a@example.org\r\nBcc: b@example.org",
    "<a@example.org>", "a@example.org,b@example.org", "a@exa\x7fmple.org", "a@\u202eexample.org",
    "\ud800@example.org", f"{'x' * 65}@example.org", f"a@{'x' * 250}.org",
)  # fmt: skip
BAD_PHONES = ("", "none", "+32 2\r\nX-Evil: 1", "1" * 65, "\u202e555")
BAD_PATHS = (
    "", " ", "/etc/passwd", "~/logo.svg", "../logo.svg", "a/../../b", "a\\..\\b", "\\\\host\\share", "C:logo.svg",
    "logo\x00.svg", "a\nb", "x" * 256, "\ud800",
)  # fmt: skip
BAD_LOCALS: tuple[Any, ...] = (AWARE, SECOND_OF_TWO, SPLIT_SECOND, LONG_AGO, datetime(9999, 12, 31, 23))

keyed: dict[str, Callable[[str], object]] = {
    "briefing": lambda key: Briefing(key, ("en",)),
    "agenda item": lambda key: AgendaItem(key, TEXT),
    "question": lambda key: Question(key, TEXT),
    "organizer": lambda key: Organizer(key, NAME),
    "partner": lambda key: Partner(key, NAME),
    "person": lambda key: Person(key, NAME),
    "link": lambda key: Link(key, TEXT),
    "material": lambda key: Material(key, TEXT),
    "option": lambda key: Option(key, TEXT),
    "registration question": lambda key: RegistrationQuestion(key, TEXT),
    "consent": lambda key: Consent(key, TEXT),
    "mailing": lambda key: Mailing(key, MailingKind.REMINDER, REGISTERED),
    "target": FromTarget,
    "parent": lambda key: PartOf(briefing=key),
}


@pytest.mark.parametrize("key", BAD_KEYS)
@pytest.mark.parametrize("make", keyed.values(), ids=keyed)
def test_a_key_that_could_not_be_a_file_name_and_an_address_is_refused(
    make: Callable[[str], object], key: str
) -> None:
    with pytest.raises(ModelError, match="is no key: lower-case ASCII") as caught:
        make(key)
    assert caught.value.field in {"key", "identifier", "target", "briefing"}


@pytest.mark.parametrize("make", keyed.values(), ids=keyed)
def test_a_key_of_words_joined_by_hyphens_is_taken(make: Callable[[str], object]) -> None:
    assert make("a-1-b")
    assert make("x" * 64)


@pytest.mark.parametrize("email", BAD_EMAILS)
@pytest.mark.parametrize(
    "make",
    [
        lambda email: Person("a", NAME, email=email),
        lambda email: Contact(email=email),
        lambda email: ArrangementRequests(to=email),
    ],
)
def test_what_is_not_one_bare_address_is_refused(make: Callable[[str], object], email: str) -> None:
    with pytest.raises(ModelError, match="is no e-mail address such as"):
        make(email)


def test_addresses_of_any_script_and_common_shape_are_taken() -> None:
    for email in ("a@example.org", "first.last+tag@sub.example.org", "ана@пример.рф"):
        assert Contact(email=email).email == email


@pytest.mark.parametrize("phone", BAD_PHONES)
def test_a_telephone_number_that_could_not_be_dialled_or_breaks_a_line_is_refused(phone: str) -> None:
    with pytest.raises(ModelError, match="is no telephone number"):
        Person("a", NAME, phone=phone)
    with pytest.raises(ModelError, match="is no telephone number"):
        Contact(phone=phone)


@pytest.mark.parametrize("path", BAD_PATHS)
@pytest.mark.parametrize(
    "make",
    [
        lambda path: Organizer("a", NAME, logo=path),
        lambda path: Partner("a", NAME, logo=path),
        lambda path: Audience(file=path),
    ],
)
def test_a_path_that_leaves_the_folder_or_is_none_is_refused(
    make: Callable[[str], object], path: str
) -> None:
    with pytest.raises(ModelError, match=r"leaves the briefing's folder|is no path"):
        make(path)


def test_a_path_below_the_folder_is_taken() -> None:
    for path in ("logo.svg", "logos/été.svg", "a/..b/c", "...", ".hidden"):
        assert Partner("a", NAME, logo=path).logo == path


@pytest.mark.parametrize("local", BAD_LOCALS)
@pytest.mark.parametrize(
    "make",
    [
        lambda local: Briefing("a", ("en",), start=local),
        lambda local: When(local, local, "UTC"),
        lambda local: PartOf(title=TEXT, start=local),
        lambda local: PartOf(title=TEXT, end=local),
        lambda local: RelatedEvent(TEXT, start=local),
        lambda local: RelatedEvent(TEXT, end=local),
        lambda local: Registration(opens=local),
        lambda local: Registration(closes=local),
        lambda local: Mailing("a", MailingKind.REMINDER, REGISTERED, at=local),
    ],
)
def test_a_local_time_that_the_file_could_not_say_is_refused(
    make: Callable[[Any], object], local: object
) -> None:
    with pytest.raises(ModelError, match=r"zone of its own|to the second at most|brings twice|surely a slip"):
        make(local)


@pytest.mark.parametrize("day", [NINE, LONG_AGO, date(2200, 1, 1)])
def test_a_day_is_a_date_alone_and_of_this_age(day: date) -> None:
    with pytest.raises(ModelError) as caught:
        AgendaItem("a", TEXT, start=time(9), day=day)
    assert caught.value.field == "day"
    with pytest.raises(ModelError) as caught:
        ArrangementRequests(until=day)
    assert caught.value.field == "until"


@pytest.mark.parametrize(
    "length",
    [timedelta(), timedelta(minutes=-5), timedelta(seconds=30), timedelta(minutes=1, microseconds=1), timedelta(4000)],
)  # fmt: skip
def test_a_duration_that_the_file_could_not_say_is_refused(length: timedelta) -> None:
    with pytest.raises(ModelError, match="whole minutes") as caught:
        AgendaItem("a", TEXT, duration=length)
    assert caught.value.field == "duration"
    with pytest.raises(ModelError, match="whole minutes") as caught:
        Consent("a", TEXT, retention=length)
    assert caught.value.field == "retention"


COMPLETE = Briefing("a", ("en",), TEXT, start=NINE, end=TEN, timezone="UTC")
choice = RegistrationQuestion("a", TEXT, QuestionType.CHOICE, options=(Option("yes", TEXT),))
refusals: dict[str, tuple[Callable[[], object], str, str | None]] = {
    "a time of day with a zone": (
        lambda: AgendaItem("a", TEXT, start=time(9, tzinfo=UTC)), "no zone of its own", "start",
    ),
    "a day without a start": (lambda: AgendaItem("a", TEXT, day=DAY), "a day without a start", "day"),
    "questions with one key": (
        lambda: AgendaItem("a", TEXT, questions=(Question("q", TEXT), Question("q", TEXT))),
        "two questions have the key q", "questions",
    ),
    "a confirmed nobody": (Participant, "a part that is confirmed names a person", "status"),
    "a contact without anything": (Contact, "a contact has a name", None),
    "a place that is nowhere": (Place, "a place is online, a venue, or both", None),
    "an interpretation of nothing": (lambda: Interpretation(()), "spoken in the room", "floor"),
    "two channels in a language": (
        lambda: Interpretation(("en",), (Channel("fr"), Channel("FR"))), "two channels are in fr", "into",
    ),
    "an audience of nobody": (Audience, "an audience is a group", None),
    "an audience of two sorts": (
        lambda: Audience(AudienceGroup.ABSENT, "contacts.csv"), "an audience is a group", None,
    ),
    "roles of registrants": (
        lambda: Audience(AudienceGroup.REGISTERED, roles=(ParticipantRole.SPEAKER,)), "of participants", "roles",
    ),
    "segments of participants": (
        lambda: Audience(AudienceGroup.PARTICIPANTS, segments=("a",)), "of those who registered", "segments",
    ),
    "answers of a file": (
        lambda: Audience(file="a.csv", answers=(ShownIf("q", ("yes",)),)), "of those who registered", "answers",
    ),
    "a sheet of a group": (lambda: Audience(AudienceGroup.ABSENT, sheet="a"), "a sheet is of a file", "sheet"),
    "a mailing to nobody": (lambda: Mailing("a", MailingKind.UPDATE, ()), "needs an audience", "audience"),
    "a parent without a name": (PartOf, "names a briefing of the tree, or gives a title", None),
    "a parent that ends first": (
        lambda: PartOf(title=TEXT, start=DAY, end=date(2022, 4, 12)), "is before the first", "end",
    ),
    "a forum that ends first": (lambda: RelatedEvent(TEXT, TEN, NINE), "is before the start", "end"),
    "a forum of a date and a time": (lambda: RelatedEvent(TEXT, DAY, NINE), "both a date", "end"),
    "room for nobody": (lambda: Registration(capacity=0), "a capacity is at least 1", "capacity"),
    "a waiting list without a limit": (lambda: Registration(waitlist=True), "needs a capacity", "waitlist"),
    "a field asked twice": (
        lambda: Registration(fields=(RegistrationField.NAME,) * 2), "the field name is asked twice", "fields",
    ),
    "a question asked twice": (
        lambda: Registration(questions=(choice, choice)), "two questions have the key a", "questions",
    ),
    "doors that close before they open": (
        lambda: Registration(opens=TEN, closes=NINE), "closes before it opens", "closes",
    ),
    "offsets that close before they open": (
        lambda: Registration(opens=Offset.parse("-1d"), closes=Offset.parse("-2d")),
        "closes before it opens", "closes",
    ),
    "a choice among nothing": (
        lambda: RegistrationQuestion("a", TEXT, QuestionType.CHOICES), "a choice needs options", "options",
    ),
    "options for a text": (
        lambda: RegistrationQuestion("a", TEXT, options=(Option("b", TEXT),)), "options are for a choice", "options",
    ),
    "options with one key": (
        lambda: RegistrationQuestion("a", TEXT, QuestionType.CHOICE, options=(Option("b", TEXT),) * 2),
        "two options have the key b", "options",
    ),
    "an offset of seconds": (lambda: Offset(timedelta(seconds=1)), "of whole minutes", "delta"),
    "an offset of an age": (lambda: Offset(timedelta(days=-4000)), "at most ten years", "delta"),
    "a revision below nothing": (
        lambda: Publication(COMPLETE, revision=-1), "a revision counts from 0", "revision",
    ),
    "a publication of no known moment": (lambda: Publication(COMPLETE, at=NINE), "carries its zone", "at"),
    "two briefings of one name": (
        lambda: Programme([COMPLETE, COMPLETE]), "two briefings have the identifier a", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "message", "field"), refusals.values(), ids=refusals)
def test_a_contradiction_is_refused_and_its_field_named(
    make: Callable[[], object], message: str, field: str | None
) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        make()
    assert caught.value.field == field


@pytest.mark.parametrize(
    "make",
    [
        lambda: Briefing("a", ("xx-nonsense-tag-of-all",)),
        lambda: Person("a", NAME, language="klingonish"),
        lambda: Channel("no language"),
        lambda: Accessibility(captions=("not a tag",)),
    ],
)
def test_a_tag_that_is_no_language_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(TextError):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Briefing("a", ("en",), timezone="Mars/Phobos"),
        lambda: Person("a", NAME, timezone="Mars/Phobos"),
        lambda: When(NINE, TEN, "Mars/Phobos"),
    ],
)
def test_a_zone_that_tzdata_does_not_know_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(TextError, match="is not a time zone"):
        make()


def test_a_publication_says_everything_that_is_missing() -> None:
    with pytest.raises(Unpublishable, match="a has no title, no start, no end, no timezone yet"):
        Publication(Briefing("a", ("en",)))
