"""Pages and campaigns in one project: one apply, from files that name the key and do not hold it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import briefingkit as bk
from briefingkit.errors import SourceError
from briefingkit.project import Project
from briefingkit.publish.saved import dump_plan, load_plan
from briefingkit.testing.campaigns import BrevoCampaignsDouble, CampaignsDouble, MailchimpCampaignsDouble

from ...night_buses import BRIEFING, PROJECT, write_project

TARGETS = """\
targets:
  news:
    use: mailchimp.campaign
    api_key: "${{CHIMP_KEY}}"
    base_url: {chimp}/3.0
    letterhead: {{address: events@cities.example, name: {{en: The Cities, fr: Les villes}}}}
    audiences: {{en: {{list: a1b2c3d4e5, segment: 11}}, fr: {{list: a1b2c3d4e5, segment: 12}}}}
  letters:
    use: brevo.campaign
    api_key: "${{BREVO_KEY}}"
    base_url: {brevo}/v3
    letterhead: {{address: events@cities.example}}
    audiences: {{en: {{lists: [2]}}, fr: {{lists: [7]}}}}
  register: {{use: web, url: "https://register.cities.example/"}}
  site: {{use: files, folder: site, base_url: "https://www.cities.example/"}}
"""
Make = Callable[[], Project]


@pytest.fixture
def make(
    mailchimp: MailchimpCampaignsDouble,
    brevo: BrevoCampaignsDouble,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Make:
    monkeypatch.setenv("CHIMP_KEY", mailchimp.secret)
    monkeypatch.setenv("BREVO_KEY", brevo.secret)
    targets = TARGETS.format(chimp=mailchimp.url, brevo=brevo.url)
    write_project(tmp_path, PROJECT + targets, BRIEFING + "registration: {}\n")
    return lambda: bk.open(
        tmp_path / "briefingkit.yaml", clock=lambda: datetime(2027, 1, 10, 9, 0, tzinfo=UTC)
    )


def test_one_apply_makes_pages_and_drafts(
    make: Make, mailchimp: CampaignsDouble, brevo: CampaignsDouble, tmp_path: Path
) -> None:
    project = make()
    project.apply(project.plan()).raise_for_failed()
    assert (tmp_path / "site" / "fr" / "night-buses.html").exists()
    assert len(mailchimp.campaigns) == len(brevo.campaigns) == 2
    assert {each.sender for each in mailchimp.campaigns.values()} == {"The Cities", "Les villes"}
    for campaign in (*mailchimp.campaigns.values(), *brevo.campaigns.values()):
        assert 'href="https://register.cities.example/' in campaign.html
    assert make().plan().is_empty


def test_a_plan_asks_for_no_address_that_another_target_is_about_to_make(make: Make) -> None:
    news, letters = (each for each in make().plan().targets if each.target in {"news", "letters"})
    assert not news.notices
    assert [each.text for each in letters.notices] == ["Brevo makes the plain text out of the HTML itself"]


def test_a_saved_plan_is_applied_by_another_process(
    make: Make, brevo: CampaignsDouble, tmp_path: Path
) -> None:
    path = tmp_path / "plan.json"
    plan = make().plan()
    path.write_text(dump_plan(plan))
    assert brevo.secret not in path.read_text()
    project = make()
    project.apply(load_plan(path.read_text())).raise_for_failed()
    assert {bool(each.html) for each in brevo.campaigns.values()} == {True}


def test_a_mistake_in_the_settings_is_told_with_its_line_and_not_the_key(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIMP_KEY", "a-key-of-nothing-at-all\n")
    with pytest.raises(SourceError) as raised:
        make().plan()
    assert "briefingkit.yaml:6" in str(raised.value)
    assert "a-key-of-nothing" not in str(raised.value)
