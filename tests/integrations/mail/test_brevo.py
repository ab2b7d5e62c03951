"""Mail by Brevo, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.testing.mail.brevo import BrevoDouble
from briefingkit_mail.brevo import Brevo

from .services import ServiceContract


class TestBrevo(ServiceContract):
    keyed = True

    @pytest.fixture
    def double(self) -> Iterator[BrevoDouble]:
        with BrevoDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: BrevoDouble) -> Any:
        return Brevo(double.secret, base_url=f"{double.url}/v3")
