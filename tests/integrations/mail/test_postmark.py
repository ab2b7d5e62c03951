"""Mail by Postmark, held against a double built from its documentation."""

from collections.abc import Iterator
from typing import Any

import pytest

from briefingkit.testing.mail.postmark import PostmarkDouble
from briefingkit_mail.postmark import Postmark

from .services import ServiceContract


class TestPostmark(ServiceContract):
    @pytest.fixture
    def double(self) -> Iterator[PostmarkDouble]:
        with PostmarkDouble() as double:
            yield double

    @pytest.fixture
    def transport(self, double: PostmarkDouble) -> Any:
        return Postmark(double.secret, base_url=double.url)
