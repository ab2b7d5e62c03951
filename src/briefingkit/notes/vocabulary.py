"""The words that concept notes use for their parts, in English, French and Spanish; folded as `document.fold` folds."""

import re
from enum import StrEnum

__all__ = [
    "FUNCTION_WORDS",
    "LANGUAGE_NAMES",
    "PROSE",
    "STOP_WORDS",
    "Topic",
    "heading_topic",
]


class Topic(StrEnum):
    """What a section of a note is about."""

    HEAD = "head"
    TITLE = "title"
    BACKGROUND = "background"
    OBJECTIVES = "objectives"
    AGENDA = "agenda"
    SPEAKERS = "speakers"
    QUESTIONS = "questions"
    WHEN = "when"
    PLACE = "place"
    FORMAT = "format"
    JOIN = "join"
    LANGUAGES = "languages"
    REGISTRATION = "registration"
    CONTACT = "contact"
    ORGANIZERS = "organizers"
    PARTNERS = "partners"
    LINKS = "links"
    OTHER = "other"


PROSE = frozenset({Topic.BACKGROUND, Topic.OBJECTIVES})

_HEADINGS: dict[Topic, str] = {
    Topic.TITLE: (
        "objet, subject, asunto, title, event title, titre, titulo, event name, name of the event, event, "
        "evento, "
        "evenement"
    ),
    Topic.BACKGROUND: (
        "enjeux, problematique, "
        "background, context, rationale, introduction, about, about the event, about this event, overview, "
        "setting the scene, problem statement, justification, summary, why this event, background "
        "information, "
        "contexte, a propos, contexte general, introduccion, antecedentes, contexto, justificacion, "
        "resumen, resume, "
        "sobre el evento, sobre la sesion, description, descripcion, preambule, what's it about, what is "
        "it about, what it is about, de que se trata, de quoi s'agit-il, why, pourquoi, por que, motivacion"
    ),
    Topic.OBJECTIVES: (
        "objectives, objective, aims, aim, purpose, purposes, goals, goal, expected outcomes, expected "
        "outcome, outcomes, "
        "expected results, what you will learn, learning objectives, objectifs, objectif, but, buts, "
        "finalite, "
        "resultats attendus, resultats escomptes, objetivos, objetivo, objetivo general, objetivos "
        "especificos, "
        "objectif general, objectifs specifiques, proposito, propositos, que queremos conseguir, que "
        "queremos, que buscamos, what we want to achieve, ce que nous voulons, resultados esperados, finalidad, metas"
    ),
    Topic.AGENDA: (
        "au programme, programme de la journee, programa del dia, "
        "agenda, programme, program, schedule, run of show, running order, timetable, order of business, "
        "ordre du jour, "
        "deroule, deroulement, deroule de la seance, programa, orden del dia, cronograma, agenda items, "
        "session plan, "
        "structure of the session, points a l'ordre du jour, outline, flow, run of the session, desarrollo"
    ),
    Topic.SPEAKERS: (
        "speakers, speaker, panelists, panellists, panelist, panellist, keynote speakers, resource "
        "persons, intervenants, "
        "intervenantes, intervenant, intervenante, intervenant-e-s, intervenant.e.s, orateurs, oratrices, "
        "panelistes, "
        "ponentes, ponente, panelistas, oradores, oradoras, conferenciantes, moderator, moderators, "
        "moderation, facilitator, "
        "facilitators, moderateur, moderatrice, moderador, moderadora, moderacion, who will speak, "
        "contributors"
    ),
    Topic.QUESTIONS: (
        "guiding questions, guiding question, key questions, questions, discussion questions, questions "
        "for discussion, "
        "questions directrices, questions cles, questions pour la discussion, questions a debattre, pistes "
        "de reflexion, "
        "preguntas orientadoras, preguntas guia, preguntas clave, preguntas para el debate, preguntas, "
        "questions pour le debat, questions pour les echanges, questions de discussion, questions for debate, "
        "questions to guide the discussion, preguntas para la discusion, preguntas para el dialogo, "
        "preguntas generadoras, preguntas detonadoras, "
        "points for discussion"
    ),
    Topic.WHEN: (
        "date, dates, time, times, when, date and time, time and date, day, date & time, date/time, when?, "
        "heure, heures, horaire, horaires, quand, quand ?, date et heure, date et horaire, date et heures, "
        "jour, "
        "fecha, fechas, hora, horario, cuando, fecha y hora, fecha y horario, dia, timing"
    ),
    Topic.PLACE: (
        "venue, location, where, place, address, room, lieu, ou, endroit, adresse, salle, lugar, donde, "
        "sede, sala, "
        "direccion, ubicacion, venue and format, place and format, lieu et format"
    ),
    Topic.FORMAT: (
        "format, formato, modality, modalities, modalite, modalites, modalidad, platform, plateforme, "
        "plataforma, "
        "mode, mode of participation, participation, participacion, medium"
    ),
    Topic.JOIN: (
        "join, how to join, join link, link to join, meeting link, zoom link, connection, connection "
        "details, join here, "
        "lien de connexion, lien zoom, lien de la reunion, connexion, enlace de conexion, enlace, enlace "
        "zoom, conexion, "
        "lien, link, meeting room, access link, webinar link"
    ),
    Topic.LANGUAGES: (
        "working language, langue de travail, idioma de trabajo, "
        "interpretation, languages, language, working languages, interpreting, simultaneous interpretation, "
        "languages of the event, langue, langues, langues de travail, interpretation simultanee, "
        "interpretariat, "
        "idioma, idiomas, lenguas, interpretacion, interpretacion simultanea, idiomas de trabajo, "
        "traduccion, "
        "traduccion simultanea, traduction, traduction simultanee, translation, simultaneous translation"
    ),
    Topic.REGISTRATION: (
        "registration, register, how to register, sign up, rsvp, register here, registration link, "
        "inscription, "
        "inscriptions, s'inscrire, comment s'inscrire, lien d'inscription, inscripcion, inscripciones, "
        "registro, "
        "como inscribirse, enlace de inscripcion, enlace de registro, inscribirse"
    ),
    Topic.CONTACT: (
        "contact, contacts, contact us, contact person, contact persons, focal point, focal points, "
        "contact point, "
        "for more information, more information, further information, for further information, contact "
        "information, "
        "pour plus d'informations, plus d'informations, renseignements, personne de contact, contactez-nous, "
        "contacto, contactos, mas informacion, para mas informacion, persona de contacto, queries, "
        "enquiries, secretariat"
    ),
    Topic.ORGANIZERS: (
        "organisers, organizers, organiser, organizer, organised by, organized by, hosts, host, hosted by, "
        "convened by, "
        "convenors, convener, conveners, co-organisers, co-organizers, co-hosts, co-hosted by, "
        "co-organised by, "
        "co-organized by, organizing institutions, organising partners, lead organisation, lead "
        "organization, "
        "organisateur, organisateurs, organise par, co-organise par, co-organisateurs, organizador, "
        "organizadores, "
        "organiza, organizan, quien organiza, who organises, who organizes, who is behind it, qui "
        "organise, organizado por, coorganizado por, coorganizadores, entidades organizadoras, convoca, "
        "convocan, "
        "organization, organisation, organizacion, organizers and partners, organisers and partners"
    ),
    Topic.PARTNERS: (
        "partners, partner, in partnership with, supported by, with the support of, in collaboration with, "
        "partenaires, partenaire, en partenariat avec, avec le soutien de, socios, socio, colaboradores, "
        "colabora, "
        "colaboran, en colaboracion con, con el apoyo de, aliados, sponsors, supporting organisations"
    ),
    Topic.LINKS: (
        "links, resources, further reading, reading, documents, references, background documents, useful "
        "links, "
        "ressources, liens, liens utiles, documents de reference, pour aller plus loin, lectures, "
        "recursos, enlaces, "
        "enlaces utiles, documentos, documentacion, referencias, materials, background materials, para "
        "saber mas, "
        "documentation, bibliography, bibliographie, bibliografia"
    ),
    Topic.OTHER: (
        "participants, public, audience, target audience, who should attend, who can attend, public cible, "
        "destinataires, publico, "
        "publico objetivo, participantes, a quien va dirigido, logistics, practical information, technical "
        "details, "
        "informations pratiques, logistica, logistique, informacion practica, aspectos logisticos, next "
        "steps, follow-up, "
        "prochaines etapes, suivi, proximos pasos, seguimiento, methodology, methodologie, metodologia, "
        "annex, annexe, anexo, "
        "about us, about the organisers, accessibility, accessibilite, accesibilidad, fees, costs"
    ),
}
_TOPICS: dict[str, Topic] = {
    phrase.strip(): topic for topic, phrases in _HEADINGS.items() for phrase in phrases.split(",")
}
_LONGEST_PHRASE = max(phrase.count(" ") for phrase in _TOPICS) + 1
_CONNECTORS = frozenset(
    "and & / the of for a an our draft provisional tentative proposed preliminary detailed key main "
    "general specific event "
    "session meeting briefing webinar workshop seminar et de la le les du des l' d' nos provisoire projet "
    "seance reunion "
    "tentatif tentative indicatif indicative preliminaire definitif detaille detaillee previsionnel propose tentativa "
    "tentativo indicativo indicativa propuesta propuesto definitiva definitivo detallada detallado prevista previsto "
    "webinaire atelier y el los las del un una provisional preliminar borrador sesion reunion taller "
    "seminario web evento rencontre encuentro dialogo forum foro journee jornada "
    "e link here online local overall concept to in-person dialogue event's & -".split()
)
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})?|[ivx]{1,5}|[a-h])(?:[.)]|\s?/)\s+")
_OPEN = re.compile(
    r"\s*\((?:tbc|tba|tbd|to be confirmed|a confirmer|sous reserve|por confirmar|a confirmar|provisional|draft"
    r"|provisoire)\)\s*:?$"
)
_LONGEST_HEADING = 80
_UNKNOWN_WORDS = 4


