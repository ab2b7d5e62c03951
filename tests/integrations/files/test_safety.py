"""Whatever stands in the folder and whatever is published, nothing outside it is read, written or taken away."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.errors import ModelError
from briefingkit.model import Briefing, Programme
from briefingkit.publish import Change, Drift, Identity, Remote, Resource, Snapshot, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.strategies import HOSTILE, programmes
from briefingkit.text import MultilingualText
from briefingkit_files import Files
from briefingkit_files.folder import Folder, digest_of
from briefingkit_files.layout import identity_at, place_of
from briefingkit_files.record import Record, RecordError, dump, parse

PATHS = (
    "../out",
    "..",
    "/etc/passwd",
    "en/../../out/secret",
    "C:\\x",
    "secret",
    "",
    "x\x00y",
    "con",
    "en/./x",
)
Opened = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("secret", "road.html", "road.json", "index.html", "feed.ics"):
        (folder / name).write_text(f"outside {name}")
    return folder


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# Names


@pytest.mark.parametrize("path", PATHS)
def test_no_resource_can_name_a_place_outside(path: str) -> None:
    for kind in ("page", "index", "site"):
        for key in (path, f"{path}/en", f"road/{path}"):
            try:
                place = place_of(Identity(kind, key))
            except ValueError:
                continue
            for name in (place.folder, place.record, *place.files.values()):
                assert not set(name) & set("/\\:\0")
                assert name not in (".", "..")


@pytest.mark.parametrize("path", PATHS)
def test_a_change_with_such_a_name_fails_and_touches_nothing(
    tmp_path: Path, outside: Path, path: str
) -> None:
    before = state(outside)
    wanted = Resource("page", f"{path}/en", "road", {"files": {"html": "1"}})
    held = Remote(wanted, f"{path}/en.html", "etag", ours=True)
    files = Files("site", base=tmp_path)
    for change in (Change(wanted), Change(wanted, held), Change(None, held)):
        (outcome,) = files.apply([change])
        assert outcome.status is not Status.UNKNOWN
    assert state(outside) == before
    assert files.read((), Snapshot({held.identity: held})).remotes == {}


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\\b", "", "a\0b", "-x", "é", "~x"])
def test_the_folder_itself_takes_no_path_for_a_name(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)
    with pytest.raises(ValueError, match="no name"):
        folder.look("", name)
    with pytest.raises(ValueError, match="no name"):
        folder.write("", name, b"")
    if name:
        with pytest.raises(ValueError, match="no name"):
            folder.remove(name, "x")


@given(
    st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda key: len(key) <= 64),
    st.sampled_from(("en", "pt-BR", "zh-Hans", "con", "aux")),
)
def test_a_place_and_its_resource_name_each_other(identifier: str, language: str) -> None:
    place = place_of(Identity("page", f"{identifier}/{language}"))
    assert identity_at(place.folder, place.record) == place.identity
    index = place_of(Identity("index", language))
    assert identity_at(index.folder, index.record) == index.identity
    assert not {place.record, *place.files.values()} & {index.record, *index.files.values()}


# Settings


@pytest.mark.parametrize(
    "settings",
    [
        {"folder": ""},
        {"folder": "a\0b"},
        {"folder": "site", "base_url": "javascript:alert(1)"},
        {"folder": "site", "base_url": "https://user:secret@example.org/"},
        {"folder": "site", "base_url": "https://example.org/?q"},
        {"folder": "site", "base_url": "https://example.org/\r\nX: y"},
        {"folder": "site", "formats": ("pdf", "html")},
        {"folder": "site", "formats": ("ics",)},
        {"folder": "site", "templates": " "},
    ],
)
def test_nonsense_in_the_settings_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        Files(**settings)


# Links


def test_links_are_neither_followed_nor_written_through(
    bench: Workbench, root: Path, outside: Path, opened: Opened
) -> None:
    before = state(outside)
    (root / "fr").mkdir(parents=True)
    (root / "en").symlink_to(outside)
    (root / "fr" / "road.html").symlink_to(outside / "road.html")
    (root / "fr" / "index.json").symlink_to(outside / "secret")
    (root / "fr" / "_road.ics.briefingkit-new").symlink_to(outside / "secret")
    with opened() as seen:
        report = bench.apply(bench.plan(sample_briefing("road"), drift=Drift.RESTORE))
    assert state(outside) == before
    assert not [path for path in seen if path.startswith((str(outside), str(root / "en")))]
    told = {str(outcome.change.identity): str(outcome.error) for outcome in report.outcomes}
    assert "is a link" in told["page road/fr"] or "stands where" in told["page road/fr"]
    assert "stands where" in told["page road/en"] or "is a link" in told["page road/en"]


@pytest.mark.parametrize("name", ["road.html", "road.ics", "road.json"])
def test_a_link_in_the_place_of_a_file_of_ours_is_seen_and_left(
    bench: Workbench, root: Path, outside: Path, name: str
) -> None:
    bench.publish(sample_briefing("road"), sample_briefing("other"))
    before = state(outside)
    (root / "en" / name).unlink()
    (root / "en" / name).symlink_to(outside / "secret")
    for drift in Drift:
        report = bench.apply(
            bench.plan(sample_briefing("road", hour=9), sample_briefing("other"), drift=drift)
        )
        assert not report.ok
    bench.apply(bench.plan(sample_briefing("other")))
    assert state(outside) == before
    assert (root / "en" / name).is_symlink()


def test_a_pipe_in_the_place_of_a_file_does_not_make_us_wait(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("road"))
    (root / "en" / "road.html").unlink()
    os.mkfifo(root / "en" / "road.html")
    assert bench.apply(bench.plan(sample_briefing("road"), drift=Drift.RESTORE)).counts["refused"] == 1


# Records that somebody else wrote

_texts = st.sampled_from(PATHS) | st.text(max_size=8)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def forged_records(draw: st.DrawFn) -> bytes:
    """Draw records with a good seal and anything at all in them."""
    data = {
        "briefingkit-files": draw(st.just(1) | _json),
        "kind": draw(st.sampled_from(("page", "index", "site")) | _texts),
        "key": draw(st.sampled_from(("road/en", "en", "manifest")) | _texts),
        "owner": draw(_texts),
        "fields": draw(st.fixed_dictionaries({"files": st.dictionaries(_texts, _texts, max_size=3)}) | _json),
        "sha256": draw(
            st.dictionaries(st.sampled_from(("html", "ics")) | _texts, st.just("0" * 64), max_size=3) | _json
        ),
        "replaces": draw(st.dictionaries(_texts, st.just(digest_of(b"outside secret")), max_size=2)),
    }
    body = json.dumps(data, indent=1).encode()[:-2]
    return body + f',\n "seal": "{digest_of(body)}"\n}}\n'.encode()


@given(
    forged_records() | st.binary(max_size=200),
    st.sampled_from(("en/road.json", "en/index.json", "manifest.json")),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_record_makes_us_leave_the_folder(opened: Opened, content: bytes, where: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "out").mkdir()
        (base / "out" / "secret").write_text("outside secret")
        (base / "site" / "en").mkdir(parents=True)
        (base / "site" / where).write_bytes(content)
        bench = Workbench(Files("site", base=base, languages=("en",), formats=("html",)))
        with opened() as seen:
            for briefings in ([sample_briefing("road")], []):
                bench.apply(bench.plan(*briefings, drift=Drift.RESTORE)) if briefings else bench.plan()
                list(
                    bench.target.integration.apply(
                        [Change(None, each) for each in bench.read().remotes.values()]
                    )
                )
        assert (base / "out" / "secret").read_text() == "outside secret"
        assert not [path for path in seen if path.startswith(str(base / "out"))]
        assert sorted(path.name for path in base.iterdir()) == ["out", "site"]


def test_a_record_speaks_for_its_own_place_only() -> None:
    identity = Identity("page", "road/en")
    content = dump(Record(identity, "road", {"files": {}}, {"html": "0" * 64}))
    assert parse(content, identity).owner == "road"
    with pytest.raises(RecordError, match="page road/en"):
        parse(content, Identity("page", "other/en"))
    with pytest.raises(RecordError, match="edited"):
        parse(content.replace(b"road", b"raod", 1), identity)


# Whatever is published


@given(programmes(max_size=3))
@settings(max_examples=12)
def test_any_programme_reads_back_as_in_step_and_stays_below_the_folder(programme: Programme) -> None:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        everything = ("html", "ics", "jsonld", "txt", "md")
        bench = Workbench(Files("site", base=base, formats=everything))
        briefings = [_on_its_own(briefing) for briefing in programme]
        bench.publish(*briefings)
        assert bench.plan(*briefings).is_empty
        assert [path.name for path in base.iterdir()] == ["site"]
        listed = json.loads((base / "site" / "manifest.json").read_bytes())["contents"]
        found = {path.relative_to(base / "site").as_posix() for path in base.rglob("*") if path.is_file()}
        assert found == {*listed, "index.html", "manifest.json"}
        assert b"private.example" not in b"".join(p.read_bytes() for p in base.rglob("*") if p.is_file())


def _on_its_own(briefing: Briefing) -> Briefing:
    """Leave out what waits for the addresses of another target: here there is none."""
    interpretation = briefing.interpretation and evolve(
        briefing.interpretation,
        into=tuple(evolve(channel, url=None) for channel in briefing.interpretation.into),
    )
    return evolve(briefing, registration=None, interpretation=interpretation)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_escaped_in_pages_and_indexes(bench: Workbench, root: Path, text: str) -> None:
    briefing = evolve(sample_briefing("road"), title=MultilingualText({"en": text, "fr": text}))
    bench.publish(briefing)
    assert bench.plan(briefing).is_empty
    for path in root.rglob("*.html"):
        page = path.read_text()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    for path in root.rglob("*.ics"):
        assert b"\nBcc:" not in path.read_bytes()
        assert b"\nUID:x" not in path.read_bytes()
