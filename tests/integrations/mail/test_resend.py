"""Mail by Resend, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.testing.mail.resend import ResendDouble
from briefingkit_mail.resend import Resend

from .services import ServiceContract


class TestResend(ServiceContract):
    keyed = True

    @pytest.fixture
    def double(self) -> Iterator[ResendDouble]:
        with ResendDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: ResendDouble) -> Any:
        return Resend(double.secret, base_url=double.url, rate=None)