def heading_topic(folded: str, *, strong: bool = False) -> Topic | None:
    """Tell what a line announces if it is a heading. A strong one (marked up as such) may have other words beside."""
    line = folded.strip()
    if len(line) > 2 * _LONGEST_HEADING:
        return None
    words = _OPEN.sub("", _NUMBERED.sub("", line)).strip(" :.-*#–?¿!¡").strip()
    if not words or len(words) > _LONGEST_HEADING:
        return None
    if words in _TOPICS:
        return _TOPICS[words]
    return _by_phrases(words.replace("/", " / ").split(), strong=strong)


def _by_phrases(words: list[str], *, strong: bool) -> Topic | None:
    """Read a heading as known phrases and connecting words ("Background and rationale", "Draft agenda")."""
    topics: list[tuple[int, Topic]] = []
    unknown = index = 0
    while index < len(words):
        size, topic = _phrase_at(words, index)
        if topic is not None:
            topics.append((index, topic))
        elif words[index].strip("()") not in _CONNECTORS:
            unknown += 1
        index += size
    if not topics:
        return None
    if unknown == 0:
        return topics[0][1]
    starts = topics[0][0] == 0 and topics[0][1] not in {Topic.OTHER, Topic.TITLE, Topic.JOIN}
    return topics[0][1] if strong and starts and unknown <= _UNKNOWN_WORDS else None


