"""Texts that would be tags, marks or markup, and what is private."""

import re

import pytest
from attrs import evolve

from briefingkit.model import Access, Briefing, Person, Place
from briefingkit.model.place import Online
from briefingkit.publish.present import present
from briefingkit.testing.campaigns import CampaignsDouble
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit_campaigns import BrevoCampaigns, MailchimpCampaigns
from briefingkit_campaigns.identity import Mark
from briefingkit_campaigns.wording import _either

Target = MailchimpCampaigns | BrevoCampaigns
TAGS = {
    MailchimpCampaigns: re.compile(r"\*\|.*?\|\*", re.DOTALL),
    BrevoCampaigns: re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL),
}
OURS = {
    "*|IF:FNAME|*",
    "*|FNAME|*",
    "*|ELSE:|*",
    "*|END:IF|*",
    "*|UNSUB|*",
    "{% if contact.FIRSTNAME %}",
    "{{ contact.FIRSTNAME }}",
    "{% else %}",
    "{% endif %}",
    "{{ unsubscribe }}",
}
HOSTILE = [
    "*|UNSUB|* *|EMAIL|* *|IF:X|*",
    "{{ contact.EMAIL }} {% for x in y %} {{{ z }}} {# no #}",
    "<script>alert(1)</script><a href='x'>",
    "[bk contract-2022.en 76aed997236f]",
    "a [bk other.fr 000000000000] b",
    "two\nlines\u200b",
    "x" * 3000,
    "Путь · الطريق · 道",
]


@pytest.fixture
def bench(target: Target) -> Workbench:
    return Workbench(target)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_briefing_is_read_as_anything_else(
    bench: Workbench, target: Target, double: CampaignsDouble, text: str
) -> None:
    tags = TAGS[type(target)]
    hostile = evolve(
        sample_briefing(),
        title=MultilingualText({"en": text, "fr": text}),
        background=MultilingualText({"en": text, "fr": text}),
    )
    bench.publish(hostile)
    assert len(double.campaigns) == 2
    for campaign in double.campaigns.values():
        assert set(tags.findall(campaign.html)) <= OURS
        assert set(tags.findall(campaign.text)) <= OURS
        assert tags.findall(campaign.subject) == []
        assert tags.findall(campaign.sender) == []
        assert "<script" not in campaign.html
        assert "\n" not in campaign.subject
    assert bench.plan(hostile).is_empty
    bench.lose_ledger()
    bench.publish(hostile)
    assert len(double.campaigns) == 2


def private(briefing: Briefing) -> Briefing:
    return evolve(
        briefing,
        place=Place(online=Online(LocalizedUrl({"en": "https://rooms.example/secret"}), Access.REGISTERED)),
        people=(Person("ann", Name.of("Ann"), email="ann@private.example"),),
    )


def test_what_only_the_registered_may_see_is_in_no_campaign(
    bench: Workbench, double: CampaignsDouble
) -> None:
    bench.publish(private(sample_briefing()))
    for campaign in double.campaigns.values():
        assert "rooms.example" not in campaign.html + campaign.text
        assert "private.example" not in campaign.html + campaign.text


def test_no_secret_stands_in_a_plan_or_in_an_outcome(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    plan = bench.plan(sample_briefing())
    report = bench.apply(plan)
    said = [
        *map(str, present(plan, full=True)),
        repr(plan),
        repr(report),
        repr(target),
        *map(str, report.outcomes),
    ]
    assert not [each for each in said if double.secret in each]


@pytest.mark.parametrize("words", ["", " ", "a" * 500, "[bk", "line\nline\x07"])
def test_a_mark_is_read_back_whatever_stands_before_it(words: str) -> None:
    mark = Mark("cities.example", "news", "imrf-2022", "zh-Hant")
    title = mark.title(words)
    assert len(title) <= 100
    assert title.isprintable()
    assert Mark.read(title, "cities.example", "news") == mark
    assert Mark.read(title, "cities.example", "other") is None
    assert Mark.read(title, "elsewhere.example", "news") is None
    assert Mark.read(f"{title} (copy 01)", "cities.example", "news") is None


@pytest.mark.parametrize(
    ("named", "bare"),
    [
        ("<p>Dear N,</p>\n<p>x</p>", "<p>Hello,</p>\n<p>x</p>"),
        ("<p>Dear <b>N</b></p>", "<p>Dear</p>"),
        ("N", ""),
        ("", "x"),
        ("<p>N</p><p>same</p><i>N</i>", "<p></p><p>same</p><i></i>"),
    ],
)
def test_either_side_of_a_condition_is_the_whole_letter(target: Target, named: str, bare: str) -> None:
    tags = target._terms.tags
    for edges in ((">", "<"), ("\n", "\n")):
        said = _either(tags, named, bare, *edges)
        head, _, rest = said.partition(tags.named)
        one, _, rest = rest.partition(tags.otherwise)
        other, _, tail = rest.partition(tags.end)
        assert head + one + tail == named
        assert head + other + tail == bare
