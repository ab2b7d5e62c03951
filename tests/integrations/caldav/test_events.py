"""One event between its canonical fields and the bytes that a server is sent: both ways, and all that others add."""

from datetime import date, datetime

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from briefingkit import model
from briefingkit.model import Briefing, Publication
from briefingkit.publish import Resource
from briefingkit.publish.codec import decode_fields, encode
from briefingkit.publish.guests import Guests
from briefingkit.publish.mint import mint
from briefingkit.publish.planning import context_for
from briefingkit.testing import strategies
from briefingkit.testing.contract import sample_briefing
from briefingkit.text import MultilingualText, Name
from briefingkit_caldav import CalDAV
from briefingkit_caldav.body import event_bytes
from briefingkit_caldav.choices import Scheduling
from briefingkit_caldav.content_lines import parse_components, parse_line, split_values, unescape
from briefingkit_caldav.event import FIELDS, Held, read_event

_AT = datetime.fromisoformat("2022-03-21T09:00:00+00:00")
_TARGET = CalDAV(url="https://cloud.example.org/calendars/anna/city/", target="city")


def _desired(*briefings: Briefing, target: CalDAV = _TARGET) -> list[Resource]:
    publications = mint(briefings, {}, {}, at=_AT)
    return list(target.desired(publications, context_for("city", "uclg.org", publications, {})))


def _event(briefing: Briefing, target: CalDAV = _TARGET) -> Resource:
    return _desired(briefing, target=target)[0]


def _held(content: bytes) -> Held:
    held = read_event(content.decode())
    assert held is not None
    return held


@given(strategies.publications())
def test_what_is_written_is_read_back_field_for_field(publication: Publication) -> None:
    for resource in _desired(evolve(publication.briefing, namespace="uclg.org")):
        assert tuple(resource.fields) == FIELDS
        assert decode_fields(encode(resource.fields)) == resource.fields
        content = event_bytes(resource, None)
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        held = _held(content)
        assert held.fields == resource.fields
        assert held.mark is not None
        assert (held.mark.key, held.mark.owner) == (resource.key, resource.owner)
        assert not held.rest


@given(strategies.publications())
def test_nothing_private_stands_in_an_event(publication: Publication) -> None:
    for resource in _desired(evolve(publication.briefing, namespace="uclg.org")):
        assert b"@private.example" not in event_bytes(resource, None)


def test_the_times_of_a_day_of_a_zone_and_of_many_days_are_said_as_they_are() -> None:
    brussels = _event(sample_briefing())
    assert brussels.fields["start"] == {"dateTime": "2022-04-13T15:00:00", "timeZone": "Europe/Brussels"}
    day = evolve(sample_briefing(), start=date(2024, 12, 31), end=date(2025, 1, 1))
    assert _event(day).fields["start"] == {"date": "2024-12-31"}
    assert _event(day).fields["end"] == {"date": "2025-01-02"}
    utc = evolve(sample_briefing(), timezone="UTC")
    assert _event(utc).fields["end"] == {"dateTime": "2022-04-13T16:30:00", "timeZone": "UTC"}
    assert b"VTIMEZONE" not in event_bytes(_event(utc), None)


def test_languages_in_one_calendar_have_uids_of_their_own_and_the_first_has_the_briefings() -> None:
    uids = [each.fields["uid"] for each in _desired(sample_briefing())]
    own = model.uid("contract.example", "contract-2022")
    assert uids == [own, f"fr.{own}"]


def test_a_calendar_for_each_language_holds_the_briefings_uid_in_each() -> None:
    from briefingkit_caldav.choices import Collections

    target = evolve(_TARGET, calendar=Collections(by_language={"en": "One", "fr": "Un"}))
    assert len({each.fields["uid"] for each in _desired(sample_briefing(), target=target)}) == 1


# What others add

_ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Soon", "TRIGGER:-PT15M", "END:VALARM")


