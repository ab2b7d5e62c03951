"""A plan over many briefings with nothing to do opens each file once and renders nothing."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from briefingkit.publish import Drift
from briefingkit.rendering.values import View
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit_files import Files

MANY = 1000


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch, plain_pages: list[str]) -> list[str]:
    def ics(view: View, **_: object) -> bytes:
        plain_pages.append(view.identifier)
        return (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            % view.uid.encode()
        )

    monkeypatch.setattr("briefingkit.rendering.ics.ics", ics)
    monkeypatch.setattr("os.fsync", lambda _: None)
    return plain_pages


def test_a_plan_with_nothing_to_do_opens_each_file_once_and_renders_nothing(
    tmp_path: Path, cheap: list[str], opened: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    bench = Workbench(Files("site", base=tmp_path, formats=("html", "ics")))
    briefings = [sample_briefing(f"briefing-{number}") for number in range(MANY)]
    bench.publish(*briefings)
    there = Counter(str(path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(there) == MANY * 2 * 3 + 2 * 3 + 2
    cheap.clear()
    with opened() as paths:
        plan = bench.plan(*briefings)
    assert plan.is_empty
    assert cheap == []
    assert Counter(path for path in paths if path.startswith(str(tmp_path))) == there


def test_a_feed_is_made_of_the_files_beside_it_and_renders_nothing_again(
    tmp_path: Path, cheap: list[str]
) -> None:
    bench = Workbench(Files("site", base=tmp_path))
    briefings = [sample_briefing(f"briefing-{number}") for number in range(3)]
    bench.publish(*briefings)
    feed = tmp_path / "site" / "en" / "feed.ics"
    was = feed.read_bytes()
    feed.unlink()
    cheap.clear()
    bench.publish(*briefings, drift=Drift.RESTORE)
    assert was.count(b"BEGIN:VEVENT") == 3
    assert feed.read_bytes() == was
    assert cheap == []
