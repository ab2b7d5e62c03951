"""What people do with campaigns: they send them, schedule them, copy them, rename them, take them back."""

import pytest
from attrs import evolve

from briefingkit.errors import Unpublishable
from briefingkit.model import Briefing, Letterhead, Mailing, Status
from briefingkit.model.mailing import Audience, AudienceGroup, MailingKind
from briefingkit.publish import Action, Change, Drift
from briefingkit.publish import Status as Became
from briefingkit.publish.present import present
from briefingkit.testing.campaigns import (
    BrevoCampaignsDouble,
    Campaign,
    CampaignsDouble,
    MailchimpCampaignsDouble,
)
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.text import MultilingualText
from briefingkit.text.fallback import Fallback
from briefingkit_campaigns import BrevoCampaigns, MailchimpCampaigns

from .conftest import brevo_target, mailchimp_target

Target = MailchimpCampaigns | BrevoCampaigns
WORDS = {
    "mailchimp": {"sent": "sent", "scheduled": "schedule"},
    "brevo": {"sent": "sent", "scheduled": "queued"},
}


@pytest.fixture
def bench(target: Target) -> Workbench:
    return Workbench(target)


def of(double: CampaignsDouble, language: str) -> Campaign:
    (found,) = [each for each in double.campaigns.values() if f"contract-2022.{language} " in each.title]
    return found


def hand_over(double: CampaignsDouble, language: str, word: str) -> Campaign:
    """Do what a person does at the service."""
    campaign = of(double, language)
    campaign.status = WORDS["mailchimp" if isinstance(double, MailchimpCampaignsDouble) else "brevo"][word]
    campaign.at = "2022-04-01T09:00:00+00:00"
    return campaign


def shown(bench: Workbench, *briefings: Briefing) -> str:
    return "\n".join(map(str, present(bench.plan(*briefings))))


def test_a_plan_shows_the_drafts_before_there_are_any(bench: Workbench, double: CampaignsDouble) -> None:
    said = shown(bench, sample_briefing())
    assert "+ campaign contract-2022.en  On the road (en)" in said
    assert "+ campaign contract-2022.fr  On the road, en français (fr)" in said
    assert double.campaigns == {}