def _with(content: bytes, *lines: str) -> bytes:
    return content.replace(b"END:VEVENT", "\r\n".join((*lines, "END:VEVENT")).encode())


def test_alarms_and_properties_of_other_programs_are_no_drift_and_are_kept() -> None:
    resource = _event(sample_briefing())
    theirs = ("X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M", "COMMENT:bring a cake\\, please", *_ALARM)
    held = _held(_with(event_bytes(resource, None), *theirs))
    assert held.fields == resource.fields
    later = _event(sample_briefing(hour=16))
    again = _held(event_bytes(later, held))
    assert again.fields == later.fields
    assert again.rest == held.rest == theirs


def test_categories_that_people_add_stay_and_ours_are_ours() -> None:
    resource = _event(evolve(sample_briefing(), track=Name({"und": "Cities; towns, villages"})))
    content = event_bytes(resource, None)
    merged = content.replace(b"\r\nCATEGORIES:", b"\r\nCATEGORIES:Cake\\, tea,", 1)
    assert merged != content
    held = _held(merged)
    assert held.fields == resource.fields
    assert held.rest == ("CATEGORIES:Cake\\, tea",)
    gone = _held(content.replace(b"\r\nCATEGORIES:Briefing,", b"\r\nCATEGORIES:", 1))
    assert gone.fields["categories"] != resource.fields["categories"]


def test_stamps_and_a_higher_sequence_are_no_drift_and_the_sequence_never_falls() -> None:
    resource = _event(sample_briefing())
    content = event_bytes(resource, None)
    touched = content.replace(b"SEQUENCE:0", b"SEQUENCE:7").replace(b"DTSTAMP:2022", b"DTSTAMP:2031")
    assert touched != content
    held = _held(touched)
    assert held.fields == resource.fields
    assert b"\r\nSEQUENCE:7\r\n" in event_bytes(resource, held)


def test_a_series_that_someone_makes_of_it_is_drift_and_its_moved_instances_are_kept() -> None:
    resource = _event(sample_briefing())
    content = _with(event_bytes(resource, None), "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = (
        f"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:{resource.fields['uid']}\r\nRECURRENCE-ID:20220420T130000Z\r\n"
        "DTSTART:20220420T140000Z\r\nSUMMARY:Later\r\nEND:VEVENT"
    )
    held = _held(content.replace(b"END:VEVENT", moved.encode()))
    assert held.fields["recurrence"] == ("RRULE:FREQ=WEEKLY;COUNT=3",)
    kept = evolve(resource, fields=held.fields)
    again = event_bytes(kept, held)
    assert b"RRULE:FREQ=WEEKLY;COUNT=3" in again
    assert b"SUMMARY:Later" in again
    assert _held(again).fields == held.fields


def test_a_client_that_writes_a_duration_has_not_changed_the_end() -> None:
    resource = _event(sample_briefing())
    content = event_bytes(resource, None)
    lines = [line for line in content.split(b"\r\n") if not line.startswith(b"DTEND")]
    with_duration = _with(b"\r\n".join(lines), "DURATION:PT1H30M")
    assert _held(with_duration).fields == resource.fields


def test_outlooks_html_says_what_the_description_says() -> None:
    resource = _event(
        evolve(sample_briefing(), objectives=MultilingualText({"en": "Learn & see https://a.example/x"}))
    )
    kept = evolve(resource, fields={**resource.fields, "description": "Mine <b>\n\nand https://b.example/"})
    content = event_bytes(kept, None).replace(b"\r\n ", b"")
    assert b"<p>Mine &lt\\;b&gt\\;</p>" in content
    assert b'<a href="https://b.example/">' in content


# Guests

_INVITING = CalDAV(
    url="https://cloud.example.org/calendars/anna/city/",
    target="city",
    audience=model.Access.PARTICIPANTS,
    guests=Guests(participants=True, addresses=("Press@Example.org",)),
)


