import gc
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from briefingkit.errors import Locked, StoreError
from briefingkit.store import ResourceRow, open_ledger
from briefingkit.store.engine import filesystem, parse_url
from briefingkit.store.migrations import STEPS, migrate
from briefingkit.store.tables import metadata
from briefingkit.testing.store import StoreContract

AT = datetime(2022, 3, 21, 9, 0, tzinfo=UTC)

HOLDER = """
import sys, time
from datetime import datetime, UTC
from briefingkit.store import open_ledger
with open_ledger(sys.argv[1]).lock(at=datetime(2022, 3, 21, 9, 0, tzinfo=UTC)):
    print("held", flush=True)
    time.sleep(60)
"""


class TestInAFile(StoreContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'ledger.db'}"


class TestByAPlainPath(StoreContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return str(tmp_path / "a name with ? and # in it.db")


class TestInMemory(StoreContract):
    @pytest.fixture
    def url(self) -> str:
        return "sqlite://"


def test_a_ledgers_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_ledger(str(path)) as ledger:
        ledger.add_publications([])
        assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_the_file_is_written_durably(tmp_path: Path) -> None:
    with open_ledger(str(tmp_path / "ledger.db")) as ledger, ledger._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_the_migrated_database_is_the_one_that_the_queries_know() -> None:
    with open_ledger("sqlite://") as ledger:
        found = inspect(ledger._engine)
        assert set(found.get_table_names()) == {*metadata.tables, "briefingkit_schema"}
        for table in metadata.tables.values():
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert columns == {column.name: bool(column.nullable) for column in table.columns}
            keys = found.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key]


def test_a_ledger_of_the_first_version_is_brought_forward_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        assert migrate(connection, STEPS[:1]) == 0
        connection.exec_driver_sql(
            "INSERT INTO resources VALUES ('t', 'event', 'k', 'o', '{}', NULL, NULL, NULL, '{}', 'done', '[]', NULL)"
        )
    engine.dispose()
    with open_ledger(str(path)) as ledger:
        rows = ledger.load("t")
        assert rows.resources == (
            ResourceRow("t", "event", "k", "o", "{}", None, None, None, "{}", "done", "[]"),
        )
        assert rows.generation == 0


def test_migrating_what_is_newest_changes_nothing() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert migrate(connection) == 0
    with engine.begin() as connection:
        assert migrate(connection) == len(STEPS)
    engine.dispose()


def test_a_ledger_of_a_newer_release_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE briefingkit_schema (version INTEGER NOT NULL)")
        database.execute("INSERT INTO briefingkit_schema VALUES (99)")
    with pytest.raises(StoreError, match=r"schema version 99.*update briefingkit"):
        open_ledger(str(path))
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("SELECT version FROM briefingkit_schema").fetchall() == [(99,)]


def test_a_failing_step_leaves_the_old_version_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(str(path)).close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE briefingkit_schema SET version = 1")  # so that step 2 meets its own tables
    with pytest.raises(StoreError, match="already exists"):
        open_ledger(str(path))
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("SELECT version FROM briefingkit_schema").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://user:secret@host/db", "SQLite or PostgreSQL, not in mysql"),
        ("nonsense://", "SQLite or PostgreSQL, not in nonsense"),
        ("://", "cannot be read"),
        ("missing/folder/ledger.db", "make the folder"),
    ],
)
def test_a_place_that_cannot_hold_a_ledger_is_refused(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as raised:
        open_ledger(url)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("This is a text. " * 100)
    with pytest.raises(StoreError, match="file is not a database"):
        open_ledger(str(path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/ana/ledger.db", "ext4"),
        ("/mnt/share/x/ledger.db", "nfs4"),
        ("/mnt/share two/ledger.db", "cifs"),
        ("/mnt/shared/ledger.db", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_deepest_mount(path: str, expected: str) -> None:
    mounts = "/dev/vda / ext4 rw 0 0\nhost:/x /mnt/share nfs4 rw 0 0\n//h/y /mnt/share\\040two cifs rw 0 0\nbroken\n"
    assert filesystem(Path(path), mounts) == expected


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"host:/x {tmp_path.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr("briefingkit.store.engine._MOUNTS", mounts)
    with pytest.raises(StoreError, match=r"network drive .nfs4."):
        open_ledger(str(tmp_path / "ledger.db"))


def test_a_crash_gives_the_lock_back(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.db")
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with open_ledger(path) as ledger:
            with (
                pytest.raises(Locked, match=f"process {process.pid} on .* since 2022-03-21"),
                ledger.lock(at=AT),
            ):
                pass
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            with ledger.lock(at=AT):
                pass


def test_a_password_is_in_no_repr() -> None:
    url = parse_url("postgres://ana:secret@db.example/ledger")
    assert url.drivername == "postgresql+psycopg"
    assert "secret" not in url.render_as_string(hide_password=True)


def test_ten_thousand_resources_load_in_well_under_a_second(tmp_path: Path) -> None:
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        rows = [
            ResourceRow("t", "event", str(n), "o", '{"a":"x"}', None, str(n), None, "{}", "done", "[]")
            for n in range(10_000)
        ]
        ledger.write("t", put=rows)
        queries: list[str] = []
        from sqlalchemy import event

        event.listen(ledger._engine, "before_cursor_execute", lambda *args: queries.append(args[2]))
        assert len(ledger.load("t").resources) == 10_000
        assert sum("FROM resources" in query for query in queries) == 1


def test_a_ledger_that_is_forgotten_gives_its_connections_back(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"))
    given_back = ledger._give_back
    del ledger
    gc.collect()
    assert not given_back.alive
