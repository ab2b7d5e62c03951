from collections.abc import Iterable
from pathlib import Path

import pytest
from babel import Locale

from briefingkit.errors import Finding
from briefingkit.source import check_all, load, loads, neighbours
from briefingkit.source.check import check, errors
from briefingkit.source.codes import CODES
from briefingkit.source.project_file import TargetSettings
from briefingkit.source.spoken_dates import _SHIPPED, _folded, _names
from briefingkit.text.fallback import Fallback

from .harbour import HEAD, found


def messages(findings: Iterable[Finding]) -> str:
    return "\n".join(map(str, findings))


def test_a_good_briefing_gives_nothing() -> None:
    assert found(HEAD) == []


def test_an_unreadable_briefing_gives_its_errors_alone() -> None:
    assert [f.code for f in check(loads("briefing: [", "f"))] == ["E004"]


def test_findings_stand_in_the_order_of_the_file() -> None:
    text = HEAD + "background: Tuesday 12 April 2023\nunplaced: left over\nlinks: [{key: a, title: A}]\n"
    assert found(text) == ["W101 background.en", "W506 unplaced", "W501 links.a"]


# Dates in words


@pytest.mark.parametrize(
    ("language", "words", "wrong"),
    [
        ("en", "on Wednesday, 12 April 2023", False),
        ("en", "on Thursday, the 12th of April 2023", True),
        ("en", "Thursday 12 April", True),
        ("en", "Wednesday, April 12", False),
        ("en", "Tue, April 12th, 2023", True),
        ("en", "every Thursday; 12 April is a holiday", False),
        ("en", "Wednesday 12 April 2022", True),
        ("en", "Sunday 1 January, and Friday 30 December", False),
        ("en", "Thursday 32 April 2023", False),
        ("fr", "le mercredi 12 avril 2023", False),
        ("fr", "jeudi le 12 avril", True),
        ("fr", "jeu. 12 avril", True),
        ("es", "miércoles 12 de abril de 2023", False),
        ("es", "jueves, 12 de abril del 2023", True),
        ("pt", "quinta-feira, 12 de abril de 2023", True),
        ("ru", "четверг, 12 апреля 2023", True),
        ("ar", "الخميس 12 أبريل 2023", True),
        ("zh", "2023年4月12日（星期四）", True),
        ("zh", "2023年4月12日星期三", False),
        ("de", "Donnerstag, den 12. April 2023", True),
        ("de", "Mittwoch, den 12. April 2023", False),
        ("it", "giovedì 12 aprile 2023", True),
    ],
)
def test_a_weekday_is_compared_with_its_date(language: str, words: str, *, wrong: bool) -> None:
    text = HEAD.replace("[en]", f"[{language}]") + f'background: "{words}"\n'
    assert found(text) == ([f"W101 background.{language}"] if wrong else [])


def test_a_weekday_names_the_one_that_is_right() -> None:
    loaded = loads(HEAD + "agenda:\n  - {key: a, title: Tuesday 12 April 2023, duration: 1h}\n", "f")
    assert "f:9:21 W101 'Tuesday 12 April 2023': 2023-04-12 is a Wednesday" in messages(check(loaded))


@pytest.mark.parametrize("language", _SHIPPED)
def test_the_names_of_days_and_months_are_those_of_cldr(language: str) -> None:
    weekdays, months = _names(language)
    locale = Locale.parse(language)
    for held, theirs in ((weekdays, locale.days), (months, locale.months)):
        for context in ("format", "stand-alone"):
            for number, name in theirs[context]["wide"].items():
                assert held[_folded(name)] == number


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("at 15:00 CET", True),
        ("at 15:00 CEST", False),
        ("15h (CET)", True),
        ("from 3 pm MEZ", True),
        ("9 a.m. EST", True),
        ("9 a.m. EDT", False),
        ("15:00 BST", False),
        ("doors close at 18:00 CET on 15 January", False),
        ("by 15 January, 18:00 CEST", True),
        ("the CET zone has 3 cities", False),
        ("le plus beau est 15", False),
        ("15:00 GMT", False),
    ],
)
def test_a_zone_that_is_out_of_season_is_found(words: str, *, wrong: bool) -> None:
    assert found(HEAD + f'background: "{words}"\n') == (["W102 background.en"] if wrong else [])


