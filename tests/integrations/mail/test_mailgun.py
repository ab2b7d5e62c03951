"""Mail by Mailgun, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.testing.mail.mailgun import MailgunDouble
from briefingkit_mail.mailgun import Mailgun

from .services import ServiceContract


class TestMailgun(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[MailgunDouble]:
        with MailgunDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: MailgunDouble) -> Any:
        return Mailgun(double.domain, double.secret, base_url=double.url)
