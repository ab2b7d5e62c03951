"""The least that Google must let a forms target do is enough for all that it does."""

from pathlib import Path

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.model import Programme
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.account import GoogleAccount
from briefingkit_google.auth import Auth
from briefingkit_google.forms import GoogleForms

from .conftest import SERVICE, TARGET
from .forming import briefing, form_ids, forms_target, question, with_questions

PERSON = Auth(service_account="key.json", subject="person@cities.example")
DRIVE = "https://www.googleapis.com/auth/drive"


def delegated(google: GoogleDouble, base: Path, folder: str | None, *scopes: str) -> GoogleForms:
    """A target that acts for a person, who has room in Drive, within these scopes."""
    made = forms_target(
        google, base, folder=folder, auth=PERSON, namespace="contract.example", languages=("en",)
    )
    google.service_account(base / "key.json", delegated=scopes or made.scopes)
    return made


def test_files_that_it_makes_are_all_that_it_has_to_reach(google: GoogleDouble, tmp_path: Path) -> None:
    target = delegated(google, tmp_path, None)
    assert target.scopes == (f"{DRIVE}.file",)
    bench = Workbench(target, TARGET)
    bench.publish(with_questions(question("a")), briefing({}, "dropped"))
    one = with_questions(question("b"), question("a"))
    bench.publish(one)
    assert bench.plan(one).is_empty
    (form,) = form_ids(google)
    google.respond(form, {"a?": "1"}, email="ann@elsewhere.example")
    held = bench.journal.load(TARGET).snapshot.remotes
    (page,) = target.pull(one, Programme((one,)), held, None)
    assert page.responses[0].answers["a"] == "1"


def test_a_folder_of_somebody_else_takes_more(google: GoogleDouble, tmp_path: Path) -> None:
    target = delegated(google, tmp_path, google.make_folder("Forms"))
    assert target.scopes == (DRIVE,)
    Workbench(target, TARGET).publish(with_questions(question("a")))


def test_what_was_not_delegated_is_said(google: GoogleDouble, tmp_path: Path) -> None:
    target = delegated(google, tmp_path, google.make_folder("Forms"), f"{DRIVE}.file")
    with pytest.raises(IntegrationError, match="delegate"):
        target.read((), Workbench(target, TARGET).journal.load(TARGET).snapshot)


def test_who_looks_whether_it_works_is_told_of_the_folder(google: GoogleDouble, tmp_path: Path) -> None:
    standing = GoogleAccount().check(forms_target(google, tmp_path))
    assert standing.problems == ()
    assert standing.sees == ("Forms (may add files)",)
    hidden = google.make_folder("Private", google.make_drive("Others"))
    standing = GoogleAccount().check(forms_target(google, tmp_path, folder=hidden))
    (problem,) = standing.problems
    assert hidden in problem
    assert SERVICE in problem
