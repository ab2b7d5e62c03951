"""The mailings that these tests send, and what they look at."""

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any

from briefingkit.project import Project

MAILINGS = """\
people:
  ada: {name: Ada Okafor, email: ada@people.example, language: fr, timezone: Africa/Lagos}
agenda:
  - {key: talk, title: {en: The night, fr: La nuit}, kind: presentation, participants: [{person: ada}]}
registration: {capacity: 2, waitlist: true, fields: [name, email, language, timezone]}
mailing:
  - {key: invite, kind: invitation, audience: [{file: contacts.csv, assumed: {language: fr}}], at: -7d}
  - {key: day-before, kind: reminder, audience: [registered], at: -1d}
  - {key: news, kind: update, audience: [{file: contacts.csv}, registered, participants]}
  - {key: off, kind: cancellation, audience: [registered, participants]}
  - {key: speakers, kind: logistics, audience: [participants], at: -3d}
"""
CONTACTS = (
    "email,name,language\nbo@guests.example,Bo,en\ncy@guests.example,Cy,\nnobody,Di,\nBO@guests.example,B,\n"
)

Inbox = Callable[[], Mapping[str, list[EmailMessage]]]
Edit = Callable[[str, str], None]


def subjects(inbox: Inbox) -> dict[str, list[str]]:
    return {to: sorted(str(each["Subject"]) for each in those) for to, those in inbox().items()}


def register(project: Project, name: str, **more: str) -> None:
    with project.registrations("night-buses") as roll:
        roll.add(
            {"name": name, "email": f"{name.lower()}@people.example", **more}, language=more.get("language")
        )


def send(project: Project, key: str, **how: Any) -> None:
    with project.mailing("night-buses", key) as mailing:
        mailing.send(**how)


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())
