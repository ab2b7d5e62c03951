"""What can go wrong while forms are made and changed: each change has a true outcome, and no form is there twice."""

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.publish import Change, Status
from briefingkit.testing.contract import Workbench
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth
from briefingkit_google.client import Session
from briefingkit_google.forms import GoogleForms
from briefingkit_google.forms.steps import FormWriter

from .conftest import SERVICE, TARGET
from .forming import briefing, form_ids, forms_target, question, titles, with_questions

ONE = with_questions(question("a"), question("b"))
OTHER = with_questions(question("b"), question("c"))
WRITES = [
    "drive.files.create",
    "forms.forms.batchUpdate",
    "drive.files.update",
    "drive.permissions.create",
    "forms.forms.setPublishSettings",
]
PASSING = {
    "trouble of its own": {"status": 503},
    "too many requests": {"status": 429},
    "a rate limit": {"status": 403, "reason": "userRateLimitExceeded"},
    "a reset before": {"reset": True},
    "a reset after": {"reset": True, "after": True},
    "half an answer": {"truncate": True},
    "a page of the front end": {"html": True},
    "a failure after it was done": {"status": 500, "after": True},
}


@pytest.fixture
def target(google: GoogleDouble, tmp_path: Path, slept: list[float]) -> GoogleForms:
    return forms_target(google, tmp_path, sleep=slept.append, languages=("en",))


@pytest.fixture
def bench(target: GoogleForms) -> Workbench:
    return Workbench(target, TARGET)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
@pytest.mark.parametrize("method", WRITES)
def test_what_passes_is_made_good_in_the_same_run_or_the_next(
    google: GoogleDouble, bench: Workbench, fault: dict[str, Any], method: str
) -> None:
    google.fail(method, **fault)
    bench.apply(bench.plan(ONE))
    google.heal()
    bench.apply(bench.plan(ONE)).raise_for_failed()
    assert bench.plan(ONE).is_empty
    (form,) = google.forms
    assert titles(google, form) == ["a?", "b?"]
    assert google.form(form)["publishSettings"]["publishState"] == {
        "isPublished": True,
        "isAcceptingResponses": True,
    }


@pytest.mark.parametrize("method", WRITES)
def test_a_rate_limit_is_waited_for(
    google: GoogleDouble, bench: Workbench, slept: list[float], method: str
) -> None:
    google.fail(method, status=429, retry_after=17, times=2)
    bench.publish(ONE)
    assert len([seconds for seconds in slept if seconds >= 17]) == 2
    assert bench.plan(ONE).is_empty


def test_an_answer_that_was_lost_and_a_search_that_lags_make_no_second_form(
    google: GoogleDouble, tmp_path: Path
) -> None:
    """The search does not find what is new for a while: it is asked again, and nothing is made meanwhile."""
    google.search_lag = timedelta(seconds=40)
    target = forms_target(
        google, tmp_path, languages=("en",), sleep=lambda s: google.advance(timedelta(seconds=s))
    )
    bench = Workbench(target, TARGET)
    google.fail("drive.files.create", after=True, reset=True)
    bench.publish(ONE)
    assert len(google.forms) == 1
    assert bench.plan(ONE).is_empty


def test_a_form_that_is_not_found_in_time_is_not_made_again_in_the_next_run(
    google: GoogleDouble, tmp_path: Path
) -> None:
    google.search_lag = timedelta(seconds=100)
    target = forms_target(
        google, tmp_path, languages=("en",), sleep=lambda s: google.advance(timedelta(seconds=s))
    )
    bench = Workbench(target, TARGET)
    google.fail("drive.files.create", after=True, reset=True)
    (outcome,) = bench.apply(bench.plan(ONE)).outcomes
    assert outcome.status is Status.UNKNOWN
    assert "plan again in a while" in str(outcome.error)
    bench.publish(ONE)  # it waits, because the last run had no answer
    assert len(google.forms) == 1
    assert bench.plan(ONE).is_empty


