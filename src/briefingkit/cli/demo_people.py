"""The second half of the demo: people register on the page, over HTTP, in three languages, and are told and counted."""

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from briefingkit import registry
from briefingkit.cli.terminal import say
from briefingkit.errors import BriefingkitError, MissingExtra

if TYPE_CHECKING:
    from briefingkit.project import Project

__all__ = ["meet", "missing_packages"]

_BRIEFING = "imrf-2022"
# The briefing is of 2022: the demo's clock stands where people registered, and then on the day before.
_SPRING = datetime(2022, 4, 1, 9, 0, tzinfo=UTC)
_DAY_BEFORE = datetime(2022, 4, 12, 15, 0, tzinfo=UTC)
_PEOPLE: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "en",
        {
            "name": "Bo Larsen",
            "email": "bo.larsen@example.org",
            "organization": "City of Aarhus",
            "country": "DK",
            "interpretation": "none",
            "agenda.open-floor.your-action": "We run a welcome desk with the local library.",
        },
    ),
    (
        "fr",
        {
            "name": "Awa Diallo",
            "email": "awa.diallo@example.org",
            "organization": "Ville de Dakar",
            "country": "SN",
            "interpretation": "fr",
            "agenda.open-floor.your-action": "Un guichet unique accueille les nouveaux arrivants.",
        },
    ),
    (
        "es",
        {
            "name": "Lucía Ramos",
            "email": "lucia.ramos@example.org",
            "organization": "Intendencia de Montevideo",
            "country": "UY",
            "interpretation": "es",
            "agenda.open-floor.your-action": "Ofrecemos clases de idioma en cada barrio.",
        },
    ),
)


def missing_packages() -> str | None:
    """Tell what has to be installed for this half; None where everything is there."""
    try:
        registry.get("web", registry.APPS)
        there = find_spec("pygal") is not None
    except MissingExtra:
        there = False
    return None if there else 'pip install "briefingkit[charts,web]"'


def meet(out: Path) -> dict[str, Any]:
    """Serve the page for a moment, let three people register, confirm and remind them, and write the report."""
    spring = _project(out, _SPRING)
    with _page(spring) as address:
        say(f"Serving at {address} for a moment")
        for language, answers in _PEOPLE:
            _register(address, language, answers)
            say(f"  {answers['name']} registered in {language}")
    _send(spring, "confirmation")
    _send(_project(out, _DAY_BEFORE), "day-before")
    report = out / "report.html"
    with spring.registrations(_BRIEFING) as roll:
        counted = roll.counts().statuses["confirmed"]
        from briefingkit.registrations.statistics.report import report_html

        report.write_text(report_html(roll, "en"), encoding="utf-8")
    mails = _mails(out)
    if counted != len(_PEOPLE) or len(mails) != 2 * len(_PEOPLE):
        raise BriefingkitError(f"{counted} are on the list, and {len(mails)} mails were written")
    return {"registered": counted, "mails": mails, "report": str(report)}


def _project(out: Path, now: datetime) -> "Project":
    from briefingkit.project import open_project

    return open_project(out, clock=lambda: now)


@contextmanager
def _page(project: "Project") -> Iterator[str]:
    with registry.get("web", registry.APPS)(project, port=0).background() as address:
        yield address


def _register(address: str, language: str, answers: Mapping[str, str]) -> None:
    """Fill the form in as a browser does: fetch the page, send its hidden token with the answers, follow the answer."""
    host = urlsplit(address).netloc
    path = f"/{_BRIEFING}/{language}"
    line = HTTPConnection(host, timeout=30)
    try:
        line.request("GET", path)
        form = line.getresponse().read().decode()
        token = re.search(r'name="_token" value="([^"]+)"', form)
        said = {
            **answers,
            "language": language,
            "consent": "yes",
            "_token": html.unescape(token[1] if token else ""),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}"}
        line.request("POST", path, urlencode(said), headers)
        answer = line.getresponse()
        answer.read()
        own = answer.getheader("Location") or ""
        if "/r/" not in own:
            raise BriefingkitError(f"the page answered {answer.status} to a registration in {language}")
        line.request("GET", urlsplit(own).path)
        confirmed = line.getresponse().read().decode()
    finally:
        line.close()
    if html.escape(answers["name"]) not in confirmed:
        raise BriefingkitError(f"the page did not show the registration in {language}")


def _send(project: "Project", mailing: str) -> None:
    from briefingkit.mailing.outgoing.sending import Report

    with project.mailing(_BRIEFING, mailing) as dispatch:
        report = dispatch.send()
    sent = report.progress.sent if isinstance(report, Report) else 0
    say(f"  {sent} mails: {mailing}")


def _mails(out: Path) -> list[str]:
    """List the subjects of the mails, as a mail program shows them."""
    found = sorted((out / "mails" / "new").glob("*"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    subjects = []
    for path in found:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        subjects.append(f"{message['To']}: {message['Subject']}")
    return subjects
