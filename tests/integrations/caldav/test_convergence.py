"""However badly it went before: once the network is well again, one more run brings everything in step, once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.publish import Drift
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap

pytestmark = pytest.mark.peer

_BROKEN = st.tuples(
    st.sampled_from(
        [Mishap.LOST_REQUEST, Mishap.LOST_ANSWER, Mishap.CUT_ANSWER, Mishap.ANSWER, Mishap.REPLACED]
    ),
    st.sampled_from([None, "PUT", "DELETE", "REPORT", "GET", "PROPFIND"]),
    st.integers(1, 9),
    st.sampled_from([400, 403, 404, 409, 412, 500, 503, 507]),
)
_STEPS = st.lists(
    st.tuples(st.lists(_BROKEN, max_size=3), st.sets(st.sampled_from("abc"), min_size=1), st.integers(8, 20)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_any_run_of_bad_luck_ends_in_step(radicale: Any, steps: list[Any]) -> None:
    radicale.proxy.heal()
    bench = Workbench(radicale.settings(patience=2, languages=("en",)))
    for mishaps, identifiers, hour in steps:
        for mishap, method, times, status in mishaps:
            radicale.proxy.fail(mishap, method=method, times=times, instead=Instead(status))
        bench.apply(bench.plan(*(sample_briefing(each, hour=hour) for each in sorted(identifiers))))
        radicale.proxy.heal()
    _, identifiers, hour = steps[-1]
    wanted = [sample_briefing(each, hour=hour) for each in sorted(identifiers)]
    bench.publish(*wanted, drift=Drift.RESTORE)
    assert bench.plan(*wanted).is_empty
    snapshot = bench.read(*wanted)
    assert {key for _, key in snapshot.remotes} == {f"{each}.en" for each in identifiers}
    assert not snapshot.duplicates
    listed = radicale.by_hand("PROPFIND", f"{radicale.home}contract/", Depth="1")[2]
    assert listed.count(b".ics</href>") == len(identifiers)


_PROJECT = """\
format: 1
namespace: contract.example
targets:
  city: {{use: caldav, url: "{url}", username: "${{WHO}}", password: "${{SECRET}}", make: {{name: Killed}}}}
"""
_BRIEFING = """\
format: 1
briefing: b{number}
languages: [en]
title: Number {number}
status: confirmed
start: 2027-02-02T17:00
duration: 1h
timezone: Europe/Paris
"""
_NUMBER = 12


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_run_that_is_killed_in_the_middle_is_gone_on_from(radicale: Any, tmp_path: Path) -> None:
    (tmp_path / "briefingkit.yaml").write_text(_PROJECT.format(url=radicale.proxy.url), encoding="utf-8")
    for number in range(_NUMBER):
        folder = tmp_path / f"b{number}"
        folder.mkdir()
        (folder / "briefing.yaml").write_text(_BRIEFING.format(number=number), encoding="utf-8")
    command = [sys.executable, "-m", "briefingkit", "apply", "--yes"]
    environment = {**os.environ, "WHO": radicale.user, "SECRET": radicale.password}
    radicale.by_hand("DELETE", f"{radicale.home}briefingkit.contract.example.city.all/")
    radicale.proxy.fail(Mishap.DELAY, method="PUT", seconds=0.05)
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 30
        while sum(each.method == "PUT" for each in radicale.proxy.requests) < 4:
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    radicale.proxy.heal()
    again = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert radicale.password not in again.stdout + again.stderr
    once_more = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "Nothing to do" in once_more.stdout
    puts = [each.path for each in radicale.proxy.requests if each.method == "PUT" and each.status == 201]
    assert len(set(puts)) == len(puts) <= _NUMBER
    listed = radicale.by_hand(
        "PROPFIND", f"{radicale.home}briefingkit.contract.example.city.all/", Depth="1"
    )[2]
    assert listed.count(b".ics</href>") == _NUMBER
