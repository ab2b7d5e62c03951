"""Spreadsheets as a target: what every integration promises, and what this one promises besides."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
from attrs import evolve

from briefingkit.model import Briefing, Registration, RegistrationField
from briefingkit.publish import Remote
from briefingkit.testing import contract
from briefingkit.testing.contract import IntegrationContract
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.sheets import GoogleSheets

from .conftest import FOLDER_NAME

SAMPLE = contract.sample_briefing


def asking(identifier: str = "contract-2022", *, title: str = "On the road", hour: int = 15) -> Briefing:
    """The contract's briefing, whose title changes with its hour: the times are nothing that a list shows."""
    told = f"{title} at {hour}" if hour != 15 else title
    fields = (RegistrationField.NAME, RegistrationField.EMAIL)
    return evolve(SAMPLE(identifier, title=told, hour=hour), registration=Registration(fields=fields))


class TestGoogleSheets(IntegrationContract):
    """One spreadsheet for each briefing, in a folder of a shared drive."""

    settings: ClassVar[Mapping[str, Any]] = {}

    @pytest.fixture(autouse=True)
    def _asking(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(contract, "sample_briefing", asking)

    @pytest.fixture
    def integration(self, drive: GoogleDouble, sheets: Callable[..., GoogleSheets]) -> GoogleSheets:
        self.google = drive
        made = sheets(**self.settings)
        self.secret = json.loads((made.base / "key.json").read_text())["private_key"]
        return made

    def edit_by_hand(self, remote: Remote) -> None:
        self.google.rename_file(remote.id, "Renamed by hand")

    def remove_by_hand(self, remote: Remote) -> None:
        self.google.trash_file(remote.id)

    def add_stranger(self) -> Callable[[], object]:
        folder = next(each.id for each in self.google.files.values() if each.name == FOLDER_NAME)
        stranger = self.google.make_spreadsheet("Somebody's own", parent=folder)
        return lambda: (self.google.files[stranger].name, self.google.files[stranger].trashed)

    def lose_answers(self) -> None:
        self.google.fail("batch", after=True, reset=True, times=math.inf)
        for method in ("create", "update", "delete"):
            self.google.fail(f"drive.*.{method}", after=True, reset=True, times=math.inf)

    def find_answers(self) -> None:
        self.google.heal()


class TestShared(TestGoogleSheets):
    """With people who edit, and people who read."""

    settings: ClassVar[Mapping[str, Any]] = {
        "editors": ("ann@cities.example",),
        "readers": ("group:team@cities.example",),
    }
