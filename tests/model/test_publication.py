import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any, cast

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import (
    Briefing,
    Publication,
    Status,
    public_digest,
    structure,
    uid,
    why_unpublishable,
)
from briefingkit.testing.strategies import briefings
from briefingkit.text.multilingual import Localized

# A briefing with something in every field.
FULL: dict[str, Any] = {
    "format": 1,
    "briefing": "full",
    "namespace": "example.org",
    "languages": ["en", "fr", "es"],
    "title": {"en": "Title", "fr": "Titre", "es": "Título"},
    "status": "confirmed",
    "start": "2022-04-13T15:00",
    "end": "2022-04-13T16:00",
    "timezone": "Europe/Brussels",
    "track": "Room A",
    "place": {
        "online": {"url": "https://room.example.org", "access": "registered"},
        "venue": {"name": "Town hall", "address": "1 Square", "access": "public"},
    },
    "organizers": [
        {"key": "a", "name": "A", "role": "host", "url": "https://a.example.org", "logo": "a.svg"},
        {"key": "b", "name": "B", "steers": "a"},
    ],
    "partners": [{"key": "c", "name": "C", "url": "https://c.example.org", "logo": "c.svg"}],
    "contact": {"name": "Desk", "email": "desk@example.org", "phone": "+32 2 555"},
    "people": {
        "ann": {
            "name": "Ann",
            "position": {"en": "Officer"},
            "organization": "Org",
            "email": "ann@private.example",
            "phone": "+32 2 556",
            "language": "en",
            "timezone": "Europe/Paris",
        }
    },
    "part_of": {
        "briefing": "parent",
        "title": {"en": "Parent"},
        "start": "2022-04-11",
        "end": "2022-04-13",
        "url": "https://parent.example.org",
        "joinable": True,
    },
    "leads_to": [
        {"title": {"en": "Forum"}, "start": "2022-05-16", "end": "2022-05-20", "url": "https://f.example.org"}
    ],
    "background": {"en": "Why"},
    "objectives": {"en": "What for"},
    "links": [{"key": "gcm", "title": {"en": "Compact"}, "url": "https://gcm.example.org"}],
    "interpretation": {"floor": ["en"], "into": {"fr": "https://fr.example.org", "es": None}},
    "accessibility": {
        "captions": ["en"],
        "sign": ["ils"],
        "requests": {"to": "x@example.org", "until": "2022-04-08"},
    },
    "materials": [
        {"key": "rec", "title": {"en": "Recording"}, "url": "https://r.example.org", "access": "registered"}
    ],
    "agenda": [
        {
            "key": "road",
            "title": {"en": "Road"},
            "kind": "panel",
            "start": "15:00",
            "day": "2022-04-13",
            "duration": "25m",
            "description": {"en": "About"},
            "participants": [{"person": "ann", "role": "moderator", "status": "invited"}],
            "questions": [{"key": "q", "text": {"en": "How?"}, "in_form": True}],
            "capacity": 40,
        }
    ],
    "registration": {
        "url": "https://reg.example.org",
        "opens": "2022-03-21T09:00",
        "closes": "-1d",
        "capacity": 300,
        "waitlist": True,
        "fields": ["name"],
        "questions": [
            {
                "key": "q",
                "text": {"en": "Which?"},
                "type": "choice",
                "required": True,
                "options": [{"key": "o", "text": {"en": "This"}}],
                "other": True,
                "description": {"en": "Of the two"},
            },
            {"key": "why", "text": {"en": "Why?"}, "longest": 80, "pattern": "[a-z ]+"},
            {
                "key": "useful",
                "text": {"en": "How useful?"},
                "type": "scale",
                "least": 0,
                "most": 4,
                "least_label": {"en": "Not"},
                "most_label": {"en": "Very"},
                "shown_if": {"question": "q", "answers": ["o"]},
            },
            {
                "key": "day",
                "text": {"en": "When?"},
                "type": "date",
                "earliest": "2022-04-11",
                "latest": "2022-04-20",
            },
        ],
        "consent": {"key": "c", "text": {"en": "Agree"}, "retention": "90d", "purpose": {"en": "To write"}},
        "required_fields": ["name"],
        "choose": "agenda",
    },
    "mailing": [
        {
            "key": "m",
            "kind": "reminder",
            "audience": [
                {
                    "group": "registered",
                    "languages": ["fr"],
                    "segments": ["talk"],
                    "answers": [{"question": "meal", "answers": ["veg"]}],
                    "assumed": {"language": "fr", "timezone": "Africa/Dakar", "organization": "City Transit"},
                },
                {"group": "participants", "roles": ["speaker"]},
                {"file": "guests.xlsx", "sheet": "Ministries"},
            ],
            "at": "-1d",
            "subject": {"en": "Soon"},
            "text": {"en": "It is soon"},
            "calendar": "request",
            "fallback": "omit",
            "templates": "letters",
        }
    ],
    "allow": ["W104"],
    "unconfirmed": ["timezone"],
    "unplaced": "left over",
}
# Nobody who takes part sees these, nor what is below them.
UNSEEN = {
    "format", "mailing", "allow", "unconfirmed", "unplaced",
    "people.ann.email", "people.ann.phone", "people.ann.language", "people.ann.timezone",
}  # fmt: skip
# What another value at the same place would be: a word of the same vocabulary, another day, another key.
OTHER: dict[str, Any] = {
    "briefing": "other", "namespace": "other.org", "languages": ["en", "es", "fr"], "status": "tentative",
    "start": "2022-04-13T14:00", "end": "2022-04-13T17:00", "timezone": "Europe/Lisbon",
    "place.online.access": "public", "place.venue.access": "registered",
    "organizers.0.role": None, "organizers.0.logo": "z.svg", "organizers.1.key": "z", "organizers.1.steers": None,
    "partners.0.key": "z", "partners.0.logo": "z.svg",
    "contact.email": "z@example.org", "contact.phone": "+32 2 1",
    "part_of.briefing": "other", "part_of.start": "2022-04-10", "part_of.end": "2022-04-14", "part_of.joinable": None,
    "leads_to.0.start": "2022-05-15", "leads_to.0.end": "2022-05-21", "links.0.key": "z",
    "interpretation.floor": ["fr"], "interpretation.into": {"es": None, "fr": "https://fr.example.org"},
    "accessibility.captions": ["fr"], "accessibility.sign": ["ase"],
    "accessibility.requests.to": "contact", "accessibility.requests.until": "2022-04-09",
    "materials.0.key": "z", "materials.0.access": "public",
    "agenda.0.key": "z", "agenda.0.kind": "break", "agenda.0.start": "15:10", "agenda.0.day": "2022-04-14",
    "agenda.0.duration": "30m", "agenda.0.participants.0.person": None, "agenda.0.participants.0.role": "host",
    "agenda.0.participants.0.status": "tbc", "agenda.0.questions.0.key": "z", "agenda.0.questions.0.in_form": None,
    "registration.opens": "-9d", "registration.closes": "-1h", "registration.capacity": 301,
    "registration.waitlist": None, "registration.fields": ["name", "email"],
    "registration.questions.0.key": "z", "registration.questions.0.type": "choices",
    "registration.questions.0.required": None, "registration.questions.0.options.0.key": "z",
    "registration.consent.key": "z", "registration.consent.retention": "30d",
    "registration.questions.0.other": None, "registration.questions.1.key": "z",
    "registration.questions.1.longest": 81, "registration.questions.1.pattern": "[a-z]+",
    "registration.questions.2.key": "z", "registration.questions.2.type": "scale",
    "registration.questions.2.least": 1, "registration.questions.2.most": 5,
    "registration.questions.2.shown_if.question": "q", "registration.questions.2.shown_if.answers": ["other"],
    "registration.questions.3.key": "z", "registration.questions.3.type": "date",
    "registration.questions.3.earliest": "2022-04-12", "registration.questions.3.latest": "2022-04-21",
    "registration.required_fields": [], "registration.choose": "segments", "agenda.0.capacity": 41,
}  # fmt: skip


