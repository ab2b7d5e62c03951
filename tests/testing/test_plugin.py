import subprocess
import sys

from briefingkit.publish import Snapshot
from briefingkit.publish.journal import Journal
from briefingkit.testing.memory import Memory, MemoryServer


def test_the_fixtures_make_a_place_to_publish_to(
    briefingkit_journal: Journal, briefingkit_server: MemoryServer
) -> None:
    assert briefingkit_journal.load("anything").applied == {}
    assert Memory(briefingkit_server).read([], Snapshot()).remotes == {}


def test_the_plugin_loads_nothing_heavy() -> None:
    heavy = "{'sqlalchemy', 'hypothesis', 'babel', 'icalendar', 'briefingkit.publish', 'briefingkit.model'}"
    code = f"import sys, briefingkit.testing.plugin; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
