"""A briefing from its concept note to the day on which everybody is forgotten, with a clock that moves.

The page is served and filled in over HTTP, mails go into a Maildir, and nothing leaves the machine.
"""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from browser import visit

import briefingkit as bk
from briefingkit.errors import BriefingkitError
from briefingkit.publish.present import present
from briefingkit.registrations.attendance.matching import Doubts
from briefingkit.registrations.certificates.certificate import issue_certificates
from briefingkit.registrations.statistics.report import report_html
from briefingkit.source import rewrite
from briefingkit_web.serving import WebServer

NAME, FILE = "imrf-2022", Path("briefing.yaml")
PEOPLE = (
    {"language": "en", "name": "Bo Larsen", "email": "bo.larsen@example.org", "country": "DK"},
    {"language": "fr", "name": "Awa Diallo", "email": "awa.diallo@example.org", "country": "SN"},
    {"language": "es", "name": "Lucía Ramos", "email": "lucia.ramos@example.org", "country": "UY"},
)
now = datetime(2022, 3, 1, tzinfo=UTC)
project = bk.open("briefingkit.yaml", clock=lambda: now)
mails: dict[Path, EmailMessage] = {}


def on(month: int, day: int, hour: int, what: str) -> None:
    """Let the project's clock stand at an hour of 2022, in UTC."""
    global now  # noqa: PLW0603 - it is the clock
    now = datetime(2022, month, day, hour, tzinfo=UTC)
    print(f"\n{now:%d %B, %H:%M} UTC: {what}")


def change(field: str, value: object) -> None:
    """Write a field of the file anew; all else in it stays as it is, to the byte."""
    FILE.write_text(rewrite(FILE.read_text(encoding="utf-8"), {(field,): value}), encoding="utf-8")


def publish(shown: str = "") -> None:
    """Show what would change, in short, and do it."""
    plan = project.plan()
    lines = (str(line) for line in present(plan))
    print(*(line for line in lines if not line.startswith("    ") or f" {shown}: " in line), sep="\n")
    project.apply(plan).raise_for_failed()
    print(f"nothing left to do: {project.plan().is_empty}")


def send(mailing: str) -> None:
    """Send what is due of a mailing, and try once more: nobody is written to twice."""
    with project.mailing(NAME, mailing) as dispatch:
        changes = "".join(f", {changed} changed" for changed in dispatch.plan().changes)
        sent = [report.progress.sent for report in (dispatch.send(), dispatch.send()) if report]
    print(f"{mailing}: {' sent, then '.join(map(str, sent))}{changes}")
    new = {path: path.read_bytes() for path in Path("mails/new").iterdir() if path not in mails}
    mails.update({path: message_from_bytes(octets, policy=policy.default) for path, octets in new.items()})
    print(*sorted(f"  {mails[path]['To']}: {mails[path]['Subject']}" for path in new), sep="\n")


on(3, 1, 9, "a concept note becomes a draft, and what it leaves in doubt is asked")
doubts = bk.draft(Path("note.md").read_text(encoding="utf-8"), file="note.md").unconfirmed
print(f"{len(doubts)} doubts: {', '.join(doubts[:5])} …")

on(3, 23, 15, "a person has settled them, and two have translated: briefing.yaml goes out")
print(f"findings: {len(project.check())}")
publish()
send("invite")

on(4, 1, 9, "three register on the page, each in their language; one cancels by the link in the mail")
with WebServer(project, port=0).background() as page:
    for answers in PEOPLE:
        visit(
            f"{page}{NAME}/{answers['language']}",
            {**answers, "interpretation": answers["language"], "consent": "yes"},
        )
    send("confirmation")
    texts = [body.get_content() for mail in mails.values() if (body := mail.get_body(("plain",)))]
    [link] = {link for text in texts for link in re.findall(r"https\S+/en/r/\S+/cancel", text)}
    visit(urljoin(page, urlsplit(link).path), {"_do": "cancel"})
send("confirmation")

on(4, 5, 9, "the hour moves, and whoever was told of the old one hears of it")
change("start", "2022-04-13T16:00")
change("end", "2022-04-13T17:00")
publish("start")
send("news")

on(4, 12, 15, "the day before")
send("day-before")

on(4, 13, 16, "it is over, and the meeting's own report says who was there")
with project.registrations(NAME) as registrations:
    registrations.import_attendance("participants.csv", doubts=Doubts(likely=True))
    for each in registrations.attendance():
        print(f"{each.name}: {each.minutes} minutes")
    Path("report.html").write_text(report_html(registrations, "en"), encoding="utf-8")
    try:
        for made in issue_certificates(registrations, "certificates"):
            print(f"certificate: {made.path or made.problem}")
    except BriefingkitError as missing:
        print(f"no certificates: {missing}")

on(4, 14, 16, "the recording is there, and those who came are thanked")
title = {"en": "Recording", "fr": "Enregistrement", "es": "Grabación"}
url = {language: f"https://video.example.org/imrf/{language}" for language in title}
change("materials", [{"key": "recording", "title": title, "url": url, "access": "registered"}])
publish()
send("thanks")

on(7, 13, 9, "the 90 days that they consented to are over")
with project.personal_data() as people:
    print(f"erased: {dict(people.expire())}")
