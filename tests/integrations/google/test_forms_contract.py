import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from briefingkit.publish import Remote
from briefingkit.testing.contract import IntegrationContract
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.forms import GoogleForms
from briefingkit_google.forms.choices import EmailCollection, Responders, Style

from .forming import forms_target, titles


class TestPerLanguage(IntegrationContract):
    """One form for each language."""

    settings: ClassVar[Mapping[str, Any]] = {}

    @pytest.fixture
    def integration(self, google: GoogleDouble, tmp_path: Path, slept: list[float]) -> GoogleForms:
        self.google = google
        made = forms_target(google, tmp_path, sleep=slept.append, **self.settings)
        self.secret = json.loads((tmp_path / "key.json").read_text())["private_key"]
        return made

    def edit_by_hand(self, remote: Remote) -> None:
        self.google.edit_item(remote.id, titles(self.google, remote.id)[0], title="Edited by hand")

    def remove_by_hand(self, remote: Remote) -> None:
        self.google.trash_file(remote.id)

    def add_stranger(self) -> Callable[[], object]:
        stranger = self.google.make_form(
            "Somebody's own", {"title": "Name", "questionItem": {"question": {"textQuestion": {}}}}
        )
        return lambda: (self.google.form(stranger), self.google.files[stranger].app_properties)

    def lose_answers(self) -> None:
        for method in (
            "drive.files.create",
            "drive.files.update",
            "drive.permissions.create",
            "forms.forms.batchUpdate",
            "forms.forms.setPublishSettings",
        ):
            self.google.fail(method, after=True, reset=True, times=math.inf)

    def find_answers(self) -> None:
        self.google.heal()


class TestBranching(TestPerLanguage):
    """One form in which people choose their language."""

    settings: ClassVar[Mapping[str, Any]] = {"style": Style.BRANCHING}


class TestShared(TestPerLanguage):
    """Forms that some may edit, and only some may answer; the address is a question like others."""

    settings: ClassVar[Mapping[str, Any]] = {
        "editors": ("anna@cities.example", "bo@cities.example"),
        "responders": Responders(("domain:cities.example", "user:ann@elsewhere.example")),
        "email_collection": EmailCollection.QUESTION,
        "document_title": "{briefing} {language} {title}",
    }
