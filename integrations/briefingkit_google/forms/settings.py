"""The Google Forms target: its settings, the three verbs of an integration, and what registrations want of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from attrs.validators import is_callable

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.keys import duplicates
from briefingkit.publish import Change, Context, Identity, Outcome, Remote, Resource, Snapshot
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical_tags
from briefingkit_google.auth import forms_scopes
from briefingkit_google.forms.choices import EmailCollection, Responders, Style, check_drive_id
from briefingkit_google.forms.identity import ORDER
from briefingkit_google.target import GoogleTarget

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme, Publication
    from briefingkit.registrations.pulling import Page

__all__ = ["GoogleForms"]

_BATCH = 1
"""Forms of one call. Forms has no batches of requests, and the ledger then knows of each form whether it was begun."""


def _lower(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(address.strip().lower() for address in addresses)


def _check_editors(instance: object, attribute: Any, value: tuple[str, ...]) -> None:
    if duplicates(value):
        raise ModelError("an editor stands twice", field=attribute.name)
    for address in value:
        check_email(instance, attribute, address)


def _check_document_title(_instance: object, attribute: Any, value: str) -> None:
    if not value.strip() or not value.isprintable():
        raise ModelError("the title of the document is one line", field=attribute.name)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the default where no project says what time it is


@frozen
class GoogleForms(GoogleTarget):
    """Take registrations by Google Forms: one form a language, or one that branches. docs/reference/google-forms.md.

    `languages` are those to publish in, none: each briefing's own. `folder` is where forms are made, in Drive or in a
    shared drive, `template` a form that they are copied from. `editors` may change them, `responders` answer them.
    `document_title` is their name in Drive; {title}, {briefing} and {language} are filled in. `namespace` and `clock`,
    which gives the present as an aware datetime, are filled in by the project.
    """

    style: Style = Style.PER_LANGUAGE
    languages: tuple[str, ...] = field(default=(), converter=canonical_tags)
    fallback: Fallback = Fallback.MARK
    fallbacks: Mapping[str, Fallback] = field(factory=dict, hash=False)
    email_collection: EmailCollection = EmailCollection.RESPONDER_INPUT
    responders: Responders = field(factory=Responders)
    editors: tuple[str, ...] = field(default=(), converter=_lower, validator=_check_editors, repr=False)
    folder: str | None = field(default=None, validator=check_drive_id)
    template: str | None = field(default=None, validator=check_drive_id)
    document_title: str = field(default="{title} ({language})", validator=_check_document_title)
    namespace: str = ""
    clock: Any = field(default=_now, validator=is_callable(), repr=False, eq=False)

    batch = _BATCH
    order = ORDER

    @property
    def scopes(self) -> tuple[str, ...]:
        """The least that Google must let the target do."""
        return forms_scopes(elsewhere=self.folder is not None or self.template is not None)

    # The three verbs

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications that take registrations into forms.

        Whether a form takes answers depends on the hour, which `clock` tells. Raises Unpublishable, with everything
        that is missing, for an incomplete language that is to be refused.
        """
        from briefingkit_google.forms.projection import project

        return project(self, publications, context)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read the forms that are ours, by their marks. IntegrationError where that cannot be done."""
        from briefingkit_google.forms.reading import read_forms

        return read_forms(self, wanted, last)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Make changes, one form after the other; what goes wrong with one is its outcome."""
        from briefingkit_google.forms.writing import apply_changes

        return apply_changes(self, changes)

    # Registrations

    def registers(self, briefing: "Briefing") -> bool:
        """Whether people can register for a briefing by a form of this target."""
        return briefing.registration is not None

    def pull(
        self,
        briefing: "Briefing",
        programme: "Programme",
        held: Mapping[Identity, Remote],
        since: str | None,
    ) -> "Iterator[Page]":
        """Fetch what was answered since a cursor. IntegrationError where a form cannot be read."""
        from briefingkit_google.forms.pull import pull_forms

        return pull_forms(self, briefing, programme, held, since)

    def locate(self, response: str) -> str:
        """Say where a response stands: people can delete it there, and programs cannot."""
        form, _, name = response.partition("/")
        address = f"https://docs.google.com/forms/d/{form}/edit#response={name}"
        return f"a Google form, where it is deleted by hand under Responses > Individual: {address}"
