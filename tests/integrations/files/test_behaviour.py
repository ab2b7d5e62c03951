import errno
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import evolve
from icalendar import Calendar

from briefingkit.errors import IntegrationError, Unpublishable
from briefingkit.model import Access, Briefing, FromTarget, Online, Organizer, PartOf, Place, Registration
from briefingkit.publish import Change, Context, Drift, OutputKey
from briefingkit.publish.context import is_pending
from briefingkit.publish.plan import Plan
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.text import LocalizedUrl, MultilingualText, Name
from briefingkit.text.fallback import Fallback
from briefingkit_files import Files
from briefingkit_files.folder import Folder

Contents = Callable[[], dict[str, bytes]]


def child(identifier: str, of: str = "parent", **changes: object) -> Briefing:
    return evolve(
        sample_briefing(identifier, title=identifier.title()), part_of=PartOf(briefing=of), **changes
    )


def changes(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {str(change.identity): change.edits for each in plan.targets for change in each.changes}


# What is there


def test_a_briefing_has_a_page_a_calendar_and_data_in_each_language(
    bench: Workbench, contents: Contents
) -> None:
    bench.publish(sample_briefing("road"))
    page = ["road.html", "road.ics", "road.json", "road.jsonld"]
    index = ["feed.ics", "index.html", "index.json"]
    expected = {f"{language}/{name}" for language in ("en", "fr") for name in page + index}
    assert contents().keys() == expected | {"index.html", "manifest.json"}


def test_every_format_that_is_asked_for_is_written_and_one_no_longer_asked_for_goes(
    tmp_path: Path, contents: Contents
) -> None:
    everything = Files("site", base=tmp_path, formats=("html", "ics", "jsonld", "txt", "md"))
    bench = Workbench(everything)
    bench.publish(sample_briefing("road"))
    assert {"en/road.txt", "en/road.md"} <= contents().keys()
    less = Workbench(evolve(everything, formats=("html",)))
    less.journal = bench.journal
    less.publish(sample_briefing("road"))
    assert {name for name in contents() if name.startswith("en/")} == {
        "en/road.html",
        "en/road.json",
        "en/index.html",
        "en/index.json",
    }


def test_pages_link_to_their_translations_parent_and_segments(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("parent"), child("talk"), child("only-english", languages=("en",)))
    parent, talk = (root / "fr" / "parent.html").read_text(), (root / "fr" / "talk.html").read_text()
    assert 'href="talk.html"' in parent
    assert 'href="../en/only-english.html"' in parent
    assert 'href="../en/parent.html"' in parent
    assert 'href="parent.html"' in talk
    assert 'href="index.html"' in talk


def test_every_relative_link_leads_to_a_file(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("parent"), child("talk"), child("only-english", languages=("en",)))
    for page in root.rglob("*.html"):
        for href in page.read_text().split('href="')[1:]:
            target = href.partition('"')[0]
            if "://" not in target and not target.startswith(("#", "mailto:")):
                assert (page.parent / target).is_file(), (page, target)


def test_the_feed_of_a_language_holds_each_of_its_events_once(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("parent"), child("talk"), child("only-english", languages=("en",)))
    feeds = {
        language: Calendar.from_ical((root / language / "feed.ics").read_bytes()) for language in ("en", "fr")
    }
    assert [len(feeds[language].events) for language in ("en", "fr")] == [3, 2]
    assert {str(event["summary"]) for event in feeds["fr"].events} == {
        "On the road, en français",
        "Talk, en français",
    }


def test_the_manifest_lists_every_other_file_with_its_digest(bench: Workbench, contents: Contents) -> None:
    bench.publish(sample_briefing("parent"), child("talk"))
    found = contents()
    manifest = json.loads(found.pop("manifest.json"))
    listed = {**manifest["contents"], "index.html": manifest["sha256"]["html"]}
    assert listed == {path: sha256(content).hexdigest() for path, content in found.items()}
    assert manifest["fields"]["languages"] == ["en", "fr"]
    assert manifest["fields"]["briefings"]["talk"]["revision"] == 0
    assert manifest["fields"]["briefings"]["talk"]["uid"].endswith("@contract.example")


def test_names_that_a_file_system_or_the_folder_keeps_for_itself_are_given_another(
    bench: Workbench, contents: Contents
) -> None:
    taken = [sample_briefing(name) for name in ("index", "feed", "con", "com1")]
    bench.publish(*taken)
    assert {
        "en/index_.html",
        "en/feed_.ics",
        "en/con_.html",
        "en/com1_.json",
        "en/index.html",
    } <= contents().keys()
    assert bench.plan(*taken).is_empty


def test_the_same_publication_gives_the_same_bytes_in_any_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        bench = Workbench(Files(name, base=tmp_path))
        bench.publish(sample_briefing("road"))
    trees = [
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    ]
    assert trees[0] == trees[1]


# Addresses


def test_without_an_address_of_the_folder_nothing_claims_to_know_one(
    bench: Workbench, contents: Contents
) -> None:
    bench.publish(sample_briefing("parent"), child("talk"))
    assert not any(remote.outputs for remote in bench.read().remotes.values())
    assert not [
        path for path, content in contents().items() if b"canonical" in content and path.endswith("html")
    ]


def test_with_an_address_pages_know_theirs_and_other_targets_can_show_it(tmp_path: Path, root: Path) -> None:
    bench = Workbench(Files("site", base=tmp_path, base_url="https://city.example/b"))
    bench.publish(sample_briefing("road"))
    outputs = bench.journal.outputs()
    assert {(key.owner, key.name, made.value) for key, made in outputs.items()} == {
        ("road", "page", "https://city.example/b/en/road.html"),
        ("road", "page.en", "https://city.example/b/en/road.html"),
        ("road", "page.fr", "https://city.example/b/fr/road.html"),
        ("road", "ics.en", "https://city.example/b/en/road.ics"),
        ("road", "ics.fr", "https://city.example/b/fr/road.ics"),
    }
    assert (
        json.loads((root / "fr" / "road.jsonld").read_text())["url"] == "https://city.example/b/fr/road.html"
    )
    assert b"https://city.example/b/fr/feed.ics" in (root / "fr" / "feed.ics").read_bytes().replace(
        b"\r\n ", b""
    )


def test_an_address_that_a_target_makes_is_shown_once_it_is_known(bench: Workbench) -> None:
    briefing = evolve(sample_briefing("road"), registration=Registration(url=FromTarget("forms")))
    files = bench.target.integration
    before = bench.desired(briefing)[0].fields["registration"]
    assert isinstance(before, dict)
    assert is_pending(before["url"])

    def shown(language: str, outputs: dict[str, str]) -> object:
        from briefingkit.publish.mint import mint

        known = {OutputKey("forms", "road", name): value for name, value in outputs.items()}
        publications = mint([briefing], {}, {}, at=bench.now)
        resources = files.desired(publications, Context("site", "contract.example", known))
        page = next(each for each in resources if each.key == f"road/{language}")
        registration = page.fields["registration"]
        assert isinstance(registration, dict)
        return registration["url"]

    both = {"registration": "https://f.example/en", "registration.fr": "https://f.example/fr"}
    assert shown("en", both) == "https://f.example/en"
    assert shown("fr", both) == "https://f.example/fr"


def test_with_an_address_a_programme_names_those_of_its_parts(tmp_path: Path) -> None:
    bench = Workbench(Files("site", base=tmp_path, base_url="https://city.example/b/"))
    only_english = child("talk", languages=("en",))
    fields = {each.key: each.fields for each in bench.desired(sample_briefing("parent"), only_english)}
    children, part_of = fields["parent/fr"]["children"], fields["talk/en"]["part_of"]
    assert isinstance(children, dict)
    assert isinstance(part_of, dict)
    assert children["talk"]["url"] == "https://city.example/b/en/talk.html"
    assert part_of["url"] == "https://city.example/b/en/parent.html"


def test_a_room_for_everybody_that_a_target_makes_is_waited_for(bench: Workbench) -> None:
    place = Place(online=Online(url=FromTarget("rooms"), access=Access.PUBLIC))
    (online,) = {
        each.fields["online"]["url"]
        for each in bench.desired(evolve(sample_briefing("road"), place=place))
        if each.kind == "page"
    }
    assert is_pending(online)


def test_a_room_that_is_not_for_the_public_is_not_even_asked_for(bench: Workbench) -> None:
    briefing = evolve(sample_briefing("road"), place=Place(online=Online(url=FromTarget("rooms"))))
    assert not any(is_pending(each.fields) for each in bench.desired(briefing))


def test_the_address_of_a_room_for_registrants_is_nowhere_in_the_folder(
    bench: Workbench, contents: Contents
) -> None:
    secret = "https://meet.example/secret-room"
    bench.publish(evolve(sample_briefing("road"), place=Place(online=Online(url=LocalizedUrl.of(secret)))))
    assert not [
        path for path, content in contents().items() if b"secret-room" in content.replace(b"\r\n ", b"")
    ]


# What a plan says


def test_when_the_hour_moves_each_page_says_so_once(bench: Workbench) -> None:
    bench.publish(sample_briefing("road"), sample_briefing("other"))
    edits = changes(bench.plan(sample_briefing("road", hour=16), sample_briefing("other")))
    assert edits.keys() == {"page road/en", "page road/fr", "index en", "index fr", "site manifest"}
    assert {"start", "end", "revision"} <= set(edits["page road/fr"])
    assert "files" not in edits["page road/fr"]
    assert edits["index fr"] == ("entries", "pages")


def test_a_template_of_ones_own_is_used_and_its_change_makes_pages_again(tmp_path: Path, root: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    page = templates / "page.html.j2"
    page.write_text("{% extends 'briefingkit/page.html.j2' %}{% block masthead %}City of X{% endblock %}")
    bench = Workbench(Files("site", base=tmp_path, templates="templates"))
    bench.publish(sample_briefing("road"))
    assert "City of X" in (root / "en" / "road.html").read_text()
    page.write_text("{% extends 'briefingkit/page.html.j2' %}{% block masthead %}City of Y{% endblock %}")
    later = Workbench(Files("site", base=tmp_path, templates="templates"))
    later.journal = bench.journal
    assert changes(later.plan(sample_briefing("road")))["page road/en"] == ("files",)
    later.publish(sample_briefing("road"))
    assert "City of Y" in (root / "en" / "road.html").read_text()


def test_a_template_that_fails_costs_its_pages_and_says_where(tmp_path: Path, contents: Contents) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html.j2").write_text("\n{{ nonsense }}")
    bench = Workbench(Files("site", base=tmp_path, templates="templates"))
    report = bench.apply(bench.plan(sample_briefing("road")))
    failed = [outcome for outcome in report.outcomes if outcome.status == "failed"]
    assert [str(outcome.change.identity) for outcome in failed] == ["page road/en", "page road/fr"]
    assert "page.html.j2:2" in str(failed[0].error)
    assert not [path for path in contents() if "road" in path]


def test_templates_that_are_not_there_are_an_error_of_the_target(tmp_path: Path) -> None:
    with pytest.raises(IntegrationError, match="templates"):
        Workbench(Files("site", base=tmp_path, templates="nowhere")).desired(sample_briefing())


def test_a_template_that_is_a_link_out_of_its_folder_is_an_error_of_the_target(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{{ a password }}")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "page.html.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(IntegrationError, match=r"page\.html\.j2 is a link that leads out of its folder"):
        Workbench(Files("site", base=tmp_path, templates="letters")).desired(sample_briefing())


def test_a_language_with_nothing_but_its_title_is_refused_with_all_that_is_missing_where_asked(
    tmp_path: Path,
) -> None:
    briefing = evolve(sample_briefing("road"), objectives=MultilingualText({"en": "Much"}))
    marked = Workbench(Files("site", base=tmp_path)).desired(briefing)
    assert len(marked) == 5
    strict = Workbench(Files("site", base=tmp_path, fallbacks={"fr": Fallback.REFUSE}))
    with pytest.raises(Unpublishable, match=r"road.*fr.*objectives"):
        strict.desired(briefing)


def test_languages_of_the_target_go_before_those_of_the_briefing(tmp_path: Path, contents: Contents) -> None:
    Workbench(Files("site", base=tmp_path, languages=("FR", "ar"))).publish(sample_briefing("road"))
    assert {path.partition("/")[0] for path in contents() if "/" in path} == {"fr", "ar"}


def test_logos_that_stay_out_are_said(bench: Workbench) -> None:
    host = Organizer(key="mm", name=Name.of("Mayors"), logo="logos/mm.svg")
    (notice,) = bench.plan(evolve(sample_briefing(), organizers=(host,))).targets[0].notices
    assert "mm" in notice.text


# Other hands


def test_what_stands_in_the_way_is_refused_and_the_rest_is_written(bench: Workbench, root: Path) -> None:
    (root / "en").mkdir(parents=True)
    (root / "en" / "road.ics").write_text("mine")
    report = bench.apply(bench.plan(sample_briefing("road"), sample_briefing("other")))
    refused = [outcome for outcome in report.outcomes if outcome.status == "refused"]
    assert [str(outcome.change.identity) for outcome in refused] == ["page road/en"]
    assert "en/road.ics" in str(refused[0].error)
    assert (root / "en" / "road.ics").read_text() == "mine"
    assert (root / "fr" / "road.html").exists()
    assert (root / "en" / "other.html").exists()


def test_an_index_is_written_without_the_page_that_was_refused_and_with_it_when_that_is_mended(
    bench: Workbench, root: Path
) -> None:
    both = sample_briefing("road"), sample_briefing("other")
    (root / "en").mkdir(parents=True)
    (root / "en" / "road.html").write_text("mine")
    report = bench.apply(bench.plan(*both))
    index = next(outcome for outcome in report.outcomes if str(outcome.change.identity) == "index en")
    assert index.status == "unknown"
    assert "road" in str(index.error)
    assert b"other" in (root / "en" / "index.html").read_bytes()
    assert len(Calendar.from_ical((root / "en" / "feed.ics").read_bytes()).events) == 1
    (root / "en" / "road.html").unlink()
    bench.publish(*both)
    assert len(Calendar.from_ical((root / "en" / "feed.ics").read_bytes()).events) == 2
    assert bench.plan(*both).is_empty


def test_an_edit_is_named_in_the_plan_and_outlives_a_lost_ledger(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("road"))
    page = root / "en" / "road.html"
    page.write_text("by hand")
    bench.lose_ledger()
    plan = bench.plan(sample_briefing("road"))
    held = next(change.held for change in plan.targets[0].changes if change.identity.key == "road/en")
    assert held is not None
    files = held.resource.fields["files"]
    assert isinstance(files, dict)
    assert str(files["html"]).startswith("edited by hand")
    report = bench.apply(plan)
    assert "edited by hand" in str(
        next(o.error for o in report.outcomes if o.change.identity.key == "road/en")
    )
    assert page.read_text() == "by hand"
    bench.publish(sample_briefing("road"), drift=Drift.RESTORE)
    assert page.read_text() != "by hand"


def test_an_edit_can_be_kept_after_the_ledger_was_lost(tmp_path: Path, bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("road"))
    wanted = next(each for each in bench.desired(sample_briefing("road")) if each.key == "road/en")
    (root / "en" / "road.html").write_text("by hand")
    held = bench.read(sample_briefing("road")).remotes[wanted.identity]
    change = Change(evolve(wanted, fields={**held.resource.fields, "files": wanted.fields["files"]}), held)
    (outcome,) = Files("site", base=tmp_path).apply([evolve(change, policy=Drift.KEEP)])
    assert outcome.remote == held
    assert (root / "en" / "road.html").read_text() == "by hand"


def test_an_edited_calendar_file_does_not_get_into_the_feed(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("road"), sample_briefing("other"))
    (root / "en" / "road.ics").write_text("by hand")
    report = bench.apply(bench.plan(sample_briefing("road"), sample_briefing("other", hour=9)))
    assert report.counts["refused"] == 1
    feed = (root / "en" / "feed.ics").read_bytes()
    assert b"by hand" not in feed
    assert len(Calendar.from_ical(feed).events) == 2


def test_a_kept_edit_stops_the_next_change_of_the_source_until_it_is_restored(
    bench: Workbench, root: Path
) -> None:
    bench.publish(sample_briefing("road"))
    page = root / "en" / "road.html"
    page.write_text("by hand")
    bench.publish(sample_briefing("road"), drift=Drift.KEEP)
    report = bench.apply(bench.plan(sample_briefing("road", hour=16), drift=Drift.KEEP))
    assert report.counts["refused"] == 1
    assert page.read_text() == "by hand"
    bench.publish(sample_briefing("road", hour=16), drift=Drift.RESTORE)
    assert "16:00" in page.read_text()
    assert bench.plan(sample_briefing("road", hour=16)).is_empty


def test_a_lost_record_is_made_again_from_the_ledger_and_a_damaged_one_is_an_edit(
    bench: Workbench, root: Path
) -> None:
    bench.publish(sample_briefing("road"))
    record = root / "en" / "road.json"
    was = record.read_bytes()
    for spoil in (record.unlink, lambda: record.write_bytes(was.replace(b"road", b"raod", 1))):
        spoil()
        plan = bench.plan(sample_briefing("road"))
        assert changes(plan) == {"page road/en": ("files",)}
        assert bench.apply(plan).counts["refused"] == 1
        bench.publish(sample_briefing("road"), drift=Drift.RESTORE)
        assert record.read_bytes() == was


def test_with_record_and_ledger_lost_nothing_is_taken_for_ours(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("road"))
    (root / "en" / "road.json").unlink()
    bench.lose_ledger()
    report = bench.apply(bench.plan(sample_briefing("road")))
    assert "briefingkit did not make it" in str(
        next(o.error for o in report.outcomes if o.status == "refused")
    )


def test_a_revision_goes_on_where_the_folder_says_it_was(bench: Workbench, root: Path) -> None:
    bench.publish(sample_briefing("road"))
    bench.publish(sample_briefing("road", hour=16))
    bench.lose_ledger()
    bench.publish(sample_briefing("road", hour=17))
    (event,) = Calendar.from_ical((root / "en" / "road.ics").read_bytes()).events
    assert event["sequence"] == 2


def test_a_folder_of_another_target_or_project_is_left_alone(tmp_path: Path, contents: Contents) -> None:
    files = Files("site", base=tmp_path)
    Workbench(files, "one").publish(sample_briefing("road"))
    before = contents()
    other = Workbench(files, "two")
    plan = other.plan(sample_briefing("else"))
    assert "a folder of its own" in str(plan.targets[0].error)
    other.apply(plan)
    assert contents() == before


def test_taking_everything_away_leaves_what_others_made_and_no_empty_folder(
    bench: Workbench, root: Path
) -> None:
    bench.publish(sample_briefing("road"))
    (root / "fr" / "notes.txt").write_text("mine")
    (root / "CNAME").write_text("city.example")
    from briefingkit.publish.apply import apply
    from briefingkit.publish.limits import Consent, LimitPolicy, Limits

    limits = LimitPolicy(Limits(deletions_fraction=None, empty_source=False))
    plan = evolve(bench.plan(), refusals=())
    report = apply(
        plan,
        [bench.target],
        bench.journal,
        clock=lambda: bench.now,
        consent=Consent(delete=True),
        limits=limits,
    )
    report.raise_for_failed()
    assert sorted(path.relative_to(root).as_posix() for path in root.rglob("*")) == [
        "CNAME",
        "fr",
        "fr/notes.txt",
    ]


# The disk


def test_a_full_disk_changes_nothing_and_says_so(
    bench: Workbench, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(sample_briefing("road"), sample_briefing("other"))
    before = contents()
    write = Folder.write

    def full(folder: Folder, where: str, name: str, content: bytes) -> None:
        if "road" in name and name.startswith("_road.ics"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
        write(folder, where, name, content)

    monkeypatch.setattr(Folder, "write", full)
    both = sample_briefing("road", hour=16), sample_briefing("other", hour=16)
    report = bench.apply(bench.plan(*both))
    failed = [outcome for outcome in report.outcomes if outcome.status == "failed"]
    assert [str(outcome.change.identity) for outcome in failed] == ["page road/en", "page road/fr"]
    assert "No space left" in str(failed[0].error)
    after = contents()
    assert {path: after[path] for path in before if "road" in path} == {
        path: before[path] for path in before if "road" in path
    }
    assert after["en/other.html"] != before["en/other.html"]
    assert not [path for path in after if "briefingkit-" in path]
    monkeypatch.undo()
    bench.publish(*both)
    assert bench.plan(*both).is_empty


def test_a_failure_half_way_is_not_known_to_be_nothing_and_is_made_good(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Folder.replace

    def broken(folder: Folder, where: str, name: str, to: str) -> None:
        if to == "road.html":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), to)
        replace(folder, where, name, to)

    monkeypatch.setattr(Folder, "replace", broken)
    report = bench.apply(bench.plan(sample_briefing("road")))
    assert report.counts["unknown"] >= 2
    monkeypatch.undo()
    bench.publish(sample_briefing("road"))
    assert bench.plan(sample_briefing("road")).is_empty


def test_a_file_in_the_place_of_the_folder_is_an_error_of_the_target(bench: Workbench, root: Path) -> None:
    root.write_text("mine")
    plan = bench.plan(sample_briefing())
    assert "is a file" in str(plan.targets[0].error)


def test_new_files_have_the_permissions_of_any_other(bench: Workbench, root: Path) -> None:
    other = root.parent / "other"
    other.touch()
    bench.publish(sample_briefing("road"))
    assert (root / "en" / "road.html").stat().st_mode == other.stat().st_mode
