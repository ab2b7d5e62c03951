"""Long lists to choose from, such as countries and zones: sorted and written once a language, marked at each use.

A page with two such lists has seven hundred options, and a template would take longer for them than for all the rest.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.model import RegistrationField
from briefingkit.text.zones import zone_names
from briefingkit_web.words import Words, in_order, label_words

if TYPE_CHECKING:
    from markupsafe import Markup

    from briefingkit.registrations.form import FormField

__all__ = ["Menu", "Menus"]

_SORTED = frozenset((RegistrationField.COUNTRY, RegistrationField.TIMEZONE))
_Written = tuple[Mapping[str, str], Mapping[str, str]]


@frozen
class Menu:
    """A list as it is shown: the ids of its options by their keys, and what stands in its `<select>`."""

    ids: Mapping[str, str] = field(repr=False)
    options: "Markup" = field(repr=False)


@frozen
class Menus:
    """The lists of one form, kept as they were written, under the names that their ids begin with."""

    _written: dict[tuple[str, str], _Written] = field(factory=dict, init=False, eq=False, repr=False)

    def menu(self, asked: "FormField", name: str, language: str, chosen: str) -> Menu:
        """Show a field's list with one option chosen, if it is there; `name` begins the ids of the options."""
        from markupsafe import Markup

        ids, lines = self._known(asked, name, language)
        if chosen not in ids and asked.key == RegistrationField.TIMEZONE and chosen in zone_names():
            # A browser may have given an older name of a zone, which is as good.
            ids = {**ids, chosen: f"{name}-o{len(ids)}"}
            lines = {**lines, chosen: _line(ids[chosen], chosen, Words(chosen))}
        if chosen in ids:
            lines = {**lines, chosen: lines[chosen].replace("<option ", "<option selected ", 1)}
        return Menu(ids, Markup("\n".join(lines.values())))  # noqa: S704 - each line was escaped

    def _known(self, asked: "FormField", name: str, language: str) -> _Written:
        if (name, language) not in self._written:
            options = [(option.key, label_words(option.label, language)) for option in asked.options]
            ordered = in_order(options) if asked.key in _SORTED else options
            ids = {key: f"{name}-o{index}" for index, (key, _) in enumerate(ordered)}
            lines = {key: _line(ids[key], key, said) for key, said in ordered}
            self._written[name, language] = ids, lines
        return self._written[name, language]


def _line(name: str, key: str, said: Words) -> str:
    from markupsafe import Markup

    lang = Markup("") if said.language is None else Markup(' lang="{}"').format(said.language)
    return str(Markup('<option id="{}" value="{}"{}>{}</option>').format(name, key, lang, said.text))
