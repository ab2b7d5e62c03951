"""The doubles are strict, for what they let pass a service may not."""

import pytest
import requests

from briefingkit.testing.campaigns import BrevoCampaignsDouble, MailchimpCampaignsDouble

CHIMP = {
    "type": "regular",
    "recipients": {"list_id": "abc"},
    "settings": {"title": "t", "subject_line": "s", "from_name": "n", "reply_to": "a@b.example"},
}
BREVO = {
    "name": "n",
    "subject": "s",
    "sender": {"name": "n", "email": "a@b.example"},
    "replyTo": "a@b.example",
    "htmlContent": "<p>words enough</p>",
    "recipients": {"listIds": [2]},
}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({}, 200),
        ({"type": "rss"}, 400),
        ({"content": "x"}, 400),
        ({"recipients": {"list_id": "other"}}, 400),
        ({"recipients": {"list_id": "abc", "segment_opts": {"saved_segment_id": 9}}}, 400),
        ({"settings": {**CHIMP["settings"], "reply_to": "nobody"}}, 400),
        ({"settings": {**CHIMP["settings"], "subject": "x"}}, 400),
    ],
)
def test_mailchimps_takes_what_its_reference_says(wrong: dict[str, object], status: int) -> None:
    with MailchimpCampaignsDouble() as double:
        double.lists = {"abc": {1}}
        for auth, expected in ((("any", double.secret), status), (("any", "other"), 401)):
            answer = requests.post(
                f"{double.url}/3.0/campaigns", json={**CHIMP, **wrong}, auth=auth, timeout=5
            )
            assert answer.status_code == expected
        assert double.faults == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({}, 201),
        ({"scheduled": "now"}, 400),
        ({"scheduledAt": "2037-01-01T00:00:00Z"}, 400),
        ({"subject": ""}, 400),
        ({"htmlContent": "short"}, 400),
        ({"recipients": {"listIds": [3]}}, 400),
        ({"sender": {"name": "n", "email": "nobody"}}, 400),
        ({"replyTo": "nobody"}, 400),
    ],
)
def test_brevos_takes_what_its_reference_says_and_no_time_to_send_at(
    wrong: dict[str, object], status: int
) -> None:
    with BrevoCampaignsDouble() as double:
        double.lists = {2}
        for key, expected in ((double.secret, status), ("other", 401)):
            answer = requests.post(
                f"{double.url}/v3/emailCampaigns",
                json={**BREVO, **wrong},
                headers={"api-key": key},
                timeout=5,
            )
            assert answer.status_code == expected
        assert double.faults == []


def test_whoever_sends_is_told_of() -> None:
    with MailchimpCampaignsDouble() as chimp, BrevoCampaignsDouble() as brevo:
        requests.post(f"{chimp.url}/3.0/campaigns/1/actions/send", auth=("any", chimp.secret), timeout=5)
        requests.post(
            f"{brevo.url}/v3/emailCampaigns/1/sendNow", headers={"api-key": brevo.secret}, timeout=5
        )
        assert chimp.sent_by_machine == ["/3.0/campaigns/1/actions/send"]
        assert brevo.sent_by_machine == ["/v3/emailCampaigns/1/sendNow"]
