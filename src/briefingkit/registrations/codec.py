"""Registrations and responses as the ledger's rows and as JSON, and back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from briefingkit.registrations.registration import Registration, RegistrationStatus
from briefingkit.registrations.response import Answer, ConsentGiven, Response
from briefingkit.store.registration_rows import RegistrationRow, ResponseRow

__all__ = [
    "dumps",
    "iso",
    "registration_from_json",
    "registration_json",
    "registration_of",
    "registration_row",
    "response_json",
    "response_row",
    "same_content",
]

# ASCII alone: half of a surrogate pair, which no database takes, is then a text like any other.
dumps = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False).encode
_NOTHING = "{}"


@lru_cache(maxsize=4096)
def iso(at: datetime) -> str:
    """Write a moment so that texts sort as moments do: in UTC, always to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@lru_cache(maxsize=4096)
def _places(places: tuple[str, ...]) -> str:
    return dumps(places)


@lru_cache(maxsize=4096)
def _places_of(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _answer(value: Any) -> Answer:
    return tuple(value) if isinstance(value, list) else value


def _answers(text: str) -> dict[str, Answer]:
    read: dict[str, Any] = json.loads(text)
    if "[" in text:
        return {key: _answer(value) for key, value in read.items()}
    return read


def _consent_json(consent: ConsentGiven | None) -> dict[str, Any] | None:
    if consent is None:
        return None
    return {"key": consent.key, "at": iso(consent.at), "language": consent.language}


def _consent_of(said: Mapping[str, Any] | None) -> ConsentGiven | None:
    if said is None:
        return None
    return ConsentGiven(said["key"], datetime.fromisoformat(said["at"]), said["language"])


def _consent_text(consent: ConsentGiven | None) -> str | None:
    return None if consent is None else dumps(_consent_json(consent))


def registration_row(registration: Registration, answers: str | None = None) -> RegistrationRow:
    """Write a registration as a row; `answers` are its answers as text, where somebody has that already."""
    stamps = {key: iso(at) for key, at in registration.stamps.items()}
    return RegistrationRow(
        registration.briefing,
        registration.person,
        registration.number,
        registration.position,
        registration.status.value,
        registration.waits,
        registration.language,
        dumps(registration.answers) if answers is None else answers,
        dumps(stamps) if stamps else _NOTHING,
        _places(registration.places),
        _consent_text(registration.consent),
        iso(registration.created_at),
        iso(registration.changed_at),
    )


def registration_of(row: RegistrationRow) -> Registration:
    """Read a registration from its row."""
    stamps = {} if row.stamps == _NOTHING else json.loads(row.stamps)
    return Registration(
        row.briefing,
        row.person,
        row.number,
        row.position,
        RegistrationStatus(row.status),
        bool(row.waits),
        row.language,
        _answers(row.answers),
        {key: _moment(at) for key, at in stamps.items()},
        _places_of(row.places),
        _consent_of(json.loads(row.consent)) if row.consent else None,
        _moment(row.created_at),
        _moment(row.changed_at),
    )


def response_row(response: Response, person: str, before: Mapping[str, Answer] | None) -> ResponseRow:
    """Write a response as a row, with what it changed."""
    return ResponseRow(
        response.briefing,
        response.intake,
        response.id,
        iso(response.at),
        person,
        response.cancels,
        response.language,
        dumps(response.answers),
        _consent_text(response.consent),
        dumps(before) if before else None,
    )


def same_content(row: ResponseRow, response: Response) -> bool:
    """Tell whether a response says what an earlier version of it said."""
    said = (row.cancels, row.language, row.answers)
    return said == (response.cancels, response.language, dumps(response.answers))


def registration_json(registration: Registration) -> dict[str, Any]:
    """Give a registration as JSON, as programs and subscribers get it; times in UTC."""
    return {
        "briefing": registration.briefing,
        "number": registration.number,
        "status": registration.status.value,
        "waits": registration.waits,
        "position": registration.position,
        "places": list(registration.places),
        "language": registration.language,
        "answers": dict(registration.answers),
        "consent": _consent_json(registration.consent),
        "created_at": iso(registration.created_at),
        "changed_at": iso(registration.changed_at),
        "person": registration.person,
        "stamps": {key: iso(at) for key, at in registration.stamps.items()},
    }


def registration_from_json(data: Mapping[str, Any]) -> Registration:
    """Read a registration as `registration_json` wrote it."""
    return Registration(
        data["briefing"],
        data["person"],
        data["number"],
        data["position"],
        RegistrationStatus(data["status"]),
        data["waits"],
        data["language"],
        {key: _answer(value) for key, value in data["answers"].items()},
        {key: datetime.fromisoformat(at) for key, at in data["stamps"].items()},
        tuple(data["places"]),
        _consent_of(data["consent"]),
        datetime.fromisoformat(data["created_at"]),
        datetime.fromisoformat(data["changed_at"]),
    )


def response_json(row: ResponseRow) -> dict[str, Any]:
    """Give what was handed in as JSON, with what it changed, for the person whom it is about."""
    return {
        "intake": row.intake,
        "id": row.id,
        "at": row.at,
        "cancels": bool(row.cancels),
        "language": row.language,
        "answers": json.loads(row.answers),
        "consent": json.loads(row.consent) if row.consent else None,
        "before": json.loads(row.before) if row.before else {},
    }
