"""Mail by SendGrid, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.testing.mail.sendgrid import SendGridDouble
from briefingkit_mail.sendgrid import SendGrid

from .services import ServiceContract


class TestSendGrid(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[SendGridDouble]:
        with SendGridDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: SendGridDouble) -> Any:
        return SendGrid(double.secret, base_url=double.url)
