"""What stands at a resource's place, held against what is known to be ours: reading and writing judge alike."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from briefingkit.publish import Fields, Remote, Resource, Value
from briefingkit_files.folder import Folder, Found, digest_of
from briefingkit_files.layout import PAGE, Place
from briefingkit_files.record import Record, RecordError, parse

__all__ = [
    "RECORD",
    "File",
    "Standing",
    "State",
    "examine",
    "files_field",
    "outputs_of",
    "record_at",
    "remote_of",
]

RECORD: Final = "json"
"""What the record itself is called among the files, where something is wrong with it."""

_LARGEST_RECORD: Final = 64 << 20
_SHOWN: Final = 12


class State(StrEnum):
    """What is known of one file."""

    WRITTEN = "written"
    """It holds what was written last."""
    UNFINISHED = "unfinished"
    """It holds what was written before that: a run was interrupted."""
    MISSING = "missing"
    EDITED = "edited by hand"
    """It is ours, and someone has changed it."""
    FOREIGN = "not ours"
    """It stands where one of ours should go."""


@frozen
class File:
    """A file, or what stands in its place: `digest` is None where there is nothing that could be read."""

    state: State
    digest: str | None = None
    problem: str | None = None

    @property
    def words(self) -> str:
        """Say it as a plan shows it, different for different contents."""
        if self.problem is not None:
            return f"{self.state}: {self.problem}"
        if self.state in (State.EDITED, State.FOREIGN) and self.digest is not None:
            return f"{self.state} ({self.digest[:_SHOWN]})"
        return self.state.value


@frozen
class Standing:
    """All that stands at a place. `record` is None where there is none that can be believed."""

    place: Place
    record: Record | None
    record_file: File
    files: Mapping[str, File]
    fields: Fields = field(factory=dict)
    owner: str = ""

    @property
    def ours(self) -> bool:
        """Whether the place itself says that briefingkit made what is there, by its record or by files that we know."""
        states = [file.state for file in self.files.values()]
        return self.record is not None or State.WRITTEN in states or State.UNFINISHED in states

    @property
    def etag(self) -> str:
        """Hash all that is there, so that any change of any file is another etag."""
        parts = [self.record_file, *(self.files[name] for name in sorted(self.files))]
        names = ["", *sorted(self.files)]
        text = "\n".join(
            f"{name} {file.digest} {file.problem}" for name, file in zip(names, parts, strict=True)
        )
        return digest_of(text.encode())[:32]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all stands there."""
        return not any(file.digest or file.problem for file in (self.record_file, *self.files.values()))


def examine(
    folder: Folder,
    place: Place,
    wanted: Iterable[str],
    known: Remote | None = None,
) -> Standing:
    """Look at each file of a place once. `wanted` are the formats to be there, `known` is what the ledger believes."""
    obstacle = folder.problem_with(place.folder) if place.folder else None
    if obstacle is not None:
        return _behind(place, wanted, f"{place.folder} {obstacle}")
    found, record = record_at(folder, place)
    believed = dict(known.server) if known is not None else {}
    sent = record.digests if record is not None else believed
    earlier = {**believed, **record.replaces} if record is not None else {}
    claimed = {*wanted, *sent, *(record.replaces if record is not None else ())}
    names = [name for name in place.files if name in claimed]
    files = {
        name: _judge(folder.look(place.folder, place.files[name]), name, sent, earlier) for name in names
    }
    fields = record.fields if record is not None else known.resource.fields if known is not None else {}
    owner = record.owner if record is not None else known.resource.owner if known is not None else ""
    return Standing(place, record, _judge_record(found, record, known), files, fields, owner)


def _behind(place: Place, wanted: Iterable[str], problem: str) -> Standing:
    """Something stands in the place of the folder: nothing behind it is looked at."""
    files = {name: File(State.FOREIGN, problem=problem) for name in wanted if name in place.files}
    return Standing(place, None, File(State.FOREIGN, problem=problem), files)


def record_at(folder: Folder, place: Place) -> tuple[Found, Record | None]:
    """Read the record of a place; None where there is none that can be believed."""
    found = folder.look(place.folder, place.record, keep=_LARGEST_RECORD)
    if found.content is None:
        return found, None
    try:
        return found, parse(found.content, place.identity)
    except RecordError:
        return found, None


def _judge_record(found: Found, record: Record | None, known: Remote | None) -> File:
    if record is not None:
        return File(State.UNFINISHED if record.replaces else State.WRITTEN, found.digest)
    if not found.there:
        return File(State.MISSING)
    return File(State.EDITED if known is not None else State.FOREIGN, found.digest, found.problem)


def _judge(found: Found, name: str, sent: Mapping[str, str], earlier: Mapping[str, str]) -> File:
    if not found.there:
        return File(State.MISSING)
    claimed = name in sent or name in earlier
    if found.digest is None or found.digest not in (sent.get(name), earlier.get(name)):
        return File(State.EDITED if claimed else State.FOREIGN, found.digest, found.problem)
    return File(State.WRITTEN if found.digest == sent.get(name) else State.UNFINISHED, found.digest)


def files_field(standing: Standing) -> Mapping[str, Value]:
    """Write the state of the files as a resource's field: what each was rendered by, or what is wrong with it."""
    held = standing.fields.get("files")
    rendered = held if isinstance(held, Mapping) else {}
    sent = standing.record.digests if standing.record is not None else rendered
    field: dict[str, Value] = {}
    for name, file in standing.files.items():
        if file.state is State.WRITTEN:
            field[name] = rendered.get(name, State.WRITTEN.value)
        elif file.state is not State.MISSING or name in sent:
            field[name] = file.words
    if standing.record_file.state is not State.WRITTEN:
        field[RECORD] = standing.record_file.words
    return field


def outputs_of(standing: Standing, base_url: str | None) -> Mapping[str, str]:
    """Give the addresses that a page has, for others to show; without an address of the folder, there are none."""
    place, fields = standing.place, standing.fields
    translations, language = fields.get("translations"), fields.get("language")
    if base_url is None or place.identity.kind != PAGE or not isinstance(translations, Mapping):
        return {}
    page = base_url + place.path
    outputs = {f"page.{language}": page}
    if next(iter(translations), None) == language:
        outputs["page"] = page
    if "ics" in standing.files:
        outputs[f"ics.{language}"] = base_url + place.path_of(place.files["ics"])
    return outputs


def remote_of(standing: Standing, base_url: str | None) -> Remote:
    """Give what stands there as the target's answer; a stranger's file is named by its own path."""
    place = standing.place
    fields = {**standing.fields, "files": files_field(standing)}
    kind, key = place.identity
    server = {
        name: _known_digest(file) for name, file in standing.files.items() if file.state is not State.FOREIGN
    }
    claimed = standing.record is not None or bool(standing.owner)
    return Remote(
        Resource(kind, key, standing.owner, fields),
        id=place.path if claimed else _stranger(standing),
        etag=standing.etag,
        server=server,
        ours=standing.ours,
        outputs=outputs_of(standing, base_url) if standing.ours else {},
    )


def _known_digest(file: File) -> str:
    """Give the digest to know a file by later; a hand edit must never become one of ours by having been seen."""
    return file.digest or "" if file.state in (State.WRITTEN, State.UNFINISHED) else ""


def _stranger(standing: Standing) -> str:
    place = standing.place
    if standing.record_file.digest or standing.record_file.problem:
        return place.path_of(place.record)
    there = [name for name, file in standing.files.items() if file.digest or file.problem]
    return place.path_of(place.files[there[0]]) if there else place.path
