"""What a ledger promises, as tests to inherit: give a class the fixture `url` and it has them all."""

from collections.abc import Iterator
from datetime import UTC, datetime

import attrs
import pytest

from briefingkit.errors import Locked
from briefingkit.store import OutputRow, PublicationRow, ResourceRow, SeenRow, open_ledger
from briefingkit.store.ledger import Ledger

__all__ = ["StoreContract"]

_AT = datetime(2022, 3, 21, 9, 0, tzinfo=UTC)


def _publication(briefing: str, revision: int) -> PublicationRow:
    return PublicationRow("cities.example", briefing, revision, "2022-03-21T09:00:00Z", f"digest {revision}")


def _resource(key: str, target: str = "calendar") -> ResourceRow:
    return ResourceRow(
        target=target,
        kind="event",
        key=key,
        owner="imrf-2022",
        sent='{"title":"\\u0000 \\u202e \'; DROP TABLE resources; --"}',
        held=None,
        remote_id=f"id of {key} — ünïcode",
        etag='"1"',
        server="{}",
        progress="done",
        kept="[]",
    )


def _seen(key: str, remote_id: str = "x") -> SeenRow:
    return SeenRow(
        "calendar", "event", key, remote_id, "imrf-2022", "{}", None, "{}", ours=True, outputs="{}"
    )


class StoreContract:
    """Inherit, and give a fixture `url` that names an empty database."""

    @pytest.fixture
    def ledger(self, url: str) -> Iterator[Ledger]:
        """Open the ledger under test."""
        with open_ledger(url) as ledger:
            yield ledger

    def test_only_the_newest_publication_of_each_briefing_is_given(self, ledger: Ledger) -> None:
        """The journal keeps all; a reader wants the last."""
        ledger.add_publications([_publication("a", 9), _publication("a", 10), _publication("b", 0)])
        newest = {row.briefing: row.revision for row in ledger.publications("cities.example")}
        assert newest == {"a": 10, "b": 0}
        assert ledger.publications("elsewhere.example") == []

    def test_a_publication_that_is_there_is_never_rewritten(self, ledger: Ledger) -> None:
        """What went out under a number stays what it was."""
        first = _publication("a", 1)
        ledger.add_publications([first])
        ledger.add_publications([attrs.evolve(first, digest="another")])
        assert ledger.publications("cities.example") == [first]

    def test_rows_come_back_as_they_were_written(self, ledger: Ledger) -> None:
        """Hostile text is text."""
        rows = [_resource("a"), attrs.evolve(_resource("b"), held="{}", started_at="2022-03-21T09:00:00Z")]
        ledger.write("calendar", put=rows)
        assert sorted(ledger.load("calendar").resources, key=lambda row: row.key) == rows

    def test_writing_again_replaces(self, ledger: Ledger) -> None:
        """One row a resource."""
        ledger.write("calendar", put=[_resource("a")])
        changed = attrs.evolve(_resource("a"), progress="unknown")
        ledger.write("calendar", put=[changed])
        assert ledger.load("calendar").resources == (changed,)

    def test_a_resource_takes_its_outputs_with_it(self, ledger: Ledger) -> None:
        """An address of a thing that is gone leads nowhere."""
        output = OutputRow("calendar", "imrf-2022", "room", "https://meet.example/1", "event", "a")
        other = attrs.evolve(output, name="page", key="b")
        ledger.write("calendar", put=[_resource("a"), _resource("b")], outputs=[output, other])
        ledger.write("calendar", drop=[("event", "a")])
        assert [row.key for row in ledger.load("calendar").resources] == ["b"]
        assert ledger.outputs() == [other]

    def test_targets_do_not_mix(self, ledger: Ledger) -> None:
        """A name in one target says nothing of another."""
        ledger.write("calendar", put=[_resource("a")])
        ledger.write("folder", put=[_resource("a", "folder")])
        ledger.write("folder", drop=[("event", "a")])
        assert ledger.load("folder").resources == ()
        assert ledger.load("calendar").resources == (_resource("a"),)

    def test_what_was_read_is_remembered_with_its_cursor(self, ledger: Ledger) -> None:
        """Both or neither: a cursor without what came before it would lose drift."""
        generation = ledger.load("calendar").generation
        assert ledger.remember("calendar", [_seen("a"), _seen("a", "y")], "token 1", generation=generation)
        rows = ledger.load("calendar")
        assert rows.cursor == "token 1"
        assert {row.remote_id for row in rows.seen} == {"x", "y"}
        assert ledger.remember("calendar", [], "token 2", generation=rows.generation)
        assert ledger.load("calendar").seen == ()

    def test_a_read_that_is_older_than_a_write_is_not_remembered(self, ledger: Ledger) -> None:
        """Else a plan that runs beside an apply would bring back what was overwritten."""
        generation = ledger.load("calendar").generation
        ledger.write("calendar", put=[_resource("a")])
        assert not ledger.remember("calendar", [_seen("a")], "token", generation=generation)
        rows = ledger.load("calendar")
        assert rows.seen == ()
        assert rows.cursor is None

    def test_a_write_settles_what_was_seen_of_the_resource(self, ledger: Ledger) -> None:
        """Drift that was overwritten is drift no more; the rest stays."""
        ledger.remember("calendar", [_seen("a"), _seen("b")], "token", generation=0)
        ledger.write("calendar", put=[_resource("a")])
        rows = ledger.load("calendar")
        assert [row.key for row in rows.seen] == ["b"]
        assert rows.cursor == "token"

    def test_a_second_run_is_kept_out_and_told_who_is_at_work(self, ledger: Ledger, url: str) -> None:
        """The lock is of the ledger, not of the object that opened it."""
        second = ledger if url == "sqlite://" else open_ledger(url)
        with ledger.lock(at=_AT), pytest.raises(Locked, match="2022-03-21T09:00:00Z"), second.lock(at=_AT):
            pass
        with second.lock(at=_AT):
            pass
        second.close()

    def test_a_ledger_outlives_the_process_that_wrote_it(self, url: str) -> None:
        """Opening again migrates nothing and loses nothing."""
        if url == "sqlite://":
            pytest.skip("a ledger in memory does not outlive its process")
        with open_ledger(url) as ledger:
            ledger.write("calendar", put=[_resource("a")])
        with open_ledger(url) as ledger:
            assert ledger.load("calendar").resources == (_resource("a"),)
