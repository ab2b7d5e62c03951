"""What the columns of meeting platforms' reports are called, in the languages that ship."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from briefingkit.registrations.files.columns import plain

__all__ = ["MEETING", "NO", "Role", "is_section", "roles_of"]

Role: TypeAlias = Literal["name", "first", "last", "email", "upn", "time", "join", "leave", "attended"]

# As Zoom, Teams, Meet and Webex write them; signs and case do not matter.
_WORDS: Mapping[Role, str] = {
    "name": "name|name (original name)|full name|participant|participant name|user name|"
    "user name (original name)|attendee name|display name|attendee|nom|nom complet|nom (nom d'origine)|"
    "nom (nom original)|nom d'utilisateur|nom du participant|nombre|nombre completo|nombre (nombre original)|"
    "nombre del participante|nome|nome completo|nome (nome original)|nome do participante|имя|полное имя|"
    "имя (исходное имя)|имя (настоящее имя)|имя участника|участник|姓名|名称|全名|名称（原名）|名称（原始名称）|"
    "姓名（原名）|用户名|参会者|الاسم|الاسم الكامل|الاسم (الاسم الأصلي)|اسم المشارك",
    "first": "first name|prénom|primer nombre|nombre de pila|primeiro nome|名|الاسم الأول",
    "last": "last name|surname|family name|nom de famille|apellido|apellidos|sobrenome|apelido|фамилия|姓|"
    "اسم العائلة|الاسم الأخير",
    "email": "email|e-mail|mail|email address|e-mail address|user email|attendee email|adresse e-mail|"
    "adresse email|courriel|e-mail de l'utilisateur|adresse électronique|correo|correo electrónico|"
    "correo electrónico del usuario|e-mail do usuário|e-mail do utilizador|endereço de e-mail|"
    "электронная почта|адрес электронной почты|эл. почта|электронная почта пользователя|电子邮件|邮箱|"
    "用户邮箱|用户电子邮件|电子邮件地址|البريد الإلكتروني|البريد الإلكتروني للمستخدم|عنوان البريد الإلكتروني",
    "upn": "participant id (upn)|id de participant (upn)|id. de participante (upn)|id do participante (upn)|"
    "идентификатор участника (upn)|参与者 id (upn)|معرف المشارك (upn)|participant id",
    "time": "duration|duration (minutes)|total duration (minutes)|time in session (minutes)|"
    "in-meeting duration|attendance duration|time in call|meeting duration|duration (mins)|duration (seconds)|durée|"
    "durée (minutes)|durée totale (minutes)|durée de la réunion|durée en réunion|durée dans la réunion|"
    "temps passé en séance (minutes)|duración|duración (minutos)|duración total (minutos)|"
    "duración en la reunión|duración de la reunión|duração|duração (minutos)|duração total (minutos)|"
    "duração na reunião|duração da reunião|длительность|длительность (минуты)|продолжительность|"
    "продолжительность (минуты)|общая продолжительность (минуты)|продолжительность собрания|"
    "время на собрании|时长|时长（分钟）|总时长（分钟）|持续时间|持续时间（分钟）|会议中时长|会议持续时间|"
    "المدة|المدة (بالدقائق)|المدة (دقائق)|إجمالي المدة (بالدقائق)|المدة في الاجتماع",
    "join": "join time|first join|time joined|joined|joined at|heure d'arrivée|première connexion|"
    "première participation|heure de participation|heure de connexion|hora de entrada|primera conexión|"
    "primera entrada|hora de unión|primeira entrada|время входа|первое подключение|время подключения|"
    "加入时间|首次加入|وقت الانضمام|أول انضمام",
    "leave": "leave time|last leave|time exited|left|left at|heure de départ|dernier départ|hora de salida|"
    "última salida|hora de saída|última saída|время выхода|последний выход|время ухода|离开时间|上次离开|"
    "最后离开|وقت المغادرة|آخر مغادرة",
    "attended": "attended|a participé|présent|asistió|participou|присутствовал|посетил|已参加|已出席|حضر",
}
_BY_NAME: Mapping[str, Role] = {
    plain(word): role for role, words in _WORDS.items() for word in words.split("|")
}

MEETING = frozenset(
    plain(word)
    for word in [
        "meeting id",
        "webinar id",
        "meeting title",
        "topic",
        "start time",
        "meeting start time",
        "actual start time",
        "id de réunion",
        "id de la réunion",
        "titre de la réunion",
        "sujet",
        "heure de début",
        "id de reunión",
        "título de la reunión",
        "tema",
        "hora de inicio",
        "id da reunião",
        "título da reunião",
        "tópico",
        "hora de início",
        "идентификатор конференции",
        "название собрания",
        "тема",
        "время начала",
        "会议 id",
        "会议号",
        "会议标题",
        "主题",
        "开始时间",
        "معرف الاجتماع",
        "عنوان الاجتماع",
        "الموضوع",
        "وقت البدء",
    ]
)
"""Labels of what tells one meeting from another."""

NO = frozenset(("no", "non", "não", "нет", "否", "لا", "false"))
"""How a report says that somebody registered and did not come, in one form."""

_SECTION = re.compile(r"\d{1,2}\.\s*\D.*")


def is_section(text: str) -> bool:
    """Tell whether a text that stands alone on its line is the title of one of several numbered tables."""
    return _SECTION.fullmatch(text) is not None


def roles_of(row: Sequence[str]) -> Mapping[int, Role]:
    """Tell what the columns of a header are, by their index; nothing for what is none of them, and the first of two."""
    found: dict[int, Role] = {}
    for index, text in enumerate(row):
        role = _BY_NAME.get(plain(text)) if text else None
        if role is not None and role not in found.values():
            found[index] = role
    if "last" not in found.values() and "first" in found.values() and "name" in found.values():
        # "Prénom" and "Nom" are the two halves of a name,
        found = {index: "last" if role == "name" else role for index, role in found.items()}
    elif "last" in found.values() and "name" in found.values() and "first" not in found.values():
        # and "Nombre" and "Apellidos" too.
        found = {index: "first" if role == "name" else role for index, role in found.items()}
    return found