# Local times


def test_times_at_a_change_of_clocks_are_found_wherever_they_stand() -> None:
    text = (
        HEAD.replace("2023-04-12T15:00", "2023-03-26T02:30").replace("2023-04-12T16:00", "2023-10-29T02:30")
        + "registration: {opens: 2022-10-30T02:15}\n"
        + "mailing: [{key: a, kind: update, audience: [registered], at: 2022-03-27T02:00}]\n"
    )
    assert found(text) == ["W104 start", "W103 end", "W103 registration.opens", "W104 mailing.a.at"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("registration: {closes: 2023-04-12T15:30}", ["W105 registration.closes"]),
        ("registration: {closes: end-30m}", ["W105 registration.closes"]),
        ("registration: {closes: -1h}", []),
        ("registration: {opens: 2023-04-12T10:00, closes: -1d}", ["W106 registration.opens"]),
        ("registration: {opens: end+1d}", ["W106 registration.opens"]),
        ("mailing: [{key: a, kind: invitation, audience: [registered], at: +1h}]", ["W107 mailing.a.at"]),
        ("mailing: [{key: a, kind: follow-up, audience: [attended], at: -1h}]", ["W107 mailing.a.at"]),
        ("mailing: [{key: a, kind: update, audience: [registered], at: +1h}]", []),
    ],
)
def test_settings_that_come_too_late_or_too_early_are_found(line: str, expected: list[str]) -> None:
    assert found(HEAD + line + "\n") == expected


# The agenda


def agenda(*items: str, head: str = HEAD) -> str:
    return head + "agenda:\n" + "".join(f"  - {{{item}}}\n" for item in items)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (("key: a, title: A, duration: 30m", "key: b, title: B, duration: 30m"), []),
        (("key: a, title: A, duration: 30m", "key: b, title: B, duration: 45m"), ["W201 agenda.b"]),
        (
            ("key: a, title: A, duration: 30m", "key: b, title: B, start: 15:20, duration: 40m"),
            ["W202 agenda.b"],
        ),
        (
            ("key: a, title: A, duration: 20m", "key: b, title: B, start: 15:30, duration: 30m"),
            ["W203 agenda.b"],
        ),
        (("key: a, title: A, start: 14:30, duration: 30m",), ["W204 agenda.a.start"]),
        (("key: a, title: A, start: 15:00, day: 2023-04-13",), ["W204 agenda.a.day"]),
        (("key: a, title: A, duration: 20m", "key: b, title: B"), ["W207 agenda.b"]),
        (("key: a, title: A", "key: b, title: B"), []),
    ],
)
def test_an_agenda_is_compared_with_its_event_and_itself(items: tuple[str, ...], expected: list[str]) -> None:
    assert found(agenda(*items)) == expected


def test_nights_between_days_are_no_gaps() -> None:
    head = HEAD.replace("end: 2023-04-12", "end: 2023-04-13")
    days = [
        f"key: {k}, title: A, start: 15:00, day: {d}, duration: 1h"
        for k, d in (("a", "2023-04-12"), ("b", "2023-04-13"))
    ]
    assert found(agenda(*days, head=head)) == []


def test_people_have_an_organisation_and_a_part() -> None:
    people = "people:\n  ada: {name: Ada}\n  bo: {name: Bo, organization: B}\n  cy: {name: Cy}\n"
    item = "key: a, title: A, duration: 1h, participants: [{person: ada}, {person: cy, role: moderator}]"
    assert found(agenda(item, head=HEAD + people)) == ["W205 people.ada", "W206 people.bo"]


# Languages


def test_a_language_that_is_announced_says_what_it_lacks() -> None:
    loaded = loads(
        HEAD.replace("[en]", "[en, fr]").replace("title: Harbour", "title: {en: A, fr: B}")
        + "background: C\n",
        "f",
    )
    (finding,) = check(loaded)
    assert str(finding) == "f:2:17 W301 fr 50 %, 1 missing. Translate background"


