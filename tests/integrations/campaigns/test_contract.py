from collections.abc import Callable

import pytest
from attrs import asdict

from briefingkit.publish import Remote
from briefingkit.testing.campaigns import (
    BrevoCampaignsDouble,
    Campaign,
    CampaignsDouble,
    MailchimpCampaignsDouble,
)
from briefingkit.testing.contract import IntegrationContract
from briefingkit.testing.mail.service import Broken, Mishap, Reply
from briefingkit_campaigns import BrevoCampaigns, MailchimpCampaigns

from .conftest import brevo_target, mailchimp_target


def _lost(_reply: Reply) -> Reply:
    raise Broken


class CampaignsContract(IntegrationContract):
    """What both are held to."""

    double: CampaignsDouble

    def edit_by_hand(self, remote: Remote) -> None:
        self.double.campaigns[remote.id].subject = "Edited by hand"

    def remove_by_hand(self, remote: Remote) -> None:
        del self.double.campaigns[remote.id]

    def add_stranger(self) -> Callable[[], object]:
        titles = [
            "Somebody's own",
            "[bk contract-2022.en 000000000000]",
            "A copy [bk a.en 123456789abc] (copy 01)",
        ]
        strangers = [
            Campaign(f"{number}00", title, status=self.double.draft) for number, title in enumerate(titles, 7)
        ]
        self.double.campaigns |= {each.id: each for each in strangers}
        return lambda: [asdict(self.double.campaigns[each.id]) for each in strangers]

    def lose_answers(self) -> None:
        self.double.script.extend([Mishap(after=_lost)] * 1000)

    def find_answers(self) -> None:
        self.double.script.clear()


class TestMailchimp(CampaignsContract):
    @pytest.fixture
    def integration(self, mailchimp: MailchimpCampaignsDouble, slept: list[float]) -> MailchimpCampaigns:
        self.double, self.secret = mailchimp, mailchimp.secret
        return mailchimp_target(mailchimp, slept)


class TestMailchimpThatRewrites(TestMailchimp):
    """What a service makes of HTML is neither a change nor drift."""

    @pytest.fixture
    def integration(self, mailchimp: MailchimpCampaignsDouble, slept: list[float]) -> MailchimpCampaigns:
        mailchimp.rewrites = True
        return super().integration.__wrapped__(self, mailchimp, slept)


class TestBrevo(CampaignsContract):
    @pytest.fixture
    def integration(self, brevo: BrevoCampaignsDouble, slept: list[float]) -> BrevoCampaigns:
        self.double, self.secret = brevo, brevo.secret
        return brevo_target(brevo, slept)
