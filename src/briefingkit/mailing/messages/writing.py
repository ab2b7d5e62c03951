"""Writing the messages of one mailing: a composer for each letter, language and minute, made when it is needed."""

from collections import OrderedDict
from datetime import datetime
from typing import TYPE_CHECKING

from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import Letter
from briefingkit.mailing.people.addressing import letter_of, recipient_of
from briefingkit.model import Access
from briefingkit.rendering.templates import SUFFIX, Templates
from briefingkit.source.template_folder import read_templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefingkit.mailing.messages.message import Message
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.told import Told
    from briefingkit.model import Mailing, Publication
    from briefingkit.store.delivery_rows import DeliveryRow

__all__ = ["Writer", "mail_templates"]

_KEPT = 64


class Writer:
    """Writes a mailing's messages. `told` is what those who get an update know, for what has changed since.

    The same row gives the same octets: its Date is the minute in which it was first taken in hand.
    """

    def __init__(
        self,
        office: "Office",
        publication: "Publication",
        mailing: "Mailing",
        told: "Told | None" = None,
    ) -> None:
        self._office, self._publication, self._mailing, self._told = office, publication, mailing, told
        self._composers: OrderedDict[tuple[Letter, str, datetime], Composer] = OrderedDict()
        self._templates = mail_templates(office, publication.briefing.identifier, mailing)

    def message(self, row: "DeliveryRow") -> "Message":
        """Write the message of a row. Raises as `Composer.message`."""
        at = datetime.fromisoformat(row.begun_at) if row.begun_at else self._office.clock()
        at = at.replace(second=0, microsecond=0)
        recipient = recipient_of(row, self._publication.briefing, self._office, at)
        name = self._office.names.name(row.id, row.begun_at)
        return self.composer(letter_of(row), recipient.language, at).message(recipient, row.occasion, name)

    def composer(self, letter: Letter, language: str, at: datetime) -> Composer:
        """Give what composes a letter in a language, dated at a minute."""
        wanted = (letter, language, at)
        found = self._composers.get(wanted)
        if found is None:
            found = self._composers[wanted] = Composer(self._edition(letter, language, at))
            if len(self._composers) > _KEPT:
                self._composers.popitem(last=False)
        return found

    def _edition(self, letter: Letter, language: str, at: datetime) -> Edition:
        office, told, made = self._office, self._told, self._addresses(language)
        # The oldest that is in people's hands: nobody misses a change, and some read of one again.
        before = told.before[0] if told is not None and told.before else None
        return Edition(
            self._publication,
            self._mailing,
            office.letterhead,
            letter,
            at,
            office.programme,
            before,
            made,
            self._templates,
            made if told is None or before is None else told.addresses(before, made),
        )

    def _addresses(self, language: str) -> "Mapping[str, str]":
        """Give the addresses that were made; where nothing says where to register, it is on our own page."""
        office, briefing = self._office, self._publication.briefing
        # What somebody may not see of these, their view leaves out.
        made = dict(office.addresses(briefing, language, Access.PARTICIPANTS))
        asked, name = briefing.registration, briefing.identifier
        if asked is not None and asked.url is None and name not in office.context.registrars and office.pages:
            made["registration.url"] = f"{office.pages}/{name}/{language}"
        return made


def mail_templates(office: "Office", briefing: str, mailing: "Mailing") -> Templates:
    """Read the templates of a mailing's folder. RenderError where they cannot be read."""
    if mailing.templates is None:
        return Templates()
    folder = office.file(briefing, mailing.templates)
    return Templates(read_templates(folder, SUFFIX), str(folder))
