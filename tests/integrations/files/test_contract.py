from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from attrs import evolve

from briefingkit.publish import Change, Outcome, Remote, Status
from briefingkit.testing.contract import IntegrationContract
from briefingkit_files import Files
from briefingkit_files.writing import Writer


class TestFiles(IntegrationContract):
    @pytest.fixture
    def integration(self, tmp_path: Path) -> Files:
        self.root = tmp_path / "site"
        return Files("site", base=tmp_path, base_url="https://briefings.example/")

    def edit_by_hand(self, remote: Remote) -> None:
        with (self.root / remote.id).open("a") as file:
            file.write("<!-- a word by hand -->")

    def remove_by_hand(self, remote: Remote) -> None:
        path = self.root / remote.id
        for beside in path.parent.glob(f"{path.stem}.*"):
            beside.unlink()

    def add_stranger(self) -> Callable[[], object]:
        for name in (
            "robots.txt",
            "en/photo.json",
            "en/other.html",
            "en/feed.json",
            "de/index.html",
            "assets/x.css",
        ):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'{{"briefingkit-files": 1, "mine": "{name}"}}')
        strangers = [path for path in self.root.rglob("*") if path.is_file()]
        return lambda: {path: path.exists() and path.read_text() for path in strangers}

    def lose_answers(self) -> None:
        apply = Writer.apply

        def lost(writer: Writer, change: Change) -> Outcome:
            apply(writer, change)
            return evolve(Outcome(change, Status.UNKNOWN), error="no answer")

        self.losing = patch.object(Writer, "apply", lost)
        self.losing.start()

    def find_answers(self) -> None:
        self.losing.stop()