def _with_speaker() -> Briefing:
    return evolve(
        sample_briefing(),
        people=(
            model.Person("ann", name=Name({"und": "Ann Other"}), email="ann@example.net"),
            model.Person("bo", name=Name({"und": "Bo"}), email=None),
        ),
        agenda=(
            model.AgendaItem(
                "talk",
                title=MultilingualText({"en": "Talk"}),
                participants=(model.Participant("ann"), model.Participant("bo")),
            ),
        ),
    )


def test_guests_are_invited_with_a_word_about_who_sees_them() -> None:
    resource = _event(_with_speaker(), _INVITING)
    guests = resource.fields["guests"]
    assert isinstance(guests, tuple)
    assert [(each["address"], each["name"]) for each in guests] == [
        ("press@example.org", None),
        ("ann@example.net", "Ann Other"),
    ]
    assert any("sees the addresses" in notice for notice in resource.notices)
    assert any("bo" in notice for notice in resource.notices)


def test_silence_is_asked_of_the_server_and_left_out_where_it_is_to_write() -> None:
    assert b"SCHEDULE-AGENT=CLIENT" in event_bytes(_event(_with_speaker(), _INVITING), None)
    speaking = evolve(_INVITING, scheduling=Scheduling.SERVER)
    assert b"SCHEDULE-AGENT" not in event_bytes(_event(_with_speaker(), speaking), None)


def test_guests_keep_their_answers_and_those_that_others_invited_stay() -> None:
    resource = _event(_with_speaker(), _INVITING)
    content = event_bytes(resource, None).replace(b"\r\n ", b"")
    answered = content.replace(
        b"PARTSTAT=NEEDS-ACTION:mailto:ann@", b"PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0:mailto:ann@"
    )
    for written in (b"ROLE=REQ-PARTICIPANT", b"RSVP=TRUE"):
        assert written in content
    if answered == content:  # parameters are written in the order of their names
        answered = content.replace(b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=ACCEPTED")
    held = _held(_with(answered, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:friend@example.net"))
    assert held.fields == resource.fields
    again = event_bytes(_event(evolve(_with_speaker(), start=datetime(2022, 4, 13, 14)), _INVITING), held)
    unfolded = again.replace(b"\r\n ", b"")
    assert b"PARTSTAT=ACCEPTED" in unfolded
    assert b"friend@example.net" in unfolded
    without = event_bytes(_event(_with_speaker()), held).replace(b"\r\n ", b"")
    assert b"ann@example.net" not in without
    assert b"friend@example.net" in without


# Lines

_LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=40)


@given(st.lists(_LINE))
def test_no_text_is_too_broken_to_be_read(lines: list[str]) -> None:
    read_event("\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR")))
    read_event("\n".join(lines))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_escaped_text_comes_back(text: str) -> None:
    from briefingkit.rendering.ics_values import Text

    assert unescape(Text(text).to_ical().decode()) == text


def test_lines_are_split_at_line_ends_alone() -> None:
    (calendar,) = parse_components("BEGIN:X\r\nA:1\x0b2\u20283\x854\r\n 5\r\nEND:X\r\n").parts
    assert calendar.lines == ["A:1\x0b2\u20283\x8545"]


def test_parameters_are_read_quoted_or_not() -> None:
    line = parse_line('ATTENDEE;CN="Other, Ann; x:y";ROLE=CHAIR;MEMBER="mailto:a@b","mailto:c@d":mailto:x@y')
    assert line is not None
    assert line.parameters == {
        "CN": ("Other, Ann; x:y",),
        "ROLE": ("CHAIR",),
        "MEMBER": ("mailto:a@b", "mailto:c@d"),
    }
    assert line.value == "mailto:x@y"
    circumflex = parse_line("X;CN=a^^b^nc^'d^e:f")
    assert circumflex is not None
    assert circumflex.parameter("CN") == 'a^b\nc"d^e'
    assert split_values("a\\,b,c") == ("a\\,b", "c")