def _phrase_at(words: list[str], index: int) -> tuple[int, Topic | None]:
    for size in range(min(_LONGEST_PHRASE, len(words) - index), 0, -1):
        topic = _TOPICS.get(" ".join(words[index : index + size]).strip("():,"))
        if topic is not None:
            return size, topic
    return 1, None


STOP_WORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        "the of and to in is for on with this will be are that by from as at or an how which its have has "
        "it your you we "
        "their our about what who when where through into also can may between during".split()
    ),
    "fr": frozenset(
        "le la les des du et de un une en dans pour sur avec ce cette ces sera seront est sont que qui par "
        "au aux ou il "
        "elle leur leurs nous vous notre votre l' d' qu' afin ainsi entre comment plus se s' dont lors".split()
    ),
    "es": frozenset(
        "el la los las del y de un una en para sobre con este esta estos estas sera seran es son que por "
        "al o se su sus "
        "nos nuestro lo como mas entre cual cuales quien donde cuando desde hasta a tambien ha han".split()
    ),
}

FUNCTION_WORDS = frozenset(
    "the a an of and to in is for on with this will be at by from as or it from until till there s our we "
    "you your "
    "le la les l d des du et de un une en dans pour sur avec a au aux ce cette sera est par il y aura se "
    "el los las del y e o u con este esta sera es se por al desde hasta habra lugar place take takes held "
    "h via please also both".split()
)
"""Words that carry nothing once the rest of their line has found its place."""

