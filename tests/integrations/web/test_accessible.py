"""What every page owes its readers, as far as its markup can tell: names, descriptions, one order of headings."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import html5lib
import pytest

from briefingkit.mailing.people.addressing import PART, UNSUBSCRIBE
from briefingkit.project import Project
from briefingkit.registrations.links import sign
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations

CONTROLS = ("input", "select", "textarea")


def pages(browser: Any, wishes: str, part: str) -> dict[str, str]:
    own = browser.register()
    refused = browser.form("x", name="", attend="other", arrive="x", consent=None)
    organizer = browser.organizer()
    return {
        "form": browser.get("/road-2027/en").text,
        "refused": browser.post("/road-2027/en", refused).text,
        "own": browser.get(own).text,
        "change": browser.get(f"{own}/change").text,
        "refused change": browser.post(f"{own}/change", {"name": ""}).text,
        "cancel": browser.get(f"{own}/cancel").text,
        "error": browser.get("/nothing").text,
        "wishes": browser.get(wishes).text,
        "other wishes": browser.post(wishes, "").text,
        "part": browser.get(part).text,
        "index": browser.get("/").text,
        "lists": organizer.get("/_organizer").text,
        "list": organizer.get("/_organizer/road-2027").text,
        "person": organizer.get("/_organizer/road-2027/1").text,
    }


def signed(project: Project, clock: Any, purpose: str, subject: str) -> str:
    with project.ledger() as ledger:
        key = key_of(Registrations(ledger))
    return sign(key, subject, purpose=purpose, briefing="road-2027", expires=clock.now + timedelta(days=1))


@pytest.fixture
def trees(browser: Any, project: Project, clock: Any, edit: Any) -> dict[str, Any]:
    edit("agenda:\n", "people: {maulik: {name: Monami Maulik}}\nagenda:\n")
    edit("capacity: 2}", "capacity: 2, participants: [{person: maulik, status: invited}]}")
    wishes = f"/road-2027/en/u/{signed(project, clock, UNSUBSCRIBE, 'ab' * 32)}"
    part = f"/road-2027/en/p/{signed(project, clock, PART, 'maulik')}/yes"
    return {
        name: html5lib.HTMLParser(namespaceHTMLElements=False, strict=True).parse(text)
        for name, text in pages(browser, wishes, part).items()
    }


def test_every_control_has_a_name(trees: dict[str, Any]) -> None:
    for name, tree in trees.items():
        labelled = {each.get("for") for each in tree.iter("label")}
        for kind in CONTROLS:
            for control in tree.iter(kind):
                assert control.get("type") == "hidden" or control.get("id") in labelled, (
                    name,
                    control.attrib,
                )


def test_every_id_is_there_once_and_whatever_is_referred_to_is_there(trees: dict[str, Any]) -> None:
    for name, tree in trees.items():
        ids = Counter(each.get("id") for each in tree.iter() if each.get("id"))
        assert {each: count for each, count in ids.items() if count > 1} == {}, name
        for element in tree.iter():
            for attribute in ("aria-describedby", "aria-labelledby", "for"):
                assert set(element.get(attribute, "").split()) <= ids.keys(), (name, element.attrib)
            link = element.get("href") or ""
            assert not link.startswith("#") or link[1:] in ids, (name, link)


def test_headings_go_down_one_by_one_and_there_is_one_at_the_top(trees: dict[str, Any]) -> None:
    for name, tree in trees.items():
        levels = [int(each.tag[1]) for each in tree.iter() if each.tag in {"h1", "h2", "h3", "h4"}]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_every_page_has_a_title_of_its_own(trees: dict[str, Any]) -> None:
    titles = {name: tree.find(".//title").text for name, tree in trees.items()}
    assert all(title and title.strip() for title in titles.values())
    assert titles["refused"].startswith("There is a problem")
    assert (
        len(
            {
                titles[name]
                for name in ("form", "refused", "own", "change", "cancel", "error", "wishes", "part")
            }
        )
        == 8
    )


def test_what_is_wrong_is_gathered_in_one_place_and_said_at_each_field(trees: dict[str, Any]) -> None:
    tree = trees["refused"]
    summary = next(each for each in tree.iter("div") if each.get("id") == "errors")
    assert summary.get("role") == "alert"
    assert "autofocus" in summary.attrib
    for link in summary.iter("a"):
        assert "".join(link.itertext()).strip()
    invalid = [each for kind in CONTROLS for each in tree.iter(kind) if each.get("aria-invalid") == "true"]
    assert invalid
    assert all(each.get("aria-describedby") for each in invalid)


def test_what_a_browser_knows_of_a_person_it_can_fill_in(trees: dict[str, Any]) -> None:
    known = {each.get("name"): each.get("autocomplete") for each in trees["form"].iter("input")}
    assert (known["name"], known["email"], known["organization"]) == ("name", "email", "organization")


def test_groups_of_choices_have_a_heading(trees: dict[str, Any]) -> None:
    for name in ("form", "refused", "change"):
        for group in trees[name].iter("fieldset"):
            assert group[0].tag == "legend"
        grouped = {each for group in trees[name].iter("fieldset") for each in group.iter("input")}
        alone = [
            each
            for each in trees[name].iter("input")
            if each.get("type") in {"radio", "checkbox"} and each not in grouped
        ]
        assert {each.get("id") for each in alone} <= {"consent"}