def test_a_regional_neighbour_counts_as_translated() -> None:
    assert found(HEAD.replace("[en]", "[en, pt-BR]").replace("title: Harbour", "title: {en: A, pt: B}")) == []


def test_a_language_that_is_not_announced_is_told_once() -> None:
    text = HEAD.replace("title: Harbour", "title: {en: A, de: B}") + "background: {en: C, de: D}\n"
    assert found(text) == ["W303 title.de"]


def test_interpretation_without_texts_is_a_hint() -> None:
    assert found(HEAD + "interpretation: {floor: [en], into: [fr]}\n") == ["W305 interpretation"]


def test_a_target_says_what_it_would_refuse() -> None:
    text = HEAD.replace("[en]", "[en, fr]")
    targets = (
        TargetSettings("pages", "files", ("fr", "de"), Fallback.MARK, {"fr": Fallback.REFUSE}),
        TargetSettings("feed", "files", fallback=Fallback.OMIT),
    )
    loaded = loads(text, "f")
    said = messages(check(loaded, targets=targets))
    assert "E301 pages refuses fr until it is complete: 1 missing" in said
    assert "W306 pages publishes in de" in said
    assert said.count("E301") == 1
    assert "feed" not in said


def test_an_address_is_not_waited_for_from_a_target_that_is_not_there() -> None:
    text = HEAD + (
        "place: {online: {from: calender}}\n"
        "interpretation: {floor: [en], into: {en: {from: rooms}, fr: {from: calendar}}}\n"
        "registration: {url: {from: form}}\n"
    )
    targets = (TargetSettings("calendar", "files", ("en",)),)
    said = messages(check(loads(text, "f"), targets=targets))
    assert (
        "f:8:17 W507 place.online.url is to come from calender, and no target is called so. Did you mean"
        in said
    )
    assert "W507 interpretation.into.en is to come from rooms" in said
    assert "There are: calendar" in said
    assert said.count("W507") == 3
    assert "W507" not in messages(check(loads(text, "f")))


# Content


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("links: [{key: a, title: A}]", ["W501 links.a"]),
        ("links: [{key: a, title: A, url: 'http://a.example'}]", ["W502 links.a.url"]),
        (
            "place: {online: {url: {en: 'http://a.example', fr: 'https://b.example'}}}",
            ["W502 place.online.url.en"],
        ),
        ("unconfirmed: [timezone, title.en, agenda.gone]", ["W503 unconfirmed.1", "W503 unconfirmed.2"]),
        ("unconfirmed: [organizers]", []),
        (
            "unconfirmed: [links.a.url, links.b.url]\nlinks: [{key: a, title: A}]",
            ["W503 unconfirmed.1", "W501 links.a"],
        ),
        ("unconfirmed: [leads_to.0.url]\nleads_to: [{title: A}]", []),
        ('background: "a\\u200bb"', ["W504 background"]),
        ('unplaced: "a\\u202eb"', ["W504 unplaced", "W506 unplaced"]),
        ('background: "می\\u200cخواهم"', []),
        ("allow: [W201]", ["W505 allow.0"]),
        ("allow: [W501]\nlinks: [{key: a, title: A}]", []),
        ("allow: [W505, W201]", []),
        ("allow: [W404, W306]", []),
    ],
)
def test_content_is_looked_at(line: str, expected: list[str]) -> None:
    assert found(HEAD + line + "\n") == expected


def test_errors_are_never_allowed() -> None:
    codes = [f.code for f in check(loads(HEAD + "allow: [E101, W999, E999]\n"))]
    assert codes == ["E108", "E108", "E108"]


# The programme


def child(name: str, start: str, end: str, *lines: str) -> tuple[str, str]:
    text = (
        HEAD.replace("harbour", name).replace("15:00", start).replace("16:00", end).replace("Harbour", name)
    )
    return name, text + "".join(f"{line}\n" for line in lines)


def programme(*files: tuple[str, str]) -> list[str]:
    tree = [loads(text, f"{index}-{name}.yaml") for index, (name, text) in enumerate(files)]
    assert all(loaded.briefing for loaded in tree), [loaded.findings for loaded in tree]
    return [f"{f.position.file} {f.code} {f.path}" for f in check_all(tree)]


