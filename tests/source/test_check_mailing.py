"""Mailings that would go to nobody are said before anybody waits for them."""

from typing import Any

from briefingkit.source import loads
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
agenda: [{key: talk, title: Talk, kind: presentation}]
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
    assert found(told.replace("walk", "talk"), "{choose: agenda}") == []


def test_a_target_that_is_to_know_people_is_there() -> None:
    told = "{key: m, kind: custom, audience: [{target: crm}]}"
    targets = (TargetSettings("site", "files"),)
    assert found(told, targets=targets) == ["W507 mailing.m.audience.0.target"]
    assert found(told, targets=(TargetSettings("crm", "crm"),)) == []
