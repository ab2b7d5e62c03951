"""A list in numbers: what is counted, of whom, and in which words."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from briefingkit.model import Briefing, Programme, structure
from briefingkit.registrations.registration import WHOLE, Registration, RegistrationStatus
from briefingkit.registrations.statistics.as_json import statistics_json
from briefingkit.registrations.statistics.counting import statistics_of
from briefingkit.registrations.statistics.values import Breakdown, Statistics, Verdict
from briefingkit.registrations.statistics.words import Section, Shape, sections
from briefingkit.text.phrases import SHIPPED

NOW = datetime(2027, 3, 9, 16, 5, tzinfo=UTC)


def briefing(**more: Any) -> Briefing:
    data = {
        "briefing": "night-buses",
        "languages": ["en", "fr"],
        "title": {"en": "Night buses", "fr": "Bus de nuit"},
        "status": "confirmed",
        "start": "2027-03-10T15:00",
        "end": "2027-03-10T17:00",
        "timezone": "Europe/Brussels",
        "interpretation": {"floor": ["en"], "into": [{"language": "es"}]},
        "agenda": [
            {
                "key": "panel",
                "title": {"en": "Panel", "fr": "Table ronde"},
                "start": "15:00",
                "duration": "1h",
                "capacity": 2,
                "questions": [{"key": "safe", "text": {"en": "What makes you feel safe?"}, "in_form": True}],
            },
            {"key": "break", "title": {"en": "Break"}, "kind": "break", "duration": "10m"},
            {"key": "work", "title": {"en": "Workshop"}, "duration": "50m"},
        ],
        "registration": {
            "capacity": 100,
            "choose": "agenda",
            "fields": [
                "name",
                "email",
                "organization",
                "country",
                "language",
                "interpretation",
                "accessibility",
            ],
            "questions": [
                {
                    "key": "meal",
                    "text": {"en": "Your meal", "fr": "Votre repas"},
                    "type": "choice",
                    "options": [
                        {"key": "veg", "text": {"en": "Vegetarian", "fr": "Végétarien"}},
                        {"key": "fish", "text": {"en": "Fish", "fr": "Poisson"}},
                    ],
                    "other": True,
                },
                {"key": "useful", "text": {"en": "How useful?"}, "type": "scale"},
                {"key": "near", "text": {"en": "Do you live near?"}, "type": "yes-no"},
                {"key": "since", "text": {"en": "Since when?"}, "type": "date"},
                {"key": "say", "text": {"en": "What else?"}, "type": "paragraph"},
            ],
        },
        **more,
    }
    return structure(data)


def people(*answers: dict[str, Any], language: str | None = "en", **more: Any) -> Iterator[Registration]:
    for number, given in enumerate(answers, 1):
        base = Registration(
            briefing="night-buses",
            person=f"p{number}@example.org",
            number=number,
            position=number,
            status=RegistrationStatus.CONFIRMED,
            waits=False,
            language=language,
            answers=given,
            stamps={},
            places=(WHOLE,),
            consent=None,
            created_at=NOW - timedelta(days=7),
            changed_at=NOW,
        )
        yield evolve(base, **more)


def count(*registrations: Registration, **more: Any) -> Statistics:
    about = more.pop("about", None) or briefing()
    return statistics_of(about, Programme([about]), registrations, at=NOW, **more)


def counts(told: Breakdown) -> dict[str, int]:
    return {each.key: each.count for each in told.counts}


def section(statistics: Statistics, key: str, language: str = "en") -> Section:
    return {each.key: each for each in sections(statistics, language)}[key]


def test_days_are_those_of_the_briefings_zone() -> None:
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)  # half past midnight in Brussels
    told = count(*people({}, created_at=late), *people({}, created_at=late - timedelta(hours=1)))
    assert told.days == ((date(2027, 3, 1), 1), (date(2027, 3, 2), 1))


def test_those_who_cancelled_count_by_status_and_day_alone() -> None:
    gone = people({"country": "BE", "meal": "veg"}, status=RegistrationStatus.CANCELLED, places=())
    told = count(*people({"country": "FR"}), *gone)
    assert (told.total, told.counted, told.taken) == (2, 1, 1)
    assert told.statuses == {"pending": 0, "confirmed": 1, "waitlisted": 0, "cancelled": 1}
    assert sum(number for _, number in told.days) == 2
    assert counts(told.countries) == {"FR": 1}
    assert told.questions[0].breakdown.answered == 0


def test_a_name_is_one_in_any_spelling_and_shown_in_the_first() -> None:
    told = count(*people({"organization": "City of Halle"}, {"organization": " CITY of  Halle "}, {}))
    assert [(words.label, words.count) for words in section(told, "organizations").rows] == [
        ("City of Halle", 2)
    ]
    assert (told.organizations.answered, told.organizations.silent) == (2, 1)


def test_a_country_is_its_code_or_what_a_file_called_it() -> None:
    told = count(
        *people({"country": "be"}, {"country": "BE"}, {"country": "Atlantis"}, {"country": "ATLANTIS"})
    )
    assert counts(told.countries) == {"BE": 2, "atlantis": 2}
    assert [row.label for row in section(told, "countries", "fr").rows] == ["Belgique", "Atlantis"]


def test_names_beyond_some_thousands_are_counted_together() -> None:
    told = count(*people(*({"organization": f"Office {number}"} for number in range(5003))))
    assert (len(told.organizations.counts), told.organizations.further) == (5000, 3)
    assert section(told, "organizations").minor[0].count == 3


def test_the_language_that_was_asked_for_wins_over_that_of_the_form() -> None:
    told = count(*people({"language": "pt_br"}, {}, {"language": "no tag"}, language="fr"))
    assert counts(told.languages) == {"fr": 2, "pt-BR": 1}


@pytest.mark.parametrize(("needing", "verdict"), [(9, Verdict.FEW), (10, Verdict.BOOK)])
def test_enough_people_make_a_booth_worth_while(needing: int, verdict: Verdict) -> None:
    told = count(*people(*[{"interpretation": "fr"}] * needing, *[{"interpretation": "none"}] * 5, {}))
    (demand,) = told.demand
    assert (demand.language, demand.count, demand.of, demand.verdict) == ("fr", needing, needing + 6, verdict)


def test_how_many_are_enough_can_be_said() -> None:
    told = count(*people({"interpretation": "fr"}, {}), booth_from=1)
    assert section(told, "interpretation").sentences == ("French: 1 of 2, book the booth",)
    assert section(told, "interpretation").alert
    few = count(*people({"interpretation": "fr"}), booth_from=3)
    assert section(few, "interpretation").sentences == ("French: 1 of 1, fewer than 3",)
    assert not section(few, "interpretation").alert


def test_a_channel_that_is_there_need_not_be_booked_again() -> None:
    told = count(*people({"interpretation": "es"}, {"interpretation": "ils"}), booth_from=1)
    assert section(told, "interpretation").sentences == (
        "Spanish: 1 of 2, interpretation is planned",
        "International Sign: 1 of 2, book the interpreters",
    )


def test_what_is_no_language_demands_no_booth() -> None:
    told = count(*people({"interpretation": "whatever you have"}), booth_from=1)
    assert told.demand == ()


def test_parts_tell_who_has_a_place_and_who_waits() -> None:
    has = people({"segments": ("panel", "work")}, {"segments": ("panel",)}, places=(WHOLE, "panel"))
    waits = people({"segments": ("panel", "gone")}, waits=True)
    told = count(*has, *waits)
    assert [
        (each.key, each.count, each.waiting, each.capacity, each.offered) for each in told.segments.counts
    ] == [
        ("panel", 2, 1, 2, True),
        ("work", 0, 1, None, True),
        ("gone", 1, 0, None, False),
    ]
    row = section(told, "segments", "fr").rows[0]
    assert row.label == "Table ronde"
    assert row.note == "Places prises\u00a0: 2 sur 2 · En attente\u00a0: 1"


def test_options_stand_in_the_forms_order_and_old_ones_after_them() -> None:
    told = count(*people({"meal": "pork"}, {"meal": "fish"}, {"meal": "fish"}, {"meal": None}))
    meal = told.questions[0]
    assert counts(meal.breakdown) == {"veg": 0, "fish": 2, "other": 0, "pork": 1}
    assert [each.offered for each in meal.breakdown.counts] == [True, True, True, False]
    assert (meal.breakdown.answered, meal.breakdown.silent) == (3, 1)
    rows = section(told, "question-meal", "fr").rows
    assert [(row.label, row.note) for row in rows[::3]] == [
        ("Végétarien", ""),
        ("pork", "N’est plus proposé"),
    ]


def test_a_scale_has_a_mean_of_what_it_has_room_for() -> None:
    told = count(*people({"useful": 2}, {"useful": 5}, {"useful": 99}))
    assert told.questions[1].mean == 3.5
    assert "Moyenne\u00a0: 3,5" in section(told, "question-useful", "fr").sentences


def test_yes_and_no_and_days_are_counted() -> None:
    told = count(
        *people({"near": True, "since": "2027-01-05"}, {"near": False, "since": "2027-01-05"}, {"near": True})
    )
    assert counts(told.questions[2].breakdown) == {"yes": 2, "no": 1}
    assert [row.label for row in section(told, "question-since").rows] == ["Tuesday, 5 January 2027"]


def test_written_answers_are_counted_by_the_language_of_who_wrote() -> None:
    told = count(
        *people({"agenda.panel.safe": "Light", "say": "", "old": "x"}, {"agenda.panel.safe": "Staff"}),
        *people({"agenda.panel.safe": "La lumière"}, language="fr"),
        *people({"agenda.panel.safe": "?"}, language=None),
    )
    found = {each.key: each for each in told.written}
    assert found["agenda.panel.safe"].languages == {"en": 2, None: 1, "fr": 1}
    assert (found["agenda.panel.safe"].guiding, found["say"].guiding, found["say"].answered) == (
        True,
        False,
        0,
    )
    assert (found["old"].asked, found["old"].answered) == (False, 1)
    labels = [row.label for row in section(told, "written").rows]
    assert labels == ["Your meal – Other, namely", "What else?", "What makes you feel safe?", "old"]


def test_needs_are_counted_and_not_told() -> None:
    told = count(*people({"accessibility": "I am deaf"}, {"accessibility": ""}))
    assert told.accessibility == 1
    assert "deaf" not in repr(told)
    assert "deaf" not in repr(sections(told, "en"))


def test_nothing_of_a_person_is_in_the_numbers() -> None:
    secret = {"name": "Ada Okafor", "email": "p1@example.org", "position": "Driver", "say": "My own words"}
    said = repr(count(*people(secret)))
    assert not [word for word in secret.values() if word in said]


def test_attendance_is_of_those_who_were_expected() -> None:
    gone = people({}, status=RegistrationStatus.CANCELLED, person="gone@example.org")
    present = {
        "p1@example.org": 50,
        "p2@example.org": None,
        "gone@example.org": 40,
        "stranger@example.org": 5,
    }
    told = count(*people({"country": "BE"}, {"country": "BE"}, {"country": "FR"}), *gone, present=present)
    assert told.attendance is not None
    assert (told.attendance.expected, told.attendance.attended, told.attendance.unexpected) == (3, 2, 1)
    assert (told.attendance.timed, told.attendance.minutes) == (2, 45)
    assert [(each.key, each.attended) for each in told.countries.counts] == [("BE", 2), ("FR", 0)]
    assert section(told, "attendance").sentences == (
        "2 of 3 attended",
        "Average time in the meeting: 45 minutes",
        "People who had cancelled and attended: 1",
    )
    assert count(*people({})).attendance is None


@pytest.mark.parametrize(
    ("last", "heading", "labels"),
    [
        (date(2027, 1, 31), "Registrations by day", 31),
        (date(2027, 2, 1), "Registrations by week, from Monday", 6),
        (date(2027, 7, 1), "Registrations by week, from Monday", 27),
        (date(2028, 3, 1), "Registrations by month", 15),
    ],
)
def test_a_long_time_is_told_in_weeks_or_months_and_nobody_is_lost(
    last: date, heading: str, labels: int
) -> None:
    moments = [
        datetime(2027, 1, 1, 12, tzinfo=UTC),
        datetime(last.year, last.month, last.day, 12, tzinfo=UTC),
    ]
    told = count(*(each for at in moments for each in people({}, created_at=at)))
    shown = section(told, "days")
    assert (shown.heading, len(shown.rows), shown.shape) == (heading, labels, Shape.TIME)
    assert (shown.rows[0].count, shown.rows[-1].count, sum(row.count for row in shown.rows)) == (1, 1, 2)


def test_moments_at_the_ends_of_the_calendar_are_counted_and_fill_no_page() -> None:
    early, late = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    told = count(*(each for at in (early, late) for each in people({}, created_at=at)))
    assert [row.count for row in section(told, "days").rows] == [1, 1]


@pytest.mark.parametrize("language", SHIPPED)
def test_every_section_has_words_in_every_language(language: str) -> None:
    asked = {
        "meal": "veg",
        "interpretation": "fr",
        "country": "BE",
        "segments": ("panel",),
        "useful": 3,
        "say": "x",
    }
    told = count(*people({**asked, "organization": "O"}), erased=2, present={"p1@example.org": 3})
    found = sections(told, language)
    assert len(found) == 13
    said = [
        text for each in found for text in (each.heading, *each.sentences, *(row.label for row in each.rows))
    ]
    assert all(said)
    if language != "en":
        english = {each.heading for each in sections(told, "en")} - {
            "Do you live near?",
            "Since when?",
            "How useful?",
        }
        assert english.isdisjoint({each.heading for each in found} - {"Your meal"})


def test_an_empty_list_and_a_briefing_without_registration_are_counted_too() -> None:
    assert [each.key for each in sections(count(), "en")][:1] == ["statuses"]
    bare = structure({"briefing": "draft", "languages": ["en"]})
    told = count(about=bare)
    assert (told.timezone, told.title, told.questions) == ("UTC", None, ())
    assert statistics_json(told, "en")["total"] == 0


def test_the_json_is_made_of_plain_values_with_words_beside_the_keys() -> None:
    told = statistics_json(
        count(*people({"meal": "veg", "interpretation": "fr", "useful": 4, "say": "x"})), "fr"
    )
    assert told["questions"][0]["counts"][0] == {
        "key": "veg",
        "label": "Végétarien",
        "count": 1,
        "attended": 0,
        "capacity": None,
        "waiting": 0,
        "offered": True,
    }
    assert told["interpretation"][0]["verdict"] == "few"
    assert told["days"] == [{"day": "2027-03-02", "count": 1}]
    assert told["as_of"] == "2027-03-09T16:05:00.000000+00:00"


def test_a_longer_list_takes_no_more_memory() -> None:
    def peak(number: int) -> int:
        stream = (next(people({"country": "BE", "meal": "veg", "say": "x" * 500})) for _ in range(number))
        tracemalloc.start()
        statistics_of(about, Programme([about]), stream, at=NOW)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    about = briefing()
    peak(100)  # what is loaded and cached at first
    assert peak(4000) < 2 * peak(400) + 100_000
