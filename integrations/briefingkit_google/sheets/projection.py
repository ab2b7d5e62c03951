"""What should be there, as values: a spreadsheet for each briefing that takes registrations, and nobody's data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from unicodedata import category

from briefingkit.model import Programme
from briefingkit.publish import Context, Fields, Resource, Value
from briefingkit.text.phrases import phrase
from briefingkit.text.spaces import one_line
from briefingkit_google.masking import masked
from briefingkit_google.sheets.identity import SPREADSHEET, fitting
from briefingkit_google.sheets.table import KEY, columns_of

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication
    from briefingkit_google.sheets.settings import GoogleSheets

__all__ = ["project", "title_of"]

_LONGEST_TITLE = 200
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}


def project(
    settings: "GoogleSheets", publications: "Sequence[Publication]", context: Context
) -> Iterator[Resource]:
    """Project; a briefing that asks nobody to register has no spreadsheet."""
    programme = Programme(each.briefing for each in publications)
    mark: Mapping[str, Value] = {
        "namespace": fitting(context.namespace),
        "target": fitting(context.target),
    }
    for publication in publications:
        briefing = publication.briefing
        if briefing.registration is None:
            continue
        columns = columns_of(settings, briefing, programme)
        fields: Fields = {
            "title": title_of(settings, briefing),
            "columns": tuple(column.key for column in columns if column.key != KEY),
            "access": {masked(scope): role for scope, role in settings.access.items()},
            "mark": mark,
        }
        known = {column.key for column in columns}
        notices = tuple(_notices(settings, known))
        yield Resource(SPREADSHEET, briefing.identifier, briefing.identifier, fields, notices)


def _notices(settings: "GoogleSheets", known: set[str]) -> Iterator[str]:
    if unasked := [key for key in settings.columns if key not in known]:
        yield f"the form does not ask, so there is no column for: {', '.join(unasked)}"
    for scope in settings.readers:
        if scope.startswith("domain:"):
            yield f"everybody of {scope.removeprefix('domain:')} may read who has registered"


def title_of(settings: "GoogleSheets", briefing: "Briefing") -> str:
    """Say what a briefing's spreadsheet is called."""
    language = settings.language_of(briefing)
    title = briefing.title.lookup(language).text if briefing.title is not None else briefing.identifier
    if settings.title is None:
        whole = phrase("Registrations: {title}", language, title=title)
    else:
        whole = settings.title.lookup(language).text.replace("{briefing}", briefing.identifier)
        whole = whole.replace("{title}", title)
    plain = "".join(" " if category(letter) in _UNWRITABLE else letter for letter in whole)
    shown = one_line(plain)
    return shown[:_LONGEST_TITLE].rstrip() or briefing.identifier
