"""No secret is in any output at any log level: not in logs, reprs, errors, tracebacks, plans or the ledger."""

import json
import logging
import math
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from briefingkit.errors import BriefingkitError
from briefingkit.publish.saved import dump_plan
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth
from briefingkit_google.calendar import GoogleCalendar

from .conftest import CITY, TARGET
from .tokens import write_token

Make = Callable[..., GoogleCalendar]


class Everything(logging.Handler):
    """Keeps each record as any formatter could write it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))
        self.lines.append(repr({**record.__dict__, "message": record.getMessage()}))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, root = Everything(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


def user(google: GoogleDouble, folder: Path) -> Auth:
    """A person's token file, as `briefingkit auth google` writes it."""
    google.share(CITY, "owner", f"user:{google.person}")
    write_token(google, folder / "token.json")
    return Auth(user="token.json")


FAULTS: dict[str, dict[str, object]] = {
    "none": {"method": "nothing"},
    "a refusal": {"method": "calendar.events.insert", "status": 400, "message": "Bearer TOKEN is no good"},
    "a token refused": {"method": "token", "status": 400, "times": math.inf},
    "no token to be had": {"method": "token", "status": 503, "times": math.inf},
    "a token that is not taken": {"method": "calendar.events.*", "status": 401, "times": math.inf},
    "a batch that is no batch": {"method": "batch", "html": True, "times": math.inf},
    "a connection that ends": {"method": "*", "reset": True, "times": math.inf},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("who", ["service account", "user"])
def test_no_secret_is_in_anything_that_anybody_reads(
    google: GoogleDouble,
    calendar: Make,
    tmp_path: Path,
    logged: list[str],
    fault: dict[str, object],
    who: str,
) -> None:
    auth = user(google, tmp_path) if who == "user" else Auth(service_account="key.json")
    integration = calendar(auth=auth)
    bench = Workbench(integration, TARGET)
    said = [repr(integration), str(integration), repr(bench.target)]
    plans = [bench.plan(sample_briefing("a"))]
    bench.apply(plans[0])
    given = {**fault}
    google.fail(str(given.pop("method")), **given)
    google.expire_tokens()
    try:
        plans.append(bench.plan(sample_briefing("a", hour=17), sample_briefing("b")))
        report = bench.apply(plans[-1])
        said += [repr(report), *map(str, report.outcomes)]
        report.raise_for_failed()
    except BriefingkitError as error:
        said += [repr(error), str(error), "".join(traceback.format_exception(error))]
        said.append("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
    said += [dump_plan(plan) for plan in plans]
    said += [repr(session) for session in _sessions()]
    everything = "\n".join([*said, *logged])
    for secret in _secrets(google, tmp_path):
        assert secret not in everything


def _sessions() -> list[object]:
    from briefingkit_google import client

    return [*client._SESSIONS._open.values()]


def _secrets(google: GoogleDouble, folder: Path) -> set[str]:
    key = json.loads((folder / "key.json").read_text())
    found = {key["private_key"], json.dumps(key["private_key"])[1:-1], *key["private_key"].splitlines()[1:-1]}
    tokens = {each.headers.get("authorization", "").removeprefix("Bearer ") for each in google.requests}
    assert any(tokens)
    token = folder / "token.json"
    if token.exists():
        held = json.loads(token.read_text())
        found |= {held["refresh_token"], held["client_secret"]}
    return {each for each in found | tokens if each}
