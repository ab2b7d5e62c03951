"""A whole run, from the file to the calendar, with all that can be logged turned on: no secret comes out anywhere."""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import BriefingkitError
from briefingkit.project import Project, open_project
from briefingkit.testing.google import GoogleDouble

from ...night_buses import BRIEFING, PROJECT, write_project
from .tokens import write_token

CALENDAR = "leaks@group.calendar.google.com"


@pytest.fixture
def google(briefingkit_google: GoogleDouble) -> GoogleDouble:
    briefingkit_google.make_calendar(CALENDAR)
    briefingkit_google.share(CALENDAR, "writer", "user:briefingkit@double.iam.gserviceaccount.com")
    return briefingkit_google


@pytest.fixture(params=["key in the environment", "token file"])
def project(
    request: pytest.FixtureRequest, google: GoogleDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    monkeypatch.setenv("GOOGLE_KEY", json.dumps(google.service_account()))
    write_token(google, tmp_path / "token.json")
    auth = "{service_account: '${GOOGLE_KEY}'}" if request.param.startswith("key") else "{user: token.json}"
    told = f"{{use: google.calendar, calendar: {CALENDAR}, base_url: '{google.base_url}', auth: {auth}}}"
    write_project(tmp_path, f"{PROJECT}targets:\n  city: {told}\n", BRIEFING)
    opened = open_project(tmp_path)
    calendar: Any = opened.targets()[0].integration
    hasty = evolve(calendar, sleep=lambda _: None)  # nothing is waited for here
    return evolve(opened, settings=evolve(opened.settings, targets=())).with_target("city", hasty)


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every logger there is, at DEBUG."""
    names = [
        name for name in logging.root.manager.loggerDict if not name.startswith(("asyncio", "hypothesis"))
    ]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


SECRETS = re.compile(
    r"PRIVATE KEY|MII[\w+/]{20}|ya29\.|1//[0-9a-f]{8}|GOCSPX|eyJ[\w-]{20}|assertion=|[Bb]earer \S"
)


def _said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    out = capfd.readouterr()
    return caplog.text + out.out + out.err


def test_a_run_that_goes_well_tells_no_secret(
    project: Project, everything: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = project.plan()
    report = project.apply(plan)
    report.raise_for_failed()
    assert everything.records  # something was logged
    told = _said(everything, capfd) + repr(plan) + repr(report) + repr(project) + repr(project.targets())
    assert SECRETS.findall(told) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "token", "status": 400, "reason": "invalid_grant"},
        {"method": "token", "html": True},
        {"method": "token", "status": 500},
        {"method": "calendar.*", "status": 401, "reason": "authError"},
        {"method": "calendar.*", "status": 403, "reason": "insufficientPermissions"},
        {"method": "batch", "status": 400},
        {"method": "batch", "truncate": True},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_run_that_goes_wrong_tells_no_secret(
    project: Project, google: GoogleDouble, everything: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    fault: dict[str, Any],
) -> None:  # fmt: skip
    google.fail(**fault, times=1000)
    told = ""
    try:
        plan = project.plan()
        told += repr(plan) + repr([planned.error for planned in plan.targets])
        told += repr(project.apply(plan))
    except BriefingkitError as error:
        told += "".join(traceback.format_exception(error))
    assert SECRETS.findall(told + _said(everything, capfd)) == []
