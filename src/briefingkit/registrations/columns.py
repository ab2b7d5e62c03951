"""What the columns of a file are: recognised by key, by the form's own texts in any language, or as one says."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.model import Option, QuestionType, RegistrationField

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.text import MultilingualText

__all__ = ["AT", "STATUS", "Asked", "Column", "asked_by", "find_columns", "plain", "recognised"]

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


@frozen
class Asked:
    """Something that the form asks: its key, how it is answered, and all that it may be called in a header."""

    key: str
    type: QuestionType
    names: frozenset[str] = field(repr=False)
    options: Mapping[str, str] = field(factory=dict, repr=False)
    """By their key, and by their text in every language, brought into one form: the key."""


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
    """Give all that a briefing's form may ask: the built-in fields, its questions, those of the agenda, segments."""
    return tuple(_asked(briefing, programme))


def _asked(briefing: "Briefing", programme: "Programme") -> Iterator[Asked]:
    for built_in in RegistrationField:
        words = _WORDS.get(built_in.value, "").split("|")
        yield Asked(built_in.value, QuestionType.TEXT, frozenset(map(plain, (built_in.value, *words))))
    for question in briefing.registration.questions if briefing.registration else ():
        names = frozenset({plain(question.key), *_texts(question.text)})
        yield Asked(question.key, question.type, names, _options(question.options))
    for item in briefing.agenda:
        for guiding in item.questions:
            key = f"agenda.{item.key}.{guiding.key}"
            yield Asked(key, QuestionType.PARAGRAPH, frozenset({plain(key), *_texts(guiding.text)}))
    if segments := dict(_segments(briefing, programme)):
        yield Asked("segments", QuestionType.CHOICES, frozenset({"segments"}), segments)


def _segments(briefing: "Briefing", programme: "Programme") -> Iterator[tuple[str, str]]:
    for item in briefing.agenda:
        for name in (plain(item.key), *_texts(item.title)):
            yield name, item.key
    for child in programme.children(briefing.identifier):
        for name in (plain(child.identifier), *(_texts(child.title) if child.title else ())):
            yield name, child.identifier


def _texts(text: "MultilingualText") -> Iterator[str]:
    return map(plain, text.texts.values())


def _options(options: Sequence[Option]) -> dict[str, str]:
    named = {name: option.key for option in options for name in _texts(option.text)}
    return {**named, **{plain(option.key): option.key for option in options}}


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
