"""Who must not be written to is not, and the ledger does not say who that is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefingkit.errors import MailingError
from briefingkit.mailing.people.suppression import Reason, Suppressions
from briefingkit.store import open_ledger

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
KEY = b"k" * 32


@pytest.fixture
def held() -> Suppressions:
    return Suppressions.of(open_ledger("sqlite://"), KEY)


def reasons(held: Suppressions, *, bulk: bool = True, briefing: str = "night-buses") -> dict[str, str]:
    return dict(held.reasons(["ada@x.org", "bo@x.org", "cy@x.org"], briefing=briefing, bulk=bulk))


def test_an_address_that_bounced_is_never_written_to(held: Suppressions) -> None:
    assert held.add(["ADA@x.org ", "no address"], Reason.BOUNCED, at=AT, source="postmark") == 1
    for bulk in (True, False):
        assert reasons(held, bulk=bulk) == {"ada@x.org": "have an address that bounced"}


def test_who_unsubscribed_still_hears_of_their_own_registration(held: Suppressions) -> None:
    held.add(["ada@x.org"], Reason.UNSUBSCRIBED, at=AT, source="link")
    assert reasons(held, bulk=False) == {}
    assert reasons(held) == {"ada@x.org": "have unsubscribed"}


def test_an_unsubscription_may_be_from_one_briefing_alone(held: Suppressions) -> None:
    held.add(["ada@x.org"], Reason.UNSUBSCRIBED, at=AT, source="link", scope="night-buses")
    assert reasons(held) == {"ada@x.org": "have unsubscribed"}
    assert reasons(held, briefing="trams") == {}


def test_a_suppression_says_since_when_and_can_be_lifted(held: Suppressions) -> None:
    held.add(["ada@x.org"], Reason.COMPLAINED, at=AT, source="mailgun")
    held.add(["ada@x.org"], Reason.COMPLAINED, at=datetime(2027, 4, 1, tzinfo=UTC), source="later")
    held.add(["ada@x.org"], Reason.BOUNCED, at=AT, source="mailgun")
    assert [(each.reason, each.at, each.source) for each in held.held("Ada@x.org")] == [
        (Reason.BOUNCED, AT, "mailgun"),
        (Reason.COMPLAINED, AT, "mailgun"),
    ]
    assert held.lift("ada@x.org", Reason.BOUNCED) == 1
    assert reasons(held) == {"ada@x.org": "have complained"}
    assert held.lift("ada@x.org") == 1
    assert reasons(held) == {}
    with pytest.raises(MailingError):
        held.lift("nobody")


def test_who_wants_nothing_and_said_so_of_one_briefing_before_is_counted_once(held: Suppressions) -> None:
    for scope in ("imrf", None):
        held.add(["ada@x.org"], Reason.UNSUBSCRIBED, at=AT, source="link", scope=scope)
    held.add(["ada@x.org", "bo@x.org"], Reason.BOUNCED, at=AT, source="mailgun")
    assert held.store.counts() == {"unsubscribed": 1, "bounced": 2}


def test_the_ledger_holds_no_address(tmp_path: Path) -> None:
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        held = Suppressions.of(ledger, KEY)
        held.add(["ada@private.example"], Reason.UNSUBSCRIBED, at=AT, source="link")
        assert held.store.counts() == {"unsubscribed": 1}
        assert "private" not in repr(held)
    octets = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert b"private" not in octets
