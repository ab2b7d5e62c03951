import pytest

from briefingkit.errors import BriefingkitError
from briefingkit.model import FromTarget
from briefingkit.publish.guests import Guests
from briefingkit.source.diagnose import diagnose
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import COLORS, Reminder, ReminderMethod

from .projecting import CALENDARS, briefing, target


def why(**settings: object) -> list[str]:
    """Say, as `check` and `plan` would, what is wrong with settings."""
    return [f"{'.'.join(map(str, each.path))}: {each.message}" for each in diagnose(settings, GoogleCalendar)]


def test_one_calendar_holds_all_languages() -> None:
    settings = target(calendar="all@group.calendar.google.com")
    assert settings.calendar_keys == ("all",)
    assert settings.calendar_ids == {"all": "all@group.calendar.google.com"}
    assert settings.published_languages == ()


def test_a_calendar_for_each_language_says_what_to_publish_in() -> None:
    settings = target()
    assert settings.calendar_keys == settings.published_languages == ("en", "fr")
    assert settings.calendar_ids == CALENDARS


def test_languages_may_be_fewer_than_the_calendars() -> None:
    assert target(languages=["fr"]).calendar_ids == {"fr": CALENDARS["fr"]}


def test_calendars_are_made_in_the_languages_of_their_summary() -> None:
    settings = target(make={"summary": {"en": "Briefings", "fr": "Séances"}})
    assert settings.calendar_keys == ("en", "fr")
    assert settings.calendar_ids == {}


def test_a_stack_needs_one_made_calendar() -> None:
    assert target(make={"summary": "Briefings"}, layout="stacked").calendar_keys == ("all",)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ": say which calendar to publish in: `calendar` with its id, or `make` for a new one"),
        (
            {"calendar": "a@g.com", "make": {"summary": "B"}},
            ": say which calendar to publish in: `calendar` with its id, or `make` for a new one",
        ),
        (
            {"calendar": CALENDARS, "layout": "stacked"},
            "calendar: stacked puts all languages into one event: give one calendar, not one for each language",
        ),
        ({"calendar": CALENDARS, "languages": ["es"]}, "calendar: there is no calendar for es"),
        (
            {"make": {"summary": "Briefings"}},
            "make: say in which languages to make calendars: under `languages`, or by a summary in each",
        ),
        (
            {"calendar": {"en": "a@g.com", "fr": "a@g.com"}},
            "calendar: two languages name the same calendar: one id alone holds all languages",
        ),
        (
            {"calendar": "https://calendar.google.com/calendar/u/0?cid=x"},
            (
                "calendar: 'https://calendar.google.com/calendar/u/0?cid=x' is no calendar: give the id that stands in "
                "its settings at Google, such as abc@group.calendar.google.com"
            ),
        ),
        (
            {"calendar": "a@g.com", "color": "mauve"},
            f"color: 'mauve' is no colour of an event: there are {', '.join(COLORS)}",
        ),
        (
            {"calendar": "a@g.com", "reminders": [{"method": "popup", "minutes": 50_000}]},
            "reminders.own.0.minutes: a reminder comes 0 to 40320 minutes before",
        ),
        (
            {"calendar": "a@g.com", "reminders": [{"method": "popup", "minutes": n} for n in range(6)]},
            "reminders: Google takes 5 reminders at most",
        ),
        (
            {"calendar": "a@g.com", "access": [{"role": "reader", "scope": "everybody"}]},
            (
                "access.0.scope: 'everybody' is nobody: write default (everybody), user:name@example.org, "
                "group:name@example.org or domain:example.org"
            ),
        ),
        (
            {"calendar": "a@g.com", "access": [{"role": "owner", "scope": "default"}]},
            "access.0.role: 'owner' is not one of the words that stand here: choose freeBusyReader, reader, writer",
        ),
        (
            {
                "calendar": "a@g.com",
                "access": [
                    {"role": "reader", "scope": "domain:uclg.org"},
                    {"role": "writer", "scope": "domain:UCLG.org"},
                ],
            },
            "access: domain:uclg.org has two rules: a scope has one role",
        ),
        (
            {"calendar": "a@g.com", "guests": 3},
            "guests: guests are none, participants, or a list of addresses",
        ),
        (
            {"calendar": "a@g.com", "guests": "everyone"},
            "guests.addresses.0: 'everyone' is no e-mail address such as name@example.org",
        ),
        (
            {"calendar": "a@g.com", "base_url": "calendar.example"},
            "base_url: 'calendar.example/' is no address of a server: give one such as http://127.0.0.1:8080/",
        ),
        (
            {"calendar": "a@g.com", "audience": "participants", "visibility": "public"},
            (
                "audience: what only participants may see cannot go into a calendar that anybody may read: set "
                "visibility to private, or take the rule for everybody away"
            ),
        ),
        (
            {"calendar": "a@g.com", "guests": "participants", "auth": {"service_account": "key.json"}},
            "auth: a service account can invite nobody by itself: give `subject`, whom it acts for",
        ),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(settings: dict[str, object], said: str) -> None:
    assert said in why(**settings)
    with pytest.raises((BriefingkitError, ExceptionGroup)):
        target(**{"calendar": None, **settings})


