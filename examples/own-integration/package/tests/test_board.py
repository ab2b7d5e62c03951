"""The notice board keeps the promises that every integration makes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from council.board import NoticeBoard

from briefingkit.errors import IntegrationError
from briefingkit.model import Programme
from briefingkit.publish import Remote
from briefingkit.testing.contract import IntegrationContract, Workbench, sample_briefing


class TestNoticeBoard(IntegrationContract):
    """The contract suite, and how a person changes the board by hand."""

    @pytest.fixture(autouse=True)
    def _board(self, tmp_path: Path) -> None:
        self.file = tmp_path / "board.json"

    @pytest.fixture
    def integration(self) -> NoticeBoard:
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

    def sign(self, *lines: object) -> None:
        """Let people sign all notices."""
        board = json.loads(self.file.read_text(encoding="utf-8"))
        for notice in board.values():
            notice["signed"] = list(lines)
        self.file.write_text(json.dumps(board), encoding="utf-8")

    def test_who_signs_is_fetched_and_stays_when_the_hour_moves(self, integration: NoticeBoard) -> None:
        """A signature is the reader's: it is no drift, and no change of ours takes it away."""
        bench = Workbench(integration)
        bench.publish(sample_briefing())
        self.sign({"name": "Ana", "email": "ana@example.org", "at": "2022-03-30T11:00+01:00"})
        bench.publish(sample_briefing(hour=16))
        pages = list(integration.pull(sample_briefing(), Programme(()), {}, None))
        signed = [response.answers["name"] for page in pages for response in page.responses]
        assert signed == ["Ana", "Ana"]  # in English and in French: one person, by the address

    @pytest.mark.parametrize(
        "line",
        [
            {"name": "?"},
            "?",
            {"name": "Bo", "email": 1, "at": ""},
            {"name": "Bo", "email": "", "at": "2022-03-30"},
        ],
    )
    def test_a_line_that_cannot_be_read_stops_no_other(self, integration: NoticeBoard, line: object) -> None:
        """It is told once the others are taken."""
        bench = Workbench(integration)
        bench.publish(sample_briefing())
        self.sign(line, {"name": "Ana", "email": "ana@example.org", "at": "2022-03-30T11:00+01:00"})
        pages = integration.pull(sample_briefing(), Programme(()), {}, None)
        assert [len(next(pages).responses) for _ in ("en", "fr")] == [1, 1]
        with pytest.raises(
            IntegrationError, match=r"line 1 of contract-2022\.en, line 1 of contract-2022\.fr"
        ):
            next(pages)
