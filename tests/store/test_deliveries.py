"""What the ledger promises of deliveries, on SQLite and on PostgreSQL, with real processes beside each other."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from briefingkit.store import open_ledger
from briefingkit.store.claims import Bucket, Claims, Orphans
from briefingkit.store.deliveries import CHUNK, Deliveries, Planned, mailing_id
from briefingkit.store.delivery_rows import AnswerRow, DeliveryRow, NewDelivery

NOW, LATER, MUCH_LATER = (f"2027-03-01T{hour}:00:00.000000+00:00" for hour in ("09", "10", "11"))
MAILING = mailing_id("b", "m")

# Each process claims and answers as fast as it can, and prints what it was given.
SENDER = """
import sys
from briefingkit.store import open_ledger
from briefingkit.store.claims import Claims
from briefingkit.store.delivery_rows import AnswerRow
url, name, mailing, now, later = sys.argv[1:]
claims = Claims(open_ledger(url), name)
print("ready", flush=True)
sys.stdin.readline()
empty = 0
while empty < 5:
    rows = claims.claim(int(mailing), now=now, lease=later, limit=7)
    empty = 0 if rows else empty + 1
    if rows and claims.commit([(row.place, "x") for row in rows], now=now, lease=later):
        done = [AnswerRow(row.place, "sent", "", 0, 250, None, None) for row in rows]
        assert claims.record(done, now=now) == len(rows)
        print(*(row.id for row in rows), flush=True)
