"""Mail by MailchimpTransactional, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.testing.mail.mandrill import MandrillDouble
from briefingkit_mail.mandrill import MailchimpTransactional

from .services import ServiceContract


class TestMailchimpTransactional(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[MandrillDouble]:
        with MandrillDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: MandrillDouble) -> Any:
        return MailchimpTransactional(double.secret, base_url=f"{double.url}/api/1.0")
