"""What of a recipient decides the shape of their mail; all else of theirs is put into it octet by octet."""

from functools import lru_cache

from attrs import frozen

from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access, Publication, When
from briefingkit.rendering.words import comma
from briefingkit.text.dates import format_span, format_times, zone_city
from briefingkit.text.zones import in_zone, zone_label

__all__ = ["Variant", "own_time", "variant_of"]


@frozen
class Variant:
    """The language of the mail, what its reader may see, and which of their own things there are.

    `time` is when the event is on their own clock, in words; None where that is the organisers' too. `person` is the
    key of somebody in the programme who is told their own part in it.
    """

    language: str
    access: Access
    time: str | None = None
    named: bool = False
    organized: bool = False
    links: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    person: str | None = None


def variant_of(recipient: Recipient, publication: Publication, language: str, access: Access) -> Variant:
    """Tell the variant of a recipient, in the language and with the access that their mail has."""
    when = publication.when
    return Variant(
        language,
        access,
        None if recipient.timezone is None else own_time(when, recipient.timezone, language),
        bool(recipient.name),
        bool(recipient.organization),
        frozenset(recipient.links),
        frozenset(recipient.fields),
        recipient.person,
    )


@lru_cache(maxsize=4096)
def own_time(when: When, zone: str, language: str) -> str | None:
    """Say when the event is on the clocks of another zone, with the day where it is another one.

    None where those clocks are called and show the same, and for whole days, which are the organisers'. TextError for
    a zone that tzdata does not know.
    """
    if when.all_day:
        return None
    here = [in_zone(moment, zone) for moment in (when.utc_start, when.utc_end)]
    there = [in_zone(moment, when.timezone) for moment in (when.utc_start, when.utc_end)]
    if all(zone_label(a, zone) == zone_label(b, when.timezone) for a, b in zip(here, there, strict=True)):
        return None
    first, last = (moment.replace(tzinfo=None) for moment in here)
    same_days = len({moment.date() for moment in (*here, *there)}) == 1
    said = (format_times if same_days else format_span)(first, last, zone, language)
    city = zone_city(zone, language)
    return said if city is None else f"{said}{comma(language)}{city}"