@pytest.mark.parametrize(
    ("settings", "public"),
    [
        ({}, False),
        ({"visibility": "public"}, True),
        ({"access": [{"role": "reader", "scope": "default"}]}, True),
        ({"access": [{"role": "reader", "scope": "default"}], "visibility": "private"}, False),
        ({"access": [{"role": "freeBusyReader", "scope": "default"}]}, False),
        ({"access": [{"role": "reader", "scope": "domain:uclg.org"}]}, False),
    ],
)
def test_a_calendar_is_public_where_everybody_may_read_what_events_are_about(
    settings: dict[str, object],
    public: bool,
) -> None:
    assert target(**settings).is_public is public


@pytest.mark.parametrize(
    ("given", "guests"),
    [
        ("none", Guests()),
        ("participants", Guests(participants=True)),
        (["Team@Example.org", "team@example.org "], Guests(addresses=("team@example.org",))),
        (["participants", "team@example.org"], Guests(participants=True, addresses=("team@example.org",))),
    ],
)
def test_guests_are_nobody_the_participants_or_addresses(given: object, guests: Guests) -> None:
    assert target(guests=given).guests == guests


def test_a_colour_goes_by_its_name_or_its_number() -> None:
    assert [target(color=color).color for color in ("Tomato", "11", None)] == ["11", "11", None]


def test_reminders_are_the_calendars_own_unless_they_are_listed() -> None:
    assert target(reminders="default").reminders.as_field == {"useDefault": True}
    assert target(reminders=[]).reminders.as_field == {"useDefault": False, "overrides": ()}
    assert target(reminders=[{"method": "popup", "minutes": "30"}]).reminders.own == (
        Reminder(ReminderMethod.POPUP, 30),
    )


def test_a_page_comes_from_a_target_or_by_address() -> None:
    assert target(page={"from": "site"}).page == FromTarget("site")


def test_addresses_of_guests_are_in_no_log() -> None:
    assert "guest@example.org" not in repr(target(guests=["guest@example.org"]))


def test_the_invited_are_told_to_whoever_would_write_to_them_too() -> None:
    people = {
        "m": {"name": "M", "email": "M@private.example"},
        "n": {"name": "N", "email": "n@private.example"},
    }
    agenda = [
        {
            "key": "a",
            "title": {"en": "A"},
            "duration": "1h",
            "participants": [{"person": "m"}, {"person": "n", "status": "declined"}],
        }
    ]
    held = briefing(people=people, agenda=agenda)
    assert target(guests=["participants", "team@example.org"]).invited(held) == {
        "m@private.example",
        "team@example.org",
    }
    assert target().invited(held) == frozenset()
