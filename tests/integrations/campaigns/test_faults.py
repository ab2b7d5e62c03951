"""What goes wrong on the way, and what is then known and said."""

from collections.abc import Callable

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError, ModelError
from briefingkit.publish import Change, Snapshot, Status
from briefingkit.testing.campaigns import BrevoCampaignsDouble, CampaignsDouble, MailchimpCampaignsDouble
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.mail.service import Broken, Mishap, Reply, json_reply
from briefingkit_campaigns import BrevoAudience, BrevoCampaigns, MailchimpAudience, MailchimpCampaigns

from .conftest import LETTERHEAD, brevo_target, mailchimp_target

Target = MailchimpCampaigns | BrevoCampaigns
PAGE = Reply(200, {"Content-Type": "text/html"}, b"<html>Sign in to the network</html>")


@pytest.fixture
def bench(target: Target) -> Workbench:
    return Workbench(target)


def answers(reply: Reply) -> Mishap:
    return Mishap(instead=lambda _: reply)


def breaks(_: object) -> Reply:
    raise Broken


def plan_error(bench: Workbench) -> str:
    (target,) = bench.plan(sample_briefing()).targets
    assert target.error is not None
    return target.error


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_said_with_what_to_do_and_not_tried_again(
    bench: Workbench, double: CampaignsDouble, slept: list[float], status: int
) -> None:
    double.any_request = True
    double.script.append(answers(json_reply(status, {"message": f"not {double.secret}", "detail": "no"})))
    error = plan_error(bench)
    assert "Look at api_key" in error
    assert double.secret not in error
    assert slept == []
    assert len(double.sends) == 1