LANGUAGE_NAMES: dict[str, str] = {
    **dict.fromkeys(("english", "anglais", "ingles"), "en"),
    **dict.fromkeys(("french", "francais", "frances"), "fr"),
    **dict.fromkeys(("spanish", "espagnol", "espanol", "castellano", "castilian"), "es"),
    **dict.fromkeys(("arabic", "arabe"), "ar"),
    **dict.fromkeys(("russian", "russe", "ruso"), "ru"),
    **dict.fromkeys(("chinese", "chinois", "chino", "mandarin"), "zh"),
    **dict.fromkeys(("portuguese", "portugais", "portugues"), "pt"),
    **dict.fromkeys(("german", "allemand", "aleman"), "de"),
    **dict.fromkeys(("italian", "italien", "italiano"), "it"),
    **dict.fromkeys(("turkish", "turc", "turco"), "tr"),
    **dict.fromkeys(("catalan",), "ca"),
    **dict.fromkeys(("dutch", "neerlandais", "neerlandes"), "nl"),
    **dict.fromkeys(("polish", "polonais", "polaco"), "pl"),
    **dict.fromkeys(("ukrainian", "ukrainien", "ucraniano"), "uk"),
    **dict.fromkeys(("greek", "grec", "griego"), "el"),
    **dict.fromkeys(("romanian", "roumain", "rumano"), "ro"),
    **dict.fromkeys(("swahili", "kiswahili"), "sw"),
    **dict.fromkeys(("hindi",), "hi"),
    **dict.fromkeys(("bengali", "bangla"), "bn"),
    **dict.fromkeys(("urdu", "ourdou"), "ur"),
    **dict.fromkeys(("persian", "farsi", "persan", "persa"), "fa"),
    **dict.fromkeys(("japanese", "japonais", "japones"), "ja"),
    **dict.fromkeys(("korean", "coreen", "coreano"), "ko"),
    **dict.fromkeys(("indonesian", "indonesien", "indonesio", "bahasa indonesia"), "id"),
    **dict.fromkeys(("vietnamese", "vietnamien", "vietnamita"), "vi"),
    **dict.fromkeys(("thai", "tailandes"), "th"),
    **dict.fromkeys(("hebrew", "hebreu", "hebreo"), "he"),
    **dict.fromkeys(("basque", "euskera", "vasco"), "eu"),
    **dict.fromkeys(("galician", "galicien", "gallego"), "gl"),
    **dict.fromkeys(("quechua",), "qu"),
    **dict.fromkeys(("amharic", "amharique", "amarico"), "am"),
    **dict.fromkeys(("hausa", "haoussa"), "ha"),
    **dict.fromkeys(("wolof",), "wo"),
    **dict.fromkeys(("somali",), "so"),
}
