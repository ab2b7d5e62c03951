"""Mailings that would go to nobody are said before anybody waits for them."""

from pathlib import Path
from typing import Any

from briefingkit.source import load, loads
from briefingkit.source.check import check
from briefingkit.source.project_file import TargetSettings

HEAD = """\
format: 1
briefing: night-buses
namespace: talks.example.org
languages: [en]
title: Night buses
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
organizers: [{key: transit, name: City Transit, role: host}]
agenda: [{key: start, title: Start, kind: opening}, {key: talk, title: Talk, kind: presentation}]
"""


def found(mailing: str, registration: str = "{fields: [name, email]}", **more: Any) -> list[str]:
    text = f"{HEAD}registration: {registration}\nmailing:\n  - {mailing}\n"
    findings = check(loads(text, "b.yaml"), **more)
    return [f"{each.code} {each.path}" for each in findings if each.code[:3] in {"W60", "W50"}]


def test_an_audience_by_answers_names_what_the_form_asks() -> None:
    told = (
        "{key: m, kind: custom, audience: [{group: registered, answers: [{question: meal, answers: [veg]}]}]}"
    )
    assert found(told) == ["W605 mailing.m.audience.0.answers.0.question"]
    asks = "{questions: [{key: meal, text: Meal, type: choice, options: [{key: OPTION, text: A}]}]}"
    assert found(told, asks.replace("OPTION", "fish")) == ["W605 mailing.m.audience.0.answers.0.answers"]
    assert found(told, asks.replace("OPTION", "veg")) == []
    assert found(told.replace("meal", "country"), "{fields: [name, email, country]}") == []


def test_an_audience_by_parts_names_what_can_be_chosen() -> None:
    told = "{key: m, kind: custom, audience: [{group: registered, segments: [walk]}]}"
    assert found(told) == ["W606 mailing.m.audience.0.segments"]
    assert found(told, "{choose: agenda}") == ["W606 mailing.m.audience.0.segments"]
    assert found(told.replace("walk", "start"), "{choose: agenda}") == ["W606 mailing.m.audience.0.segments"]
    assert found(told.replace("walk", "talk"), "{choose: agenda}") == []


def test_a_target_that_is_to_know_people_is_there() -> None:
    told = "{key: m, kind: custom, audience: [{target: crm}]}"
    targets = (TargetSettings("site", "files"),)
    assert found(told, targets=targets) == ["W507 mailing.m.audience.0.target"]
    assert found(told, targets=(TargetSettings("crm", "crm"),)) == []
    assert found(told, targets=targets, names=("site", "crm")) == []


def test_without_a_project_nobody_knows_who_is_there() -> None:
    told = "{key: m, kind: custom, audience: [{target: crm}]}"
    assert found(told) == []
    assert found(told, names=()) == ["W507 mailing.m.audience.0.target"]


def test_a_target_that_is_nearly_called_so_is_suggested() -> None:
    text = f"{HEAD}mailing:\n  - {{key: m, kind: custom, audience: [{{target: crn}}]}}\n"
    (said,) = map(str, check(loads(text, "b.yaml"), names=("site", "crm")))
    assert said == (
        "b.yaml:13:48 W507 no target is called crn, and it is to say who is written to. Did you mean crm?"
    )


# Files that a mailing names


def looked_for(folder: Path, mailing: str, head: str = HEAD) -> list[str]:
    """Check a briefing that is a file in a folder."""
    path = folder / "briefing.yaml"
    path.write_text(f"{head}mailing:\n  - {mailing}\n", encoding="utf-8")
    return [str(finding).removeprefix(str(folder)) for finding in check(load(path))]


def test_contacts_are_looked_for_from_the_folder_of_the_briefing(tmp_path: Path) -> None:
    told = "{key: m, kind: custom, audience: [participants, {file: lists/press.csv}]}"
    assert looked_for(tmp_path, told) == [
        (
            "/briefing.yaml:13:60 W607 lists/press.csv is not there, and it is to say who is written to. "
            "Name it by its path from the folder of the briefing"
        )
    ]
    (tmp_path / "lists" / "press.csv").mkdir(parents=True)
    assert "W607 lists/press.csv is no file, and" in looked_for(tmp_path, told)[0]
    (tmp_path / "lists" / "press.csv").rmdir()
    (tmp_path / "lists" / "press.csv").write_text("email\nada@press.example\n", encoding="utf-8")
    assert looked_for(tmp_path, told) == []


def test_templates_are_looked_for_from_the_folder_of_the_briefing(tmp_path: Path) -> None:
    told = "{key: m, kind: custom, audience: [participants], templates: letters}"
    assert looked_for(tmp_path, told) == [
        (
            "/briefing.yaml:13:65 W608 letters is not there, and mails are to be made from it. "
            "Name it by its path from the folder of the briefing"
        )
    ]
    (tmp_path / "letters").write_text("", encoding="utf-8")
    assert "W608 letters is no folder, and" in looked_for(tmp_path, told)[0]
    (tmp_path / "letters").unlink()
    (tmp_path / "letters").mkdir()
    assert looked_for(tmp_path, told) == []


def test_all_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    told = "{key: m, kind: custom, audience: [{file: a.csv}, {file: b.csv}], templates: letters}"
    assert [line.split()[1] for line in looked_for(tmp_path, told)] == ["W607", "W607", "W608"]


def test_a_path_that_cannot_be_followed_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    told = "{key: m, kind: custom, audience: [{file: briefing.yaml/a.csv}], templates: loop/letters}"
    contacts, templates = looked_for(tmp_path, told)
    assert "W607 briefing.yaml/a.csv is not there" in contacts
    assert "W608 loop/letters is not there" in templates


def test_a_briefing_that_is_no_file_has_no_folder_to_look_into() -> None:
    told = "{key: m, kind: custom, audience: [{file: a.csv}], templates: letters}"
    assert found(told) == []


def test_a_list_that_is_kept_apart_is_allowed_where_it_is_and_where_it_is_not(tmp_path: Path) -> None:
    told = "{key: m, kind: custom, audience: [{file: a.csv}]}"
    head = f"{HEAD}allow: [W607]\n"
    assert looked_for(tmp_path, told, head) == []
    (tmp_path / "a.csv").write_text("email\nada@press.example\n", encoding="utf-8")
    assert looked_for(tmp_path, told, head) == []