def test_a_good_programme_gives_nothing() -> None:
    part = "part_of: {briefing: harbour}"
    assert (
        programme(("p", HEAD), child("a", "15:00", "15:30", part), child("b", "15:30", "16:00", part)) == []
    )


def test_two_briefings_with_one_identifier_are_an_error_in_both() -> None:
    twice = [one for one in programme(("p", HEAD), ("q", HEAD)) if "E401" in one]
    assert twice == ["0-p.yaml E401 briefing", "1-q.yaml E401 briefing"]


def test_a_part_is_within_its_whole() -> None:
    part = "part_of: {briefing: harbour}"
    files = (("p", HEAD), child("a", "14:30", "15:30", part), child("b", "15:30", "16:30", part))
    assert programme(*files) == ["1-a.yaml W401 start", "2-b.yaml W401 end"]


def test_parts_at_the_same_time_differ_in_their_track() -> None:
    part = "part_of: {briefing: harbour}"
    first = child("a", "15:00", "15:45", part, "track: North")
    assert programme(("p", HEAD), first, child("b", "15:30", "16:00", part, "track: South")) == []
    assert programme(("p", HEAD), first, child("b", "15:30", "16:00", part, "track: North")) == [
        "2-b.yaml W402 start"
    ]
    assert programme(("p", HEAD), first, child("b", "15:30", "16:00", part)) == ["2-b.yaml W402 start"]


def test_a_whole_that_is_not_there_is_named_unless_it_is_described() -> None:
    assert programme(child("a", "15:00", "16:00", "part_of: {briefing: gone}")) == [
        "0-a.yaml W403 part_of.briefing"
    ]
    assert programme(child("a", "15:00", "16:00", "part_of: {briefing: gone, title: X}")) == []


def test_of_single_files_nobody_can_say_what_is_not_there() -> None:
    tree = [loads(child("a", "15:00", "16:00", "part_of: {briefing: gone}")[1], "f")]
    assert [f.code for f in check_all(tree)] == ["W403"]
    assert check_all(tree, whole=False) == ()


def test_briefings_that_are_part_of_each_other_are_an_error() -> None:
    files = (
        child("a", "15:00", "16:00", "part_of: {briefing: b}"),
        child("b", "15:00", "16:00", "part_of: {briefing: a}"),
    )
    assert [line.split()[1] for line in programme(*files)] == ["E402", "E402"]


def test_two_briefings_alike_are_told() -> None:
    alike = list(programme(("p", HEAD), ("q", HEAD.replace("briefing: harbour", "briefing: other"))))
    assert alike == ["0-p.yaml W404 title", "1-q.yaml W404 title"]


def test_of_many_briefings_alike_each_is_told_of_one_other_and_of_their_number() -> None:
    tree = [loads(HEAD.replace("briefing: harbour", f"briefing: b{n}"), f"{n}.yaml") for n in range(4)]
    told = [finding.message for finding in check_all(tree) if finding.code == "W404"]
    assert told[0] == "b1 (1.yaml) and 2 more have the same title and start"
    assert len(told) == 4


def test_a_warning_about_the_tree_can_be_allowed() -> None:
    text = HEAD + "part_of: {briefing: gone}\nallow: [W403]\n"
    tree = [loads(text, "f")]
    assert check(tree[0], programme=neighbours(tree)) == ()


def test_every_code_is_documented_once_and_says_what_to_do() -> None:
    assert list(CODES) == [code.code for code in CODES.values()]
    assert len({code.title for code in CODES.values()}) == len(CODES)
    assert all(code.why.endswith(".") and code.fix.endswith(".") for code in CODES.values())


def test_the_errors_alone_are_the_errors_of_a_whole_check() -> None:
    corpus = sorted((Path(__file__).parent / "corpus").rglob("*.yaml"))
    held = [load(path) for path in corpus]
    assert set(errors(held)) == {finding for finding in check_all(held) if finding.severity == "error"}
    assert errors(held)
