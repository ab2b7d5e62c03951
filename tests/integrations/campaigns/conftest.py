from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.model import Letterhead
from briefingkit.testing.campaigns import BrevoCampaignsDouble, CampaignsDouble, MailchimpCampaignsDouble
from briefingkit_campaigns import BrevoAudience, BrevoCampaigns, MailchimpAudience, MailchimpCampaigns

LETTERHEAD = Letterhead("events@city.example.org")
KNOWN = {"target": "under-test", "namespace": "contract.example"}


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def mailchimp() -> Iterator[MailchimpCampaignsDouble]:
    with MailchimpCampaignsDouble() as double:
        double.lists = {"a1b2c3d4e5": {11, 12}}
        yield double
    assert double.faults == []
    assert double.sent_by_machine == []


@pytest.fixture
def brevo() -> Iterator[BrevoCampaignsDouble]:
    with BrevoCampaignsDouble() as double:
        double.lists = {2, 7}
        yield double
    assert double.faults == []
    assert double.sent_by_machine == []


def mailchimp_target(
    double: MailchimpCampaignsDouble, slept: list[float], **settings: Any
) -> MailchimpCampaigns:
    told = {
        "letterhead": LETTERHEAD,
        "audiences": {
            "en": MailchimpAudience("a1b2c3d4e5", 11),
            "fr": MailchimpAudience("a1b2c3d4e5", 12),
        },
        "timeout": 5.0,
        **KNOWN,
        **settings,
    }
    return MailchimpCampaigns(double.secret, base_url=f"{double.url}/3.0", sleep=slept.append, **told)


def brevo_target(double: BrevoCampaignsDouble, slept: list[float], **settings: Any) -> BrevoCampaigns:
    told = {
        "letterhead": LETTERHEAD,
        "audiences": {"en": BrevoAudience((2,)), "fr": BrevoAudience((7,))},
        "timeout": 5.0,
        **KNOWN,
        **settings,
    }
    return BrevoCampaigns(double.secret, base_url=f"{double.url}/v3", sleep=slept.append, **told)


@pytest.fixture(params=["mailchimp", "brevo"])
def double(request: pytest.FixtureRequest) -> CampaignsDouble:
    found: CampaignsDouble = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def target(double: CampaignsDouble, slept: list[float]) -> MailchimpCampaigns | BrevoCampaigns:
    if isinstance(double, MailchimpCampaignsDouble):
        return mailchimp_target(double, slept)
    assert isinstance(double, BrevoCampaignsDouble)
    return brevo_target(double, slept)
