"""A form as Google holds it: its content, its file and its permissions together, as the remote of a resource."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import frozen

from briefingkit.publish import Fields, Remote, Resource
from briefingkit_google.forms.body import Names, order_of, read_items
from briefingkit_google.forms.history import HISTORY
from briefingkit_google.forms.identity import FORM, Mark, mark_of, outputs_of
from briefingkit_google.forms.sharing import editors_in, responders_in
from briefingkit_google.unchecked import mapping_in, text_in

__all__ = ["Held", "form_fields", "form_remote"]


@frozen
class Held:
    """What three requests tell of a form."""

    file: Mapping[str, Any]
    form: Mapping[str, Any]
    permissions: Sequence[Mapping[str, Any]]

    @property
    def id(self) -> str:
        """The id of the form, which is that of its file."""
        return str(self.file["id"])

    @property
    def revision(self) -> str:
        """The revision of its content; publishing and sharing are not part of it."""
        return str(self.form.get("revisionId", ""))


def form_fields(held: Held, names: Names, editors: Collection[str]) -> Fields:
    """Read the canonical fields of a form; `editors` are those that are known to be ours, masked."""
    info, settings = mapping_in(held.form.get("info")), mapping_in(held.form.get("settings"))
    state = mapping_in(mapping_in(held.form.get("publishSettings")).get("publishState"))
    mark = mark_of(held.file)
    return {
        "document": text_in(held.file.get("name")) or "",
        "title": str(info.get("title") or ""),
        "description": str(info.get("description") or ""),
        "items": read_items(held.form, names),
        "order": order_of(held.form, names),
        "emails": text_in(settings.get("emailCollectionType")),
        "quiz": bool(mapping_in(settings.get("quizSettings")).get("isQuiz")),
        "published": bool(state.get("isPublished")),
        "accepting": bool(state.get("isAcceptingResponses")),
        "responders": responders_in(held.permissions),
        "editors": editors_in(held.permissions, editors),
        "outputs": outputs_of(held.file),
        "mark": {"namespace": mark.namespace, "target": mark.target} if mark is not None else None,
    }


def form_remote(held: Held, mark: Mark, names: Names, editors: Collection[str], history: str = "") -> Remote:
    """Make the remote of a form; `history` is what is known of its past, to be kept in the ledger."""
    fields = form_fields(held, names, editors)
    resource = Resource(FORM, mark.name.key, mark.name.briefing, fields)
    address = text_in(held.form.get("responderUri"))
    outputs = dict.fromkeys(outputs_of(held.file), address) if address else {}
    return Remote(
        resource,
        held.id,
        held.revision,
        {HISTORY: history} if history else {},
        ours=True,
        outputs=outputs,
    )