def test_a_form_that_is_there_twice_is_refused(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(ONE)
    (form,) = google.forms
    twin = google.copy_file(form)
    # Somebody's copy is somebody's: it carries the name of another form.
    assert bench.plan(ONE).is_empty
    google.files[twin].app_properties["briefingkit-filled"] = twin
    plan = bench.plan(OTHER)
    assert not bench.apply(plan).counts["done"]
    assert titles(google, form) == titles(google, twin) == ["a?", "b?"]
    bench.lose_ledger()
    assert not bench.apply(bench.plan(OTHER)).counts["done"]
    assert len(google.forms) == 2


def test_making_one_that_is_there_twice_is_refused_and_says_which(
    google: GoogleDouble, target: GoogleForms, bench: Workbench
) -> None:
    bench.publish(ONE)
    (form,) = google.forms
    twin = google.copy_file(form)
    google.files[twin].app_properties["briefingkit-filled"] = twin
    (wanted,) = bench.desired(ONE)
    (outcome,) = target.apply([Change(wanted)])
    assert outcome.status is Status.REFUSED
    assert form in str(outcome.error)
    assert twin in str(outcome.error)


def test_a_form_that_changed_since_it_was_read_is_planned_again(
    google: GoogleDouble, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between the look before a write and the write itself."""
    bench.publish(ONE)
    plan = bench.plan(OTHER)
    (form,) = google.forms
    requests = FormWriter._requests

    def edited_meanwhile(*args: Any) -> Any:
        if google.form(form)["info"].get("description") != "edited":
            found = requests(*args)
            google.edit_form(form, description="edited")
            return found
        return requests(*args)

    monkeypatch.setattr(FormWriter, "_requests", edited_meanwhile)
    (outcome,) = bench.apply(plan).outcomes
    assert outcome.status is Status.FAILED
    assert "plan again" in str(outcome.error)
    assert titles(google, form) == ["a?", "b?"]


def test_an_exhausted_quota_stops_and_says_so(
    google: GoogleDouble, bench: Workbench, slept: list[float]
) -> None:
    google.fail("drive.files.create", status=403, reason="quotaExceeded", times=math.inf)
    report = bench.apply(bench.plan(ONE, briefing({}, "second"), briefing({}, "third")))
    assert [outcome.status for outcome in report.outcomes] == [Status.FAILED, Status.REFUSED, Status.REFUSED]
    assert "wait" in str(report.outcomes[0].error)
    assert report.outcomes[1].error is not None
    assert report.outcomes[1].error.startswith("not tried")
    assert slept == []


def test_after_a_stop_nothing_more_is_tried(
    google: GoogleDouble, target: GoogleForms, bench: Workbench
) -> None:
    google.fail("drive.files.create", status=403, reason="quotaExceeded", times=math.inf)
    changes = [Change(wanted) for wanted in bench.desired(ONE, briefing({}, "second"))]
    outcomes = list(target.apply(changes))
    assert [(each.status, each.stop) for each in outcomes] == [(Status.FAILED, True), (Status.REFUSED, True)]
    assert [each.change for each in outcomes] == changes
    assert len([each for each in google.requests if each.method == "drive.files.create"]) == 1


def test_a_service_account_without_a_folder_is_told_what_to_do(google: GoogleDouble, tmp_path: Path) -> None:
    bench = Workbench(forms_target(google, tmp_path, folder=None), TARGET)
    report = bench.apply(bench.plan(ONE))
    assert "folder of a shared drive" in str(report.outcomes[0].error)
    assert not google.forms


def test_a_folder_that_is_not_shared_is_named(google: GoogleDouble, tmp_path: Path) -> None:
    folder = google.make_folder("Private", google.make_drive("Others"))
    bench = Workbench(forms_target(google, tmp_path, folder=folder), TARGET)
    (outcome, *_) = bench.apply(bench.plan(ONE)).outcomes
    assert outcome.status is Status.FAILED
    assert folder in str(outcome.error)
    assert SERVICE in str(outcome.error)


def test_an_api_that_is_not_enabled_is_named(google: GoogleDouble, bench: Workbench) -> None:
    google.disable_api("drive")
    plan = bench.plan(ONE)
    assert "Google Drive API is not enabled" in str(plan.targets[0].error)
    google.enable_api("drive")
    google.disable_api("forms")
    (outcome,) = bench.apply(bench.plan(ONE)).outcomes
    assert "forms.googleapis.com" in str(outcome.error)


def test_who_may_not_use_the_trash_is_told_so(google: GoogleDouble, tmp_path: Path) -> None:
    folder = google.make_folder("Forms", google.make_drive("Team", {SERVICE: "writer"}))
    bench = Workbench(forms_target(google, tmp_path, folder=folder), TARGET)
    bench.publish(ONE, briefing({}, "dropped"))
    outcomes = bench.apply(bench.plan(ONE)).outcomes
    assert {outcome.status for outcome in outcomes} == {Status.FAILED}
    assert "Content manager" in str(outcomes[0].error)


def test_a_form_goes_into_the_trash_and_its_answers_with_it(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(ONE, briefing({}, "dropped"))
    bench.publish(ONE)
    assert len(google.forms) == 2
    assert len(form_ids(google)) == 1


def test_what_google_does_not_keep_is_no_success(
    google: GoogleDouble, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No revision is about publishing: only reading it back shows whether it is so."""
    (wanted,) = bench.desired(ONE)
    bench.publish(ONE)
    (form,) = google.forms
    google.close_form(form)
    bench.lose_ledger()
    plan = bench.plan(ONE)
    monkeypatch.setattr(FormWriter, "_publish", lambda *_: iter(()))
    (outcome,) = bench.apply(plan).outcomes
    assert outcome.status is Status.UNKNOWN
    assert "accepting" in str(outcome.error)
    assert wanted.fields["accepting"] is True


def test_a_search_that_did_not_look_everywhere_is_an_error(
    google: GoogleDouble, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Session.try_once

    def halved(self: Session, request: Any, **more: Any) -> Any:
        answer = send(self, request, **more)
        return {**answer, "incompleteSearch": True} if request.methodId == "drive.files.list" else answer

    plan = bench.plan(ONE)
    monkeypatch.setattr(Session, "try_once", halved)
    assert "did not search" in str(bench.plan(ONE).targets[0].error)
    (outcome,) = bench.apply(plan).outcomes
    assert outcome.status is Status.FAILED
    assert not google.forms


def test_no_address_is_in_a_plan_or_an_error(google: GoogleDouble, tmp_path: Path) -> None:
    target = forms_target(google, tmp_path, editors=("anna.secret@cities.example",))
    bench = Workbench(target, TARGET)
    plan = bench.plan(ONE)
    assert "anna.secret" not in repr(plan)
    assert "anna.secret" not in repr(target)
    report = bench.apply(plan)
    assert "anna.secret" not in repr(report)
    assert "a…@cities.example" in repr(report.outcomes[0].remote)


def test_no_credentials_are_one_error(google: GoogleDouble, tmp_path: Path) -> None:
    target = forms_target(google, tmp_path, auth=Auth(service_account="missing.json"))
    with pytest.raises(IntegrationError, match=r"missing\.json"):
        target.read((), Workbench(target, TARGET).journal.load(TARGET).snapshot)
