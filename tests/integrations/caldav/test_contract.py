"""What every integration promises, kept against two real servers."""

from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.publish import Remote
from briefingkit.testing.contract import IntegrationContract
from briefingkit.testing.proxy import Mishap
from briefingkit_caldav import CalDAV

pytestmark = pytest.mark.peer

_STRANGER = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:lunch@example.net\r\n"
    "DTSTAMP:20220101T000000Z\r\nDTSTART:20220413T110000Z\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class _Contract(IntegrationContract):
    @pytest.fixture(autouse=True)
    def _keep(self, there: Any) -> None:
        self.peer = there

    @pytest.fixture
    def integration(self, there: Any) -> CalDAV:
        self.peer = there
        settings: CalDAV = there.settings(calendar=None)
        self.path = there.calendar("contract")
        return CalDAV(
            url=f"{there.proxy.url}{self.path}",
            username=there.user,
            password=there.password,
            target=settings.target,
            sleep=there.waits.append,
        )

    def edit_by_hand(self, remote: Remote) -> None:
        self.peer.rewrite(remote.id, lambda text: text.replace("On the road", "On the old road"))

    def remove_by_hand(self, remote: Remote) -> None:
        assert self.peer.by_hand("DELETE", remote.id)[0] in {200, 204}

    def add_stranger(self) -> Callable[[], object]:
        path = f"{self.path}lunch.ics"
        assert self.peer.by_hand("PUT", path, _STRANGER.encode())[0] in {201, 204}
        return lambda: self.peer.by_hand("GET", path)[2]

    def lose_answers(self) -> None:
        for method in ("PUT", "DELETE"):
            self.peer.proxy.fail(Mishap.LOST_ANSWER, method=method)

    def find_answers(self) -> None:
        self.peer.proxy.heal()


class TestRadicale(_Contract):
    secret = "s3cr3t:pässword"

    @pytest.fixture
    def there(self, radicale: Any) -> Any:
        return radicale


class TestXandikos(_Contract):
    @pytest.fixture
    def there(self, xandikos: Any) -> Any:
        return xandikos
