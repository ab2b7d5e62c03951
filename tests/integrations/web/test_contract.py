"""The target keeps the promises of every integration, and tells the others where people register."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.model import FromTarget, Registration
from briefingkit.project import Project
from briefingkit.publish import Change, Outcome, Remote, Status
from briefingkit.testing import contract
from briefingkit.testing.contract import IntegrationContract
from briefingkit.text import LocalizedUrl
from briefingkit_web import Web
from briefingkit_web.announced import Announced

URL = "https://register.example.org/"


class TestWeb(IntegrationContract):
    @pytest.fixture
    def integration(self, tmp_path: Path) -> Web:
        self.folder = tmp_path / ".briefingkit" / "web" / "web"
        return Web(URL, base=tmp_path)

    def edit_by_hand(self, remote: Remote) -> None:
        path = self.folder / f"{remote.id}.json"
        path.write_text(
            path.read_text("utf-8").replace("register.example.org", "elsewhere.example.org"), "utf-8"
        )

    def remove_by_hand(self, remote: Remote) -> None:
        (self.folder / f"{remote.id}.json").unlink()

    def add_stranger(self) -> Callable[[], object]:
        self.folder.mkdir(parents=True)
        for name in ("notes.txt", "mine.json", "other.json"):
            (self.folder / name).write_text(json.dumps({"briefingkit-web": 1, "target": "another"}), "utf-8")
        strangers = [path for path in self.folder.iterdir() if path.is_file()]
        return lambda: {path: path.exists() and path.read_text("utf-8") for path in strangers}

    def lose_answers(self) -> None:
        apply = Web._apply

        def lost(target: Web, change: Change) -> Outcome:
            apply(target, change)
            return Outcome(change, Status.UNKNOWN, error="no answer")

        self.losing = patch.object(Web, "_apply", lost)
        self.losing.start()

    def find_answers(self) -> None:
        self.losing.stop()


def test_the_address_stands_in_pages_and_calendars_after_one_apply(folder: Path, project: Project) -> None:
    file = folder / "briefingkit.yaml"
    file.write_text(file.read_text("utf-8") + "  site: {use: files, folder: site}\n", "utf-8")
    import briefingkit as bk

    opened = bk.open(folder, clock=project.clock)
    opened.apply(opened.plan()).raise_for_failed()
    for language in ("en", "fr", "ar"):
        page = (folder / "site" / language / "road-2027.html").read_text("utf-8")
        assert f'href="{URL}road-2027/{language}"' in page
    assert opened.plan().is_empty


@pytest.mark.parametrize(
    ("url", "here"),
    [
        (None, True),
        (FromTarget("web"), True),
        (FromTarget("forms"), False),
        (LocalizedUrl.of("https://x.example"), False),
    ],
)
def test_it_takes_those_who_register_nowhere_else(url: LocalizedUrl | FromTarget | None, here: bool) -> None:
    briefing = evolve(contract.sample_briefing(), registration=Registration(url=url))
    assert Web(URL).registers(briefing) is here
    assert not Web(URL).registers(evolve(briefing, registration=None))


@pytest.mark.parametrize(
    "url",
    [
        "register.example.org",
        "ftp://x.example/",
        "http://register.example.org/",
        "https://a@b/",
        "https://x/?q",
        "https://x/\n",
        "",
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ModelError):
        Web(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:8000/x", "http://[::1]/", "https://x.example"]
)
def test_an_address_of_this_machine_may_go_without_tls(url: str) -> None:
    assert Web(url).address("a-2027", "fr").endswith("/a-2027/fr")


def test_what_cannot_be_written_is_told_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Web(URL, base=tmp_path)
    bench = contract.Workbench(target)
    wanted = bench.desired(contract.sample_briefing("a"), contract.sample_briefing("b"))
    write = Announced.write

    def full(told: Announced, briefing: str, fields: Mapping[str, object]) -> object:
        if briefing == "a":
            raise OSError(28, "No space left on device")
        return write(told, briefing, fields)

    monkeypatch.setattr(Announced, "write", full)
    outcomes = list(target.apply([Change(each) for each in wanted]))
    assert [outcome.status for outcome in outcomes] == [Status.FAILED, Status.DONE]
    assert "No space left" in str(outcomes[0].error)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".briefingkit").mkdir()
    (tmp_path / ".briefingkit" / "web").write_text("in the way")
    with pytest.raises(IntegrationError, match="cannot be read"):
        contract.Workbench(Web(URL, base=tmp_path)).read(contract.sample_briefing())