"""


def new(id_: str, **more: str) -> NewDelivery:
    return NewDelivery(id_, "", f"{id_}@x.example", f"{id_}@x.example", "{}", **more)


def sent(row: DeliveryRow, state: str = "sent", **more: object) -> AnswerRow:
    return AnswerRow(row.place, state, row.due, row.attempts, 250, "ok", "4F", **more)


class DeliveriesContract:
    @pytest.fixture
    def store(self, url: str) -> Iterator[Deliveries]:
        with open_ledger(url) as ledger:
            yield Deliveries(ledger)

    @pytest.fixture
    def mine(self, store: Deliveries) -> Claims:
        return Claims(store.ledger, "mine")

    @pytest.fixture
    def theirs(self, store: Deliveries) -> Claims:
        return Claims(store.ledger, "theirs")

    def plan(self, store: Deliveries, *ids: str, **more: str) -> Planned:
        return store.plan("b", "m", [new(each, **more) for each in ids], now=NOW)

    def claim(self, claims: Claims, limit: int = 100, now: str = NOW, **more: object) -> list[DeliveryRow]:
        return list(claims.claim(MAILING, now=now, lease=LATER, limit=limit, **more))

    def test_a_key_is_one_row(self, store: Deliveries) -> None:
        assert self.plan(store, "a", "b") == Planned(new=2)
        assert self.plan(store, "b", "c") == Planned(new=1, renewed=1)
        assert store.counts(MAILING) == {"planned": 3}
        assert store.known(["a", "c", "z"]) == {"a": "planned", "c": "planned"}

    def test_no_more_than_a_chunk_at_once(self, store: Deliveries) -> None:
        with pytest.raises(ValueError, match="at most"):
            self.plan(store, *map(str, range(CHUNK + 1)))

    def test_a_row_is_claimed_by_one(self, store: Deliveries, mine: Claims, theirs: Claims) -> None:
        self.plan(store, "a", "b", "c")
        first, second = self.claim(mine, 2), self.claim(theirs)
        assert [row.id for row in first] == ["a", "b"]
        assert [row.id for row in second] == ["c"]
        held = {row.id: row for row in store.rows(MAILING, ("claimed",))}
        assert held == {row.id: row for row in [*first, *second]}
        assert held["a"].begun_at == NOW

    def test_they_are_claimed_in_the_order_of_their_time(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "late", due=LATER)
        self.plan(store, "soon", due=NOW)
        self.plan(store, "now")
        assert [row.id for row in self.claim(mine)] == ["now", "soon"]
        assert [row.id for row in self.claim(mine, now=LATER)] == ["late"]

    def test_a_claim_may_go_on_after_a_place(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "a", "b")
        self.plan(store, "c", "d")
        (first,) = self.claim(mine, 1)
        after = (first.due, first.chunk, first.seq + 1)
        assert [row.id for row in self.claim(mine, after=after)] == ["c", "d"]

    def test_what_expired_is_not_claimed_but_dropped(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "a", expires=LATER)
        assert self.claim(mine, now=MUCH_LATER) == []
        assert mine.expire(MAILING, now=LATER) == 1
        assert store.counts(MAILING) == {"dropped": 1}

    def test_a_whole_life_is_written_down(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "a")
        (row,) = self.claim(mine)
        assert mine.commit([(row.place, "octets")], now=NOW, lease=MUCH_LATER)
        (going,) = store.rows(MAILING, ("committing",))
        assert (going.imprint, going.lease, going.owner) == ("octets", MUCH_LATER, "mine")
        assert mine.record([sent(row)], now=LATER) == 1
        (gone,) = store.rows(MAILING, ("sent",))
        assert (gone.owner, gone.lease, gone.code, gone.words, gone.remote_id, gone.imprint) == (
            None,
            None,
            250,
            "ok",
            "4F",
            "octets",
        )
        assert gone.changed_at == LATER

    def test_one_row_that_is_not_ours_any_more_stops_all(
        self, store: Deliveries, mine: Claims, theirs: Claims
    ) -> None:
        self.plan(store, "a", "b", "c")
        rows = self.claim(mine)
        theirs.reclaim(MAILING, now=NOW, grace=NOW, is_gone=lambda owner: owner == "mine")
        self.claim(theirs, 1)
        refused = sent(rows[1], "failed")
        assert not mine.commit(
            [(row.place, "x") for row in (rows[0], rows[2])], [refused], now=NOW, lease=LATER
        )
        assert store.counts(MAILING) == {"claimed": 1, "planned": 2}
        assert mine.record([sent(row) for row in rows], now=NOW) == 0

    def test_a_refusal_is_written_with_the_note(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "a", "b")
        first, second = self.claim(mine)
        assert mine.commit([(first.place, "x")], [sent(second, "failed")], now=NOW, lease=LATER)
        assert store.counts(MAILING) == {"committing": 1, "failed": 1}

    def test_what_certainly_did_not_go_may_be_written_anew(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "a", "b")
        rows = self.claim(mine)
        mine.commit([(row.place, "x") for row in rows], now=NOW, lease=LATER)
        mine.record([sent(rows[0], "planned"), sent(rows[1], "uncertain")], now=NOW)
        assert {row.id: row.imprint for row in store.rows(MAILING, ("planned", "uncertain"))} == {
            "a": None,
            "b": "x",
        }

    def test_a_sender_that_is_gone_leaves_doubt_only_about_what_it_had_noted(
        self, store: Deliveries, mine: Claims, theirs: Claims
    ) -> None:
        self.plan(store, "a", "b", "c")
        (first, *_) = self.claim(mine)
        mine.commit([(first.place, "x")], now=NOW, lease=LATER)
        none = theirs.reclaim(MAILING, now=NOW, grace=NOW, is_gone=lambda _owner: False)
        assert none == Orphans(0, 0)
        # Its lease ran out; what was noted waits for longer than a server may take for its answer.
        assert theirs.reclaim(MAILING, now=MUCH_LATER, grace=NOW, is_gone=lambda _owner: False) == Orphans(
            2, 0
        )
        assert theirs.reclaim(
            MAILING, now=MUCH_LATER, grace=MUCH_LATER, is_gone=lambda _owner: False
        ) == Orphans(0, 1)
        assert store.counts(MAILING) == {"planned": 2, "uncertain": 1}

    def test_an_answer_that_comes_after_all_still_counts(
        self, store: Deliveries, mine: Claims, theirs: Claims
    ) -> None:
        self.plan(store, "a")
        (row,) = self.claim(mine)
        mine.commit([(row.place, "x")], now=NOW, lease=NOW)
        theirs.reclaim(MAILING, now=NOW, grace=NOW, is_gone=lambda _owner: True)
        assert store.counts(MAILING) == {"uncertain": 1}
        assert mine.record([sent(row)], now=LATER) == 1
        assert store.counts(MAILING) == {"sent": 1}

    def test_but_not_once_somebody_has_settled_it(
        self, store: Deliveries, mine: Claims, theirs: Claims
    ) -> None:
        self.plan(store, "a")
        (row,) = self.claim(mine)
        mine.commit([(row.place, "x")], now=NOW, lease=NOW)
        theirs.reclaim(MAILING, now=NOW, grace=NOW, is_gone=lambda _owner: True)
        assert store.settle([row.place], "dropped", now=LATER, words="by hand") == 1
        assert store.settle([row.place], "planned", now=LATER) == 0
        assert mine.record([sent(row)], now=LATER) == 0
        assert store.counts(MAILING) == {"dropped": 1}

    def test_only_our_own_claims_are_given_back(
        self, store: Deliveries, mine: Claims, theirs: Claims
    ) -> None:
        self.plan(store, "a", "b")
        self.claim(mine, 1)
        self.claim(theirs, 1)
        assert mine.release(MAILING) == 1
        assert store.counts(MAILING) == {"claimed": 1, "planned": 1}

    def test_a_bucket_is_shared(self, store: Deliveries, mine: Claims, theirs: Claims) -> None:
        self.plan(store, *map(str, range(20)))
        bucket = Bucket("smtp", rate=1.0, burst=5.0)
        assert len(self.claim(mine, 3, bucket=bucket)) == 3
        assert len(self.claim(theirs, 10, bucket=bucket)) == 2
        assert self.claim(mine, bucket=bucket) == []
        seconds_later = NOW.replace(":00.", ":03.")
        assert len(self.claim(theirs, 10, now=seconds_later, bucket=bucket)) == 3

    def test_what_was_drawn_in_vain_is_poured_back(self, store: Deliveries, mine: Claims) -> None:
        bucket = Bucket("smtp", rate=1.0, burst=5.0)
        assert self.claim(mine, bucket=bucket) == []
        self.plan(store, *map(str, range(5)))
        assert len(self.claim(mine, bucket=bucket)) == 5

    def test_erasing_a_person_leaves_counts_alone(self, store: Deliveries, mine: Claims) -> None:
        self.plan(store, "a", "b")
        store.plan("b", "other", [new("a-other")], now=NOW)
        store.plan("elsewhere", "m", [NewDelivery("e", "", "a@x.example", "A@x.example", "{}")], now=NOW)
        rows = self.claim(mine)
        mine.record([sent(row) for row in rows], now=NOW)
        assert store.erase("b", "a@x.example") == 1
        assert store.erase("b", "a@x.example") == 0
        assert store.counts(MAILING) == {"sent": 1}
        held = store.mailing("b", "m")
        assert held is not None
        assert json.loads(held.erased) == {"sent": 1}
        assert store.counts(mailing_id("elsewhere", "m")) == {"planned": 1}

    def test_a_mailing_of_any_length_is_read_in_its_order(self, store: Deliveries) -> None:
        ids = [f"{number:04}" for number in range(1200)]
        self.plan(store, *ids[:700])
        self.plan(store, *ids[700:])
        assert [row.id for row in store.rows(MAILING, ("planned",))] == ids

    def test_hostile_text_is_text(self, store: Deliveries, mine: Claims) -> None:
        hostile = "'; DROP TABLE deliveries; -- %s \u202e"
        store.plan("b", "m", [NewDelivery("a", hostile, hostile, hostile, json.dumps(hostile))], now=NOW)
        (row,) = self.claim(mine)
        assert (row.occasion, row.person, row.address) == (hostile,) * 3


class BesideEachOther(DeliveriesContract):
    def test_several_processes_send_each_row_once(self, store: Deliveries, url: str) -> None:
        ids = [f"{number:04}" for number in range(400)]
        self.plan(store, *ids)
        senders = [
            subprocess.Popen(
                [sys.executable, "-c", SENDER, url, f"sender-{number}", str(MAILING), NOW, LATER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(3)
        ]
        for sender in senders:
            assert sender.stdout is not None
            assert sender.stdout.readline() == "ready\n"
        claimed = [out.split() for out, _ in [sender.communicate("go\n") for sender in senders]]
        assert sorted(chain.from_iterable(claimed)) == ids
        assert store.counts(MAILING) == {"sent": 400}
        assert [sender.returncode for sender in senders] == [0, 0, 0]


class TestInMemory(DeliveriesContract):
    @pytest.fixture
    def url(self) -> str:
        return "sqlite://"


class TestOnSQLite(BesideEachOther):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"


@pytest.mark.peer
class TestOnPostgreSQL(BesideEachOther):
    @pytest.fixture
    def url(self, postgresql: str) -> str:
        return postgresql


class TestPresence:
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"

    def test_one_who_shows_up_is_there_until_the_end(self, url: str, tmp_path: Path) -> None:
        from datetime import UTC, datetime

        at = datetime(2027, 3, 1, tzinfo=UTC)
        with open_ledger(url) as ledger, open_ledger(url) as other:
            assert other.is_gone("me")
            with ledger.present("me", at=at):
                assert not other.is_gone("me")
                assert not ledger.is_gone("me")
            assert other.is_gone("me")
        assert list(tmp_path.glob("*.sender")) == []

    def test_a_killed_process_is_gone_and_cleared_away(self, url: str, tmp_path: Path) -> None:
        script = (
            "import sys, time; from datetime import UTC, datetime; from briefingkit.store import open_ledger\n"
            "with open_ledger(sys.argv[1]).present('it', at=datetime(2027, 3, 1, tzinfo=UTC)):\n"
            "    print('there', flush=True); time.sleep(60)"
        )
        with (
            open_ledger(url) as ledger,
            subprocess.Popen([sys.executable, "-c", script, url], stdout=subprocess.PIPE, text=True) as it,
        ):
            assert it.stdout is not None
            assert it.stdout.readline() == "there\n"
            assert not ledger.is_gone("it")
            it.kill()
            it.wait()
            assert ledger.is_gone("it")
        assert list(tmp_path.glob("*.sender")) == []
