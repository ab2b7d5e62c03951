"""The one place where a publication becomes what somebody may read: privacy and missing translations are settled here.

Every output is made from a `View`, and a view holds nothing that its audience may not see: no person's e-mail, phone,
language or zone for anybody, no address of a room or material beyond the audience's access, nobody who declined.
"""

from collections.abc import Mapping

from briefingkit.errors import Unpublishable
from briefingkit.model import Access, Programme, Publication
from briefingkit.rendering.fields import view_fields, view_from_fields
from briefingkit.rendering.projection import project
from briefingkit.rendering.reader import Reader
from briefingkit.rendering.values import View
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical

__all__ = ["View", "view", "view_fields", "view_from_fields"]


def view(
    publication: Publication,
    language: str,
    *,
    programme: Programme | None = None,
    audience: Access = Access.PUBLIC,
    fallback: Fallback = Fallback.MARK,
    addresses: Mapping[str, str] | None = None,
) -> View:
    """Project a publication into one language for one audience.

    `programme` gives its parent and children. `addresses` are those that targets make, by their path in the view:
    `url` (of this page), `online.url`, `registration.url`, `interpretation.into.fr.url`, `part_of.url`,
    `children.<identifier>.url`; an address in the briefing goes before them, and access holds for them too.

    A text that is missing in the language is marked, or left out (a thing whose title is missing goes with it), or
    refused. Two kinds never leave a hole: the briefing's own title and names are marked where others are left out.
    Raises Unpublishable, with every missing path, for REFUSE; TextError for a language that is none.
    """
    reader = Reader(canonical(language), audience, fallback, addresses or {})
    made = project(publication, programme or Programme(()), reader)
    if reader.missing:
        what = ", ".join(reader.missing)
        raise Unpublishable(
            f"{publication.briefing.identifier} is not complete in {reader.language}: {what} "
            f"{'is' if len(reader.missing) == 1 else 'are'} not translated. "
            "Translate, or let the target mark what is missing"
        )
    return made