def test_a_wrong_key_stops_the_run_and_says_it_of_the_rest(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    wanted = bench.desired(sample_briefing())
    double.secret = "another"
    first, second = target.apply([Change(each) for each in wanted])
    assert (first.status, first.stop) == (Status.FAILED, True)
    assert (second.status, str(second.error)[:9]) == (Status.REFUSED, "not tried")


def test_a_page_in_the_place_of_an_answer_is_none(
    bench: Workbench, double: CampaignsDouble, slept: list[float]
) -> None:
    double.any_request = True
    double.script.extend([answers(PAGE)] * 100)
    assert "cannot be read" in plan_error(bench)
    assert slept


def test_a_redirect_is_not_followed_with_the_key(bench: Workbench, double: CampaignsDouble) -> None:
    double.any_request = True
    double.script.append(answers(Reply(302, {"Location": f"{double.url}/elsewhere"})))
    assert "HTTP 302" in plan_error(bench)
    assert len(double.sends) == 1


def test_a_service_that_asks_to_wait_is_waited_for(
    bench: Workbench, double: CampaignsDouble, slept: list[float]
) -> None:
    told = (
        {"Retry-After": "7"}
        if isinstance(double, MailchimpCampaignsDouble)
        else {"x-sib-ratelimit-reset": "7"}
    )
    double.any_request = True
    double.script.append(answers(json_reply(429, {"message": "too many"}, told)))
    assert bench.plan(sample_briefing()).counts["create"] == 2
    (wait,) = slept
    assert 7 <= wait < 12


def test_a_point_in_time_to_wait_for_is_held_against_the_answers_own_clock(
    bench: Workbench, double: CampaignsDouble, slept: list[float]
) -> None:
    told = {"Retry-After": "Sat, 28 Nov 2026 07:00:09 GMT", "Date": "Sat, 28 Nov 2026 07:00:00 GMT"}
    double.any_request = True
    double.script.append(answers(json_reply(503, {"message": "busy"}, told)))
    bench.plan(sample_briefing())
    (wait,) = slept
    assert 9 <= wait < 14


def test_a_bare_403_is_mailchimps_way_to_slow_people_down(
    mailchimp: MailchimpCampaignsDouble, slept: list[float]
) -> None:
    mailchimp.any_request = True
    mailchimp.script.append(answers(Reply(403, {"Content-Type": "text/html"}, b"<html></html>")))
    assert Workbench(mailchimp_target(mailchimp, slept)).plan(sample_briefing()).counts["create"] == 2
    assert len(slept) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_in_trouble_is_asked_again(
    bench: Workbench, double: CampaignsDouble, slept: list[float], status: int
) -> None:
    double.any_request = True
    double.script.extend([answers(Reply(status)), Mishap(instead=breaks)])
    assert bench.plan(sample_briefing()).counts["create"] == 2
    assert len(slept) == 2


@pytest.mark.parametrize(
    "lost", [Mishap(after=breaks), Mishap(after=lambda _: PAGE), Mishap(after=lambda _: Reply(500))]
)
def test_a_draft_whose_answer_is_lost_is_found_and_no_second_made(
    bench: Workbench, double: CampaignsDouble, lost: Mishap
) -> None:
    double.script.append(lost)
    bench.publish(sample_briefing())
    assert len(double.campaigns) == 2
    assert bench.plan(sample_briefing()).is_empty


def test_a_draft_that_may_not_have_been_made_is_in_doubt_until_the_next_plan(
    bench: Workbench, double: CampaignsDouble
) -> None:
    double.script.append(Mishap(instead=breaks))
    report = bench.apply(bench.plan(sample_briefing()))
    (unsure,) = report.failures
    assert unsure.status is Status.UNKNOWN
    assert len([each for each in double.sends if each.verb == "POST"]) == 2
    bench.publish(sample_briefing())
    assert len(double.campaigns) == 2


def test_a_draft_without_its_content_is_filled_by_the_next_run(
    mailchimp: MailchimpCampaignsDouble, slept: list[float]
) -> None:
    bench = Workbench(mailchimp_target(mailchimp, slept))
    refused = json_reply(400, {"detail": "not now"})
    mailchimp.script.extend([Mishap(), Mishap(), answers(refused)])
    report = bench.apply(bench.plan(sample_briefing()))
    assert [each.status for each in report.failures] == [Status.UNKNOWN]
    assert "" in {each.html for each in mailchimp.campaigns.values()}
    bench.publish(sample_briefing())
    assert "" not in {each.html for each in mailchimp.campaigns.values()}
    assert len(mailchimp.campaigns) == 2


def test_contacts_that_are_not_there_are_said_and_harm_no_other(
    mailchimp: MailchimpCampaignsDouble, brevo: BrevoCampaignsDouble, slept: list[float]
) -> None:
    chimp = mailchimp_target(mailchimp, slept)
    targets = (
        (mailchimp, evolve(chimp, audiences={**chimp.audiences, "en": MailchimpAudience("gone")})),
        (brevo, brevo_target(brevo, slept, audiences={"en": BrevoAudience((9,)), "fr": BrevoAudience((7,))})),
    )
    for double, target in targets:
        (failed,) = Workbench(target).apply(Workbench(target).plan(sample_briefing())).failures
        assert failed.status is Status.FAILED
        assert "not valid" in str(failed.error)
        assert "Look at the target's audiences" in str(failed.error)
        assert len(double.campaigns) == 1


def test_contacts_that_the_service_does_not_take_are_no_success(
    bench: Workbench, double: CampaignsDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = type(double)._write

    def forgetful(self: CampaignsDouble, held: object, *args: object, **more: object) -> None:
        write(self, held, *args, **more)
        held.audience = {}

    monkeypatch.setattr(type(double), "_write", forgetful)
    report = bench.apply(bench.plan(sample_briefing()))
    assert {each.status for each in report.failures} == {Status.UNKNOWN}
    assert {str(each.error) for each in report.failures} == {"the service has not taken audience"}


def test_nobody_at_the_address_is_said_and_certainly_changes_nothing(
    bench: Workbench, target: Target, double: CampaignsDouble
) -> None:
    wanted = bench.desired(sample_briefing())
    double.close()
    with pytest.raises(IntegrationError, match="cannot be reached"):
        target.read(wanted, Snapshot())
    assert {each.status for each in target.apply([Change(each) for each in wanted])} == {Status.FAILED}


def test_an_answer_that_does_not_come_in_time_is_none(double: CampaignsDouble, target: Target) -> None:
    import time

    def late(_: object) -> Reply:
        time.sleep(0.4)
        return json_reply(200, {})

    double.any_request = True
    double.script.extend([Mishap(instead=late)] * 20)
    bench = Workbench(evolve(target, timeout=0.05))
    assert "no answer" in plan_error(bench)


def test_a_listing_of_many_pages_is_read_to_its_end(bench: Workbench, double: CampaignsDouble) -> None:
    bench.publish(sample_briefing())
    ours = dict(double.campaigns)
    double.campaigns.clear()
    one = next(iter(ours.values()))
    strangers = {
        str(5000 + number): evolve(one, id=str(5000 + number), title=f"Letter {number}", html="")
        for number in range(1205)
    }
    double.campaigns |= strangers | ours
    assert bench.plan(sample_briefing()).is_empty


@pytest.mark.parametrize(
    "page",
    [
        {"campaigns": "none", "total_items": 1, "count": 1},
        {"campaigns": [{"settings": 3}], "total_items": 1},
        {"campaigns": [{"id": 4.5, "recipients": []}], "count": "many"},
        [],
        "words",
    ],
)
def test_an_answer_that_is_no_listing_is_an_error_in_words(
    bench: Workbench, double: CampaignsDouble, page: object
) -> None:
    double.any_request = True
    double.script.extend([answers(json_reply(200, page))] * 50)
    assert "cannot be read" in plan_error(bench)


def test_a_listing_that_repeats_itself_ends(
    bench: Workbench, double: CampaignsDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(sample_briefing())
    shown = [double._shown(each) for each in double.campaigns.values()]
    same = json_reply(200, {"campaigns": shown, "total_items": None, "count": "many"})
    monkeypatch.setattr(double, "_listing", lambda _: same)
    assert bench.plan(sample_briefing()).is_empty


@pytest.mark.parametrize(
    "make",
    [
        lambda: MailchimpCampaigns("0123456789abcdef", LETTERHEAD, {}),
        lambda: MailchimpCampaigns("", LETTERHEAD, {}),
        lambda: BrevoCampaigns("a key\n", LETTERHEAD, {}),
        lambda: BrevoCampaigns("key", LETTERHEAD, {}, base_url="http://api.brevo.com/v3"),
        lambda: BrevoCampaigns("key", LETTERHEAD, {}, base_url="https://me:pw@api.brevo.com/v3"),
        lambda: BrevoCampaigns("key", LETTERHEAD, {}, timeout=0),
        lambda: BrevoCampaigns("key", LETTERHEAD, {}, first_name="X }}{{ y"),
        lambda: BrevoAudience(()),
        lambda: BrevoAudience((0,)),
        lambda: MailchimpAudience("../lists"),
        lambda: MailchimpAudience("abc", 0),
    ],
)
def test_settings_that_cannot_be_are_refused_without_a_word_of_the_key(make: Callable[[], object]) -> None:
    with pytest.raises((ModelError, ValueError)) as raised:
        make()
    assert "0123456789abcdef" not in str(raised.value)


def test_the_data_centre_is_the_keys_own() -> None:
    target = MailchimpCampaigns("0123456789abcdef-us21", LETTERHEAD, {})
    with target._service.line as line:
        assert line.root == "https://us21.api.mailchimp.com/3.0"
        assert "0123456789abcdef" not in repr(line)
