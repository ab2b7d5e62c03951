"""The notice board keeps the promises that every integration makes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from noticeboard import NoticeBoard

from briefingkit.publish import Integration, Remote
from briefingkit.testing.contract import IntegrationContract


class TestNoticeBoard(IntegrationContract):
    """The contract suite, and how a person changes the board by hand."""

    @pytest.fixture(autouse=True)
    def _board(self, tmp_path: Path) -> None:
        self.file = tmp_path / "board.json"

    @pytest.fixture
    def integration(self) -> Integration:
        """Give a board that is empty."""
        return NoticeBoard("board.json", base=self.file.parent)

    def edit_by_hand(self, remote: Remote) -> None:
        """Somebody writes over a title."""
        board = json.loads(self.file.read_text(encoding="utf-8"))
        board[remote.id]["title"] = "Moved to the big hall"
        self.file.write_text(json.dumps(board), encoding="utf-8")

    def remove_by_hand(self, remote: Remote) -> None:
        """Somebody takes a notice off."""
        board = json.loads(self.file.read_text(encoding="utf-8"))
        del board[remote.id]
        self.file.write_text(json.dumps(board), encoding="utf-8")

    def add_stranger(self) -> Callable[[], object]:
        """Somebody pins a notice of their own."""
        board = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        board["choir"] = {"title": "The choir meets on Tuesday"}
        self.file.write_text(json.dumps(board), encoding="utf-8")
        return lambda: json.loads(self.file.read_text(encoding="utf-8"))["choir"]