def _leaves(value: object, path: str = "") -> list[str]:
    if path in OTHER or path in UNSEEN:
        return [path]
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for name, inner in pairs for leaf in _leaves(inner, f"{path}.{name}".lstrip("."))]
    return [path]


def _changed(path: str) -> Briefing:
    data = json.loads(json.dumps(FULL))
    *above, last = path.split(".")
    held = data
    for step in above:
        held = held[int(step) if isinstance(held, list) else step]
    before = held[last] if isinstance(held, dict) else held[int(last)]
    held[last if isinstance(held, dict) else int(last)] = OTHER.get(path, f"{before}x")
    return structure(data)


# What another field names cannot change alone: the host's key that the other one steers by, a question's key.
TIED = {
    "organizers.0.key", "registration.questions.0.key", "registration.questions.0.options.0.key",
    "registration.questions.2.type", "registration.questions.2.shown_if.question", "registration.questions.3.type",
}  # fmt: skip
VISIBLE = sorted(set(_leaves(FULL)) - UNSEEN - TIED)


@pytest.mark.parametrize("path", VISIBLE)
def test_a_change_to_anything_visible_changes_the_digest(path: str) -> None:
    assert public_digest(_changed(path)) != public_digest(structure(FULL))


def test_the_full_briefing_has_something_in_every_field_of_every_class() -> None:
    # So that a field which is added to the model cannot be forgotten above.
    assert _never_set(structure(FULL)) == set()


