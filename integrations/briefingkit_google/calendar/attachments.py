"""What is attached to an event: materials and links that its readers may see, by their address."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from briefingkit.publish import Value
from briefingkit.text.spaces import one_line

if TYPE_CHECKING:
    from briefingkit.rendering.values import View

__all__ = ["MOST_ATTACHMENTS", "Attachments", "attachments_of"]

MOST_ATTACHMENTS: Final = 25
"""How many an event can have (Event.attachments)."""


@frozen
class Attachments:
    """What is attached, in Google's shape, and the titles of what found no place."""

    attached: tuple[Value, ...]
    left_out: tuple[str, ...] = ()


def attachments_of(views: Sequence["View"]) -> Attachments:
    """Attach materials first, then links, each address once; a view has none that its readers may not see."""
    found: dict[str, str] = {}
    for listed in (*(view.materials for view in views), *(view.links for view in views)):
        for each in listed:
            if each.url is not None:
                found.setdefault(each.url, one_line(each.title))
    attached = tuple({"fileUrl": url, "title": title} for url, title in found.items())
    return Attachments(attached[:MOST_ATTACHMENTS], tuple(found.values())[MOST_ATTACHMENTS:])
