"""The same promises on PostgreSQL, where a server can be started."""

import pytest

from briefingkit.testing.store import StoreContract

pytestmark = pytest.mark.peer


class TestOnPostgreSQL(StoreContract):
    @pytest.fixture
    def url(self, postgresql: str) -> str:
        return postgresql