def _never_set(briefing: Briefing) -> set[str]:
    fields: set[str] = set()
    told: set[str] = set()

    def look(value: object) -> None:
        if isinstance(value, tuple):
            for each in value:
                look(each)
        elif attrs.has(type(value)) and not isinstance(value, Localized):
            for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(value))):
                name = f"{type(value).__name__}.{field.name}"
                fields.add(name)
                held = getattr(value, field.name)
                # The place's `access` are there at their defaults, and are changed from those.
                if held != field.default or field.name == "access":
                    told.add(name)
                look(held)

    look(briefing)
    return fields - told - {"Audience.target", "Offset.anchor"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("mailing", []),
        ("allow", ["W200"]),
        ("unconfirmed", []),
        ("unplaced", "another"),
        ("people.ann.email", "else@private.example"),
        ("people.ann.phone", None),
        ("people.ann.language", "fr"),
        ("people.ann.timezone", None),
    ],
)
def test_settings_and_private_data_are_not_in_the_digest(path: str, value: object) -> None:
    data = json.loads(json.dumps(FULL))
    *above, last = path.split(".")
    held = data
    for step in above:
        held = held[step]
    held[last] = value
    assert structure(data) != structure(FULL)
    assert public_digest(structure(data)) == public_digest(structure(FULL))


@given(briefings(), st.randoms(use_true_random=False))
def test_equal_briefings_have_equal_digests(briefing: Briefing, chance: Random) -> None:
    assert briefing.title is not None
    source, *others = briefing.title.texts.items()
    chance.shuffle(others)
    same = evolve(briefing, title=evolve(briefing.title, texts=dict([source, *others])))
    assert same == briefing
    assert public_digest(same) == public_digest(briefing)


def test_another_source_language_is_another_digest() -> None:
    turned = {**FULL, "title": {"fr": "Titre", "en": "Title", "es": "Título"}}
    assert public_digest(structure(turned)) != public_digest(structure(FULL))


def _before_forms_had_types() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(FULL))
    del data["agenda"][0]["capacity"], data["registration"]["required_fields"], data["registration"]["choose"]
    del data["registration"]["questions"][1:], data["registration"]["consent"]["purpose"]
    del data["registration"]["questions"][0]["other"], data["registration"]["questions"][0]["description"]
    return data


def test_a_digest_is_the_same_for_ever() -> None:
    # A release that gave another would raise the revision of every briefing there is.
    assert public_digest(structure(FULL)) == (
        "858d1b1df5d6f77f94f2f8430629a07ae5fa4a0b338365fb9b7acb0b46b5fa2e"
    )
    earlier = public_digest(structure(_before_forms_had_types()))
    assert earlier == "69b0c2a5b11f8fea582df3894a39097e6382e776b531765464de751cd15f2cde"


def test_a_publication_is_dated_in_utc_to_the_second() -> None:
    summer = timezone(timedelta(hours=2))
    at = datetime(2022, 3, 1, 10, 30, 5, 999_999, tzinfo=summer)
    assert Publication(structure(FULL), at=at).at == datetime(2022, 3, 1, 8, 30, 5, tzinfo=UTC)
    assert Publication(structure(FULL), at=at).at.tzinfo is UTC


def test_a_publication_fills_in_its_digest_and_keeps_one_that_it_is_given() -> None:
    assert Publication(structure(FULL)).digest == public_digest(structure(FULL))
    assert Publication(structure(FULL), digest="carried").digest == "carried"


def test_a_publication_has_the_uid_of_its_briefing_and_a_preview_one_that_resolves_nowhere() -> None:
    assert Publication(structure(FULL)).uid == uid("example.org", "full")
    preview = evolve(structure(FULL), namespace=None)
    assert Publication(preview).uid.endswith("@preview.invalid")


def test_a_draft_can_be_rendered_but_not_go_out() -> None:
    draft = evolve(structure(FULL), status=Status.DRAFT, namespace=None)
    assert Publication(draft).title == draft.title
    assert [reason.partition(":")[0] for reason in why_unpublishable(draft)] == [
        "it is a draft",
        "unconfirmed",
        "it has no namespace",
    ]


def test_a_confirmed_briefing_with_a_namespace_may_go_out() -> None:
    assert why_unpublishable(evolve(structure(FULL), unconfirmed=())) == ()


def test_what_is_unconfirmed_is_named() -> None:
    assert "timezone" in why_unpublishable(structure(FULL))[0]
