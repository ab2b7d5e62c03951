"""What forms hold: items in their order, settings, who may answer, and what was answered."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from attrs import define, field

from briefingkit.testing.google.drive.world import DriveWorld, HeldFile, Kind
from briefingkit.testing.google.pages import Pages

__all__ = ["FORM", "FormsWorld", "HeldForm", "Item", "questions_of"]

FORM = "application/vnd.google-apps.form"
_HISTORY = 50

Item = dict[str, Any]


def questions_of(item: Item) -> list[dict[str, Any]]:
    """Give the questions in an item: one, those of a group, or none."""
    if "questionItem" in item:
        return [item["questionItem"]["question"]]
    return list(item.get("questionGroupItem", {}).get("questions", ()))


@define(eq=False)
class HeldForm:
    """A form. Its title in Drive is the name of its file, which has its id. A `legacy` one is always published.

    `history` has for each past revision the item ids in their order, and until when it was the last one.
    """

    id: str
    responder: str
    info: dict[str, Any]
    settings: dict[str, Any]
    items: list[Item] = field(factory=list)
    published: bool = False
    accepting: bool = False
    legacy: bool = False
    revision: int = 1
    history: dict[int, tuple[list[str], datetime]] = field(factory=dict)
    responses: dict[str, dict[str, Any]] = field(factory=dict)

    def revision_for(self, email: str, revision: int | None = None) -> str:
        """Give the id of a revision: opaque, and another one for each person."""
        number = self.revision if revision is None else revision
        return sha256(f"{self.id} {number} {email}".encode()).hexdigest()[:16]

    def order(self) -> list[str]:
        """Give the ids of the items in their order."""
        return [item["itemId"] for item in self.items]

    def change(self, items: list[Item], at: datetime) -> None:
        """Put other items in; that is a new revision."""
        self.history[self.revision] = (self.order(), at)
        for old in [number for number in self.history if number <= self.revision - _HISTORY]:
            del self.history[old]
        self.items = items
        self.revision += 1


@define(eq=False)
class FormsWorld:
    """All forms. Each is a file in Drive as well, and comes and goes with it."""

    now: Callable[[], datetime]
    drive: DriveWorld
    forms: dict[str, HeldForm] = field(factory=dict)
    pages: Pages = field(factory=Pages)
    _names: int = 0

    def __attrs_post_init__(self) -> None:
        self.drive.kinds[FORM] = Kind(self._make, self._copy, self._remove)

    def name(self, kind: str, length: int) -> str:
        """Make an id of hexadecimal digits that no other has; the first is under 8, as in all that are seen."""
        self._names += 1
        digest = sha256(f"{kind} {self._names}".encode()).hexdigest()[:length]
        return f"{int(digest[0], 16) % 8}{digest[1:]}"

    def _make(self, file: HeldFile) -> None:
        """Make the form of a file that was made in Drive; it has one question. Seen in public reports."""
        form = self.forms[file.id] = self.new(file)
        question = {"questionId": self.name("question", 8), "choiceQuestion": _one_option()}
        form.items = [
            {
                "itemId": self.name("item", 8),
                "title": "Untitled Question",
                "questionItem": {"question": question},
            }
        ]

    def new(self, file: HeldFile) -> HeldForm:
        """Make the empty form of a file: it collects addresses by default where its owner is of a workspace."""
        owner = file.owner or ""
        personal = owner.endswith(("@gmail.com", "gserviceaccount.com"))
        collects = "DO_NOT_COLLECT" if personal else "VERIFIED"
        responder = "1FAIpQLS" + sha256(f"responder {file.id}".encode()).hexdigest()[:47]
        return HeldForm(file.id, responder, {"title": file.name}, {"emailCollectionType": collects})

    def _copy(self, source: HeldFile, made: HeldFile) -> None:
        """Copy a form: items with their ids, and settings; no answers, and not published. Our reading."""
        old, form = self.forms[source.id], self.new(made)
        form.info, form.settings = {**old.info}, {**old.settings}
        form.items = [dict(item) for item in old.items]
        self.forms[made.id] = form

    def _remove(self, name: str) -> None:
        del self.forms[name]


def _one_option() -> dict[str, Any]:
    return {"type": "RADIO", "options": [{"value": "Option 1"}]}