def test_each_language_has_its_words_and_its_contacts(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    english, french = of(double, "en"), of(double, "fr")
    assert english.subject == "Invitation: On the road"
    assert french.subject == "Invitation\u00a0: On the road, en français"
    assert "mercredi 13 avril 2022" in french.html
    assert english.address == french.address == "events@city.example.org"
    assert english.audience != french.audience
    assert english.status == french.status == double.draft


def test_the_service_fills_in_the_name_and_the_way_out(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    html = of(double, "en").html
    if isinstance(double, MailchimpCampaignsDouble):
        assert '<a href="*|UNSUB|*"' in html
        assert "*|IF:FNAME|*Dear " in html
        assert "*|ELSE:|*Hello,*|END:IF|*" in html
        text = of(double, "en").text
        assert text.startswith("*|IF:FNAME|*Dear *|FNAME|*,*|ELSE:|*Hello,*|END:IF|*\n")
        assert text.endswith("*|UNSUB|*")
    else:
        assert '<a href="{{ unsubscribe }}"' in html
        assert "{% if contact.FIRSTNAME %}Dear " in html
        assert "{% else %}Hello,{% endif %}" in html
    assert ".invalid" not in html
    assert "attached" not in html


@pytest.mark.parametrize("word", ["sent", "scheduled"])
def test_what_a_person_has_sent_is_left_alone_and_said(
    bench: Workbench, double: CampaignsDouble, word: str
) -> None:
    bench.publish(sample_briefing())
    campaign = hand_over(double, "fr", word)
    before = as_it_is(campaign)
    double.sends.clear()
    plan = bench.plan(sample_briefing(hour=17))
    (target,) = plan.targets
    assert [str(each.identity) for each in target.pending] == ["campaign contract-2022.en"]
    (notice,) = [each.text for each in target.notices if f"it is {word} (2022-04-01" in each.text]
    assert "is not in it" in notice
    bench.apply(plan).raise_for_failed()
    assert as_it_is(campaign) == before
    assert not [each for each in double.sends if campaign.id in each.path]
    assert bench.plan(sample_briefing(hour=17)).is_empty


def as_it_is(campaign: Campaign) -> Campaign:
    return evolve(campaign)


def test_a_person_who_is_quicker_than_apply_is_not_overruled(
    bench: Workbench, double: CampaignsDouble
) -> None:
    bench.publish(sample_briefing())
    plan = bench.plan(sample_briefing(hour=17))
    campaign = hand_over(double, "fr", "sent")
    before = as_it_is(campaign)
    report = bench.apply(plan)
    (refused,) = report.failures
    assert refused.status is Became.REFUSED
    assert "sent (2022-04-01" in str(refused.error)
    assert as_it_is(campaign) == before


@pytest.mark.parametrize("removed", [True, False])
def test_a_draft_that_a_person_takes_away_or_over_before_apply_is_left_to_them(
    bench: Workbench, double: CampaignsDouble, *, removed: bool
) -> None:
    bench.publish(sample_briefing())
    plan = bench.plan(sample_briefing(hour=17))
    campaign = of(double, "fr")
    if removed:
        del double.campaigns[campaign.id]
    else:
        campaign.title = "Mine now"
    (failed,) = bench.apply(plan).failures
    assert failed.status is Became.FAILED
    assert "plan again" in str(failed.error)
    assert "15:00" in campaign.html
    bench.publish(sample_briefing(hour=17))
    assert "17:00" in of(double, "fr").html
    assert "15:00" in campaign.html


def test_what_is_out_of_hands_is_no_change_to_make(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    bench.publish(sample_briefing())
    hand_over(double, "fr", "sent")
    plan = bench.plan(sample_briefing())
    handed = next(each for each in plan.targets[0].changes if each.identity.key == "contract-2022.fr")
    assert handed.action is Action.NOTHING
    (outcome,) = target.apply([Change(handed.wanted)])
    assert outcome.status is Became.REFUSED
    assert "by a person's hand" in str(outcome.error)


def test_what_is_taken_back_as_it_was_is_a_draft_again(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    campaign = hand_over(double, "fr", "scheduled")
    bench.publish(sample_briefing())
    campaign.status = double.draft
    bench.publish(sample_briefing())
    bench.publish(sample_briefing(hour=17))
    assert "17:00" in campaign.html
    assert bench.plan(sample_briefing(hour=17)).is_empty


def test_what_is_taken_back_and_differs_waits_for_a_choice(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    campaign = hand_over(double, "fr", "scheduled")
    bench.publish(sample_briefing(hour=17))
    campaign.status = double.draft
    (refused,) = bench.apply(bench.plan(sample_briefing(hour=17))).failures
    assert "choose to restore or to keep it" in str(refused.error)
    bench.publish(sample_briefing(hour=17), drift=Drift.RESTORE)
    assert "17:00" in campaign.html


def test_what_was_sent_is_known_also_without_the_ledger(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    hand_over(double, "fr", "sent")
    bench.lose_ledger()
    plan = bench.plan(sample_briefing(hour=17))
    assert not plan.counts["create"]
    bench.apply(plan).raise_for_failed()
    assert len(double.campaigns) == 2
    assert bench.plan(sample_briefing(hour=17)).is_empty


def test_what_was_sent_is_never_deleted(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing(), sample_briefing("other"))
    campaign = hand_over(double, "fr", "sent")
    plan = bench.plan(sample_briefing("other"))
    assert plan.counts["delete"] == 1
    bench.apply(plan).raise_for_failed()
    assert campaign.id in double.campaigns
    assert bench.plan(sample_briefing("other")).is_empty


def test_a_draft_that_is_sent_before_it_is_deleted_stays(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    bench.publish(sample_briefing())
    remote = next(iter(bench.read().remotes.values()))
    hand_over(double, "en", "sent")
    hand_over(double, "fr", "sent")
    (outcome,) = target.apply([Change(None, remote)])
    assert outcome.status is Became.REFUSED
    assert remote.id in double.campaigns


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.POSTPONED])
def test_nobody_is_invited_to_what_does_not_take_place(
    bench: Workbench, double: CampaignsDouble, status: Status
) -> None:
    bench.publish(sample_briefing(), sample_briefing("other"))
    off = evolve(sample_briefing(), status=status)
    assert bench.apply(bench.plan(off, sample_briefing("other")), delete=False).counts["refused"] == 2
    assert len(double.campaigns) == 4
    bench.publish(off, sample_briefing("other"))
    assert len(double.campaigns) == 2


def test_two_of_one_kind_are_refused_and_none_is_touched(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    first = of(double, "fr")
    double.copy(first.id)
    plan = bench.plan(sample_briefing(hour=17))
    report = bench.apply(plan)
    (refused,) = report.failures
    assert "more than once" in str(refused.error)
    assert "15:00" in first.html


def test_two_that_came_since_the_plan_are_refused_too(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    wanted = bench.desired(sample_briefing())
    bench.publish(sample_briefing())
    double.copy(of(double, "en").id)
    outcomes = list(target.apply([Change(each) for each in wanted]))
    assert sorted(each.status for each in outcomes) == [Became.DONE, Became.REFUSED]
    assert len(double.campaigns) == 3


def test_a_copy_that_the_service_names_is_the_persons_own(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    first = of(double, "fr")
    copied = double.copy(first.id, f"{first.title} (copy 01)")
    bench.publish(sample_briefing(hour=17))
    assert copied.html == ""


@pytest.mark.parametrize("field", ["subject", "html", "sender", "address"])
def test_whatever_a_person_edits_is_drift(bench: Workbench, double: CampaignsDouble, field: str) -> None:
    bench.publish(sample_briefing())
    setattr(of(double, "en"), field, "somebody@city.example.org wrote this")
    plan = bench.plan(sample_briefing())
    (change,) = plan.targets[0].pending
    assert change.drifted == (field,)
    assert change.refusal is not None
    bench.publish(sample_briefing(), drift=Drift.RESTORE)
    assert getattr(of(double, "en"), field) != "somebody@city.example.org wrote this"


def test_other_contacts_chosen_by_hand_are_drift(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    campaign = of(double, "en")
    if isinstance(double, MailchimpCampaignsDouble):
        campaign.audience["segment_opts"] = {"match": "any", "conditions": [{"field": "FNAME"}]}
    else:
        campaign.audience["exclusionListIds"] = [9]
    (change,) = bench.plan(sample_briefing()).targets[0].pending
    assert change.drifted == ("audience",)
    bench.publish(sample_briefing(), drift=Drift.RESTORE)
    assert bench.plan(sample_briefing()).is_empty


def test_two_targets_of_one_account_keep_to_their_own(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    bench.publish(sample_briefing())
    other = Workbench(evolve(target, target="another"), "another")
    assert other.plan(sample_briefing()).counts["create"] == 2
    other.publish(sample_briefing())
    assert len(double.campaigns) == 4
    other.publish(sample_briefing("else"))
    assert len(double.campaigns) == 4
    assert bench.plan(sample_briefing()).is_empty


def test_a_language_without_contacts_is_said(mailchimp: MailchimpCampaignsDouble, slept: list[float]) -> None:
    target = mailchimp_target(mailchimp, slept)
    bench = Workbench(evolve(target, audiences={"en": target.audiences["en"]}))
    assert "no audience is given for fr" in shown(bench, sample_briefing())
    bench.publish(sample_briefing())
    assert len(mailchimp.campaigns) == 1


def test_contacts_of_a_language_that_the_briefing_is_not_in_get_no_other(
    brevo: BrevoCampaignsDouble, slept: list[float]
) -> None:
    target = brevo_target(brevo, slept)
    everywhere = {**target.audiences, "es": target.audiences["en"]}
    bench = Workbench(evolve(target, languages=("en", "es"), audiences=everywhere))
    assert "the briefing is not in es" in shown(bench, sample_briefing())
    bench.publish(sample_briefing())
    assert [each.subject for each in brevo.campaigns.values()] == ["Invitation: On the road"]


def test_a_language_that_is_not_complete_can_be_refused(
    brevo: BrevoCampaignsDouble, slept: list[float]
) -> None:
    bench = Workbench(brevo_target(brevo, slept, fallback=Fallback.REFUSE))
    half = evolve(sample_briefing(), title=MultilingualText({"en": "On the road"}))
    with pytest.raises(Unpublishable, match="fr"):
        bench.plan(half)
    assert brevo.sends == []


def test_the_words_of_a_mailing_of_the_briefing_are_taken(
    brevo: BrevoCampaignsDouble, slept: list[float]
) -> None:
    own = Mailing(
        "invite",
        MailingKind.INVITATION,
        (Audience(group=AudienceGroup.REGISTERED),),
        subject=MultilingualText({"en": "Come along", "fr": "Venez"}),
    )
    bench = Workbench(brevo_target(brevo, slept, mailing="invite"))
    bench.publish(evolve(sample_briefing(), mailing=(own,)))
    assert [of(brevo, each).subject for each in ("en", "fr")] == ["Come along", "Venez"]


def test_a_mailing_that_is_for_single_people_is_no_campaign(
    brevo: BrevoCampaignsDouble, slept: list[float]
) -> None:
    own = Mailing("ours", MailingKind.CONFIRMATION, (Audience(group=AudienceGroup.REGISTERED),))
    bench = Workbench(brevo_target(brevo, slept, mailing="ours"))
    with pytest.raises(Unpublishable, match="which is for single people"):
        bench.plan(evolve(sample_briefing(), mailing=(own,)))


def test_answers_go_where_the_letterhead_says_as_far_as_the_service_can(
    brevo: BrevoCampaignsDouble, mailchimp: MailchimpCampaignsDouble, slept: list[float]
) -> None:
    head = Letterhead("events@city.example.org", reply_to="office@city.example.org")
    Workbench(brevo_target(brevo, slept, letterhead=head)).publish(sample_briefing())
    assert {each.more["replyTo"] for each in brevo.campaigns.values()} == {"office@city.example.org"}
    said = shown(Workbench(mailchimp_target(mailchimp, slept, letterhead=head)), sample_briefing())
    assert "reply_to is not used" in said


def test_an_update_says_what_it_changes(bench: Workbench) -> None:
    bench.publish(sample_briefing())
    plan = bench.plan(sample_briefing(title="Off the road"))
    assert {each.action for each in plan.targets[0].pending} == {Action.UPDATE}
    assert "subject" in "\n".join(map(str, present(plan)))
