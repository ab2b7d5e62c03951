"""What the tests of forms share: a briefing that asks all kinds of things, a target, and answers to its forms."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from briefingkit.model import Briefing, structure
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth
from briefingkit_google.forms import GoogleForms

from .conftest import SERVICE, TARGET

NAMESPACE = "contract.example"


def text(en: str, fr: str) -> dict[str, str]:
    return {"en": en, "fr": fr}


def choice(key: str, *options: str, **more: Any) -> dict[str, Any]:
    """A question with options, whose French words are the English ones with an accent."""
    listed = [{"key": each, "text": text(each.title(), f"{each.title()} é")} for each in options]
    return {"key": key, "text": text(f"{key}?", f"{key} ?"), "type": "choice", "options": listed, **more}


def question(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "text": text(f"{key}?", f"{key} ?"), "type": kind, **more}


CONSENT = {"key": "gdpr-2022", "text": text("I agree to this", "J'accepte cela"), "retention": "90d"}

EVERYTHING: Mapping[str, Any] = {
    "fields": ["name", "email", "organization", "country", "language", "accessibility"],
    "questions": [
        question("dinner", "yes-no", required=True),
        choice("diet", "meat", "fish", other=True, shown_if={"question": "dinner", "answers": ["yes"]}),
        choice("topics", "water", "housing", "air", type="choices"),
        question(
            "rank", "scale", least=0, most=10, least_label=text("bad", "mal"), most_label=text("good", "bien")
        ),
        question("stars", "rating"),
        question("arrival", "date"),
        question("hour", "time"),
        question("essay", "paragraph"),
    ],
    "consent": CONSENT,
}


def briefing(
    registration: Mapping[str, Any] | None = EVERYTHING, identifier: str = "imrf-2022", **fields: Any
) -> Briefing:
    data = {
        "briefing": identifier,
        "namespace": NAMESPACE,
        "languages": ["en", "fr"],
        "title": text("The road", "La route"),
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "Europe/Brussels",
        **({"registration": registration} if registration is not None else {}),
    }
    return structure({**data, **fields})


def with_questions(*questions: Mapping[str, Any], **more: Any) -> Briefing:
    """A briefing whose form asks only these."""
    return briefing({"fields": ["email"], "questions": list(questions), **more})


def shared_folder(google: GoogleDouble) -> str:
    """A folder in a shared drive in which the service account manages content."""
    drive = google.make_drive("Team", {SERVICE: "fileOrganizer"})
    return google.make_folder("Forms", drive)


def forms_target(google: GoogleDouble, base: Path, **settings: Any) -> GoogleForms:
    """Make a target at the double, its forms in a folder of a shared drive unless it is said otherwise."""
    google.service_account(base / "key.json")
    given = {"auth": Auth(service_account="key.json"), "target": TARGET, **settings}
    if "folder" not in given:
        given["folder"] = shared_folder(google)
    return GoogleForms(base=base, base_url=google.base_url, **given)


def titles(google: GoogleDouble, form: str) -> list[str]:
    """The titles of a form's items in order."""
    return [item.get("title", "") for item in google.form(form).get("items", ())]


def form_ids(google: GoogleDouble) -> list[str]:
    """The forms that are not in the trash."""
    return [name for name in google.forms if not google.files[name].trashed]
