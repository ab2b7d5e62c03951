"""What the columns of a file are: recognised by key, by the form's own texts in any language, or as one says."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.model import RegistrationField
from briefingkit.registrations.form import FieldType, FormField, form_of, other_of
from briefingkit.registrations.labels import Label, words

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme

__all__ = ["AT", "STATUS", "Asked", "Column", "asked_by", "built_in", "find_columns", "plain", "recognised"]

STATUS, AT = "status", "changed_at"
"""Columns of an export of ours that are no answers: they are heard when it is imported again."""

# What other systems call the built-in fields in their exports.
_WORDS = {
    "name": "full name|participant|participant name|nom|nom complet|nom et prénom|nombre|nombre completo|"
    "nombre y apellidos|nome|nome completo|имя|фио|姓名|名字|الاسم|الاسم الكامل",
    "email": "e-mail|mail|email address|e-mail address|user email|adresse e-mail|adresse email|courriel|"
    "adresse électronique|adresse de courriel|correo|correo electrónico|dirección de correo electrónico|"
    "endereço de e-mail|correio eletrónico|correio eletrônico|электронная почта|адрес электронной почты|"
    "эл. почта|почта|电子邮件|电子邮箱|邮箱|البريد الإلكتروني|البريد الالكتروني",
    "organization": "organisation|organization name|company|institution|organisme|structure|organización|"
    "institución|entidad|organização|instituição|организация|机构|单位|组织|المنظمة|المؤسسة",
    "position": "job title|title|function|role|fonction|poste|titre|cargo|puesto|"
    "função|должность|职位|职务|المنصب|الوظيفة",
    "country": "country/region|country/region name|pays|país|страна|国家|国家/地区|البلد|الدولة",
    "language": "preferred language|langue|langue préférée|idioma|idioma preferido|lengua|язык|语言|اللغة",
    "interpretation": "interpretation needed|interprétation|interpretación|interpretação|"
    "устный перевод|口译|الترجمة الفورية",
    "accessibility": "accessibility needs|accessibilité|besoins d'accessibilité|accesibilidad|acessibilidade|"
    "доступность|无障碍|无障碍需求|إمكانية الوصول",
}


# What people write in a cell for yes and no, in the languages that ship.
_YES = "yes|y|true|1|x|oui|vrai|sí|si|verdadero|sim|verdadeiro|да|是|نعم"
_NO = "no|n|false|0|non|faux|falso|não|нет|否|لا"


@frozen
class Asked:
    """Something that may be answered: its key, how, and all that it may be called in a header.

    `asks` is the form's own, None for a built-in field that this form does not ask: a file may have it all the same.
    `options` give the key by the option's key and its words in each of the briefing's languages, in one form.
    """

    key: str
    names: frozenset[str] = field(repr=False)
    asks: FormField | None = None
    options: Mapping[str, str] = field(factory=dict, repr=False)


@frozen
class Column:
    """A column of a file, counted from 0, and the key that it is taken for; None where it is left out."""

    index: int
    header: str
    key: str | None


def plain(text: object) -> str:
    """Bring a header or an option into the one form in which they are compared: no case, signs or spare spaces."""
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def asked_by(briefing: "Briefing", programme: "Programme") -> tuple[Asked, ...]:
    """Give all that may be answered for a briefing: what its form asks, and the built-in fields that it does not."""
    return tuple(_asked(briefing, programme))


def _asked(briefing: "Briefing", programme: "Programme") -> Iterator[Asked]:
    form = form_of(briefing, programme)
    for one in form.fields:
        said = _called(one.label, briefing.languages)
        if about := other_of(form, one.key):
            # As a spreadsheet of ours has it, for there may be several.
            said += tuple(map(" ".join, zip(_called(about, briefing.languages), said, strict=True)))
        called = (one.key, *said, *_WORDS.get(one.key, "").split("|"))
        yield Asked(one.key, _names(called), one, _options(one, briefing.languages))
    for known in built_in():
        if known.key not in form.by_key:
            yield known


def built_in() -> Iterator[Asked]:
    """Give the built-in fields as no form asks them: for files of people who are on no list."""
    for name in RegistrationField:
        yield Asked(name.value, _names((name.value, *_WORDS.get(name.value, "").split("|"))))


def _names(called: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in map(plain, called) if name)


def _called(label: Label, languages: Iterable[str]) -> tuple[str, ...]:
    return tuple(words(label, language) for language in languages)


def _options(asked: FormField, languages: Sequence[str]) -> dict[str, str]:
    if asked.type is FieldType.YES_NO:
        said = {"yes": _YES, "no": _NO}
        return {plain(word): key for key, known in said.items() for word in known.split("|")}
    # The names of some hundred zones are nobody's answer in a file.
    named = () if asked.key == RegistrationField.TIMEZONE else asked.options
    by_words = {plain(word): each.key for each in named for word in _called(each.label, languages)}
    return {**by_words, **{plain(key): key for key in asked.option_keys}}


def _key_of(header: str, asked: Sequence[Asked], said: Mapping[str, str]) -> str | None:
    if header in said:
        return said[header]
    if header in {STATUS, AT}:
        return header
    exact = [one.key for one in asked if one.key == header]
    name = plain(header)
    return next(iter((*exact, *(one.key for one in asked if name and name in one.names))), None)


def _headers(cells: Sequence[object]) -> list[str]:
    return [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]


def recognised(cells: Sequence[object], asked: Sequence[Asked], said: Mapping[str, str]) -> int:
    """Count the cells of a row that are headers of something that is asked."""
    return sum(_key_of(header, asked, said) is not None for header in _headers(cells) if header)


def find_columns(
    cells: Sequence[object], asked: Sequence[Asked], said: Mapping[str, str]
) -> tuple[Column, ...]:
    """Tell what each column of a header row is; of two for one key the first counts, unless one was named outright."""
    columns, given = list[Column](), set(said.values())
    headers = _headers(cells)
    for index, header in enumerate(headers):
        key = _key_of(header, asked, said) if header else None
        if key is not None and header not in said and key in given:
            key = None
        given.update({key} if key else ())
        columns.append(Column(index, header, key))
    return tuple(column for column in columns if column.header)
