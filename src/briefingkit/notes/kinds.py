"""What happens in an agenda item, told from the words of its title."""

import re

__all__ = ["item_kind"]

_KINDS = {
    "break": (
        r"(?:coffee|tea|lunch|health|short|comfort)?\s?break\b|\blunch|\bcoffee|\bpause\b|\bdejeuner"
        r"|\bpausa\b|\bdescanso|\balmuerzo"
        r"|\breceso|\bcafe\b|\bcocktail|\breception\b|\brefrigerio"
    ),
    "panel": r"\bpanel\b|\bround\s?-?table|\btable ronde|\bmesa redonda|\bconversatorio|\bfishbowl",
    "opening": (
        r"\bopening\b|\bwelcom|\bintroduct\w*|\bkick-?off|\bouverture|\baccueil|\bbienvenue"
        r"|\bmots? d'ouverture|\bapertura|\bbienvenida|\bintroduccion"
        r"|\binaugura|\bsaludos?\b|\bpalabras de (?:bienvenida|apertura)"
    ),
    "closing": (
        r"\bclos(?:ing|e|ure)\b|\bwrap(?:ping)?[\s-]?up|\bconclu\w*|\bway forward|\bnext steps|\bcloture"
        r"|\bsynthese|\bmots? de la fin|\bcierre|\bclausura"
        r"|\bproximos pasos|\bprochaines etapes|\bfinal remarks"
    ),
    "discussion": (
        r"\bopen (?:floor|discussion)|\bdiscussions?\b|\bdebates?\b|\bdebats?\b|\bq\s?(?:&|and|\+)\s?a\b"
        r"|\bquestions?\b|\bexchanges?\b|\bechanges?\b|\bpreguntas\b"
        r"|\bturno (?:abierto )?de (?:palabras?|preguntas)|\bdialog(?:ue|o)?\b|\bintercambio"
        r"|\btour de table|\bbreak-?out|\bdiscusion|\breactions?\b|\binterventions? from the floor"
        r"|\bfloor\b|\bespacio abierto"
    ),
    "presentation": (
        r"\bpresent(?:ation|ations|acion|aciones|ing|er)\b|\bkeynote|\bintervention\b|\boverview"
        r"|\bexposes?\b|\bponencia|\bpresentation\b|\bscene[\s-]setting"
        r"|\bsetting the scene|\bdemonstration|\bdemo\b|\bscreening|\blaunch\b|\blancement|\blanzamiento"
        r"|\bbriefing on\b|\bcase stud|\bvideo\b"
    ),
}  # fmt: skip
_PATTERNS = {kind: re.compile(words) for kind, words in _KINDS.items()}


def item_kind(folded: str) -> str:
    """Tell the kind of an item from its folded title: the word that stands first decides; `other` where none does."""
    places = {
        kind: match.start() for kind, pattern in _PATTERNS.items() if (match := pattern.search(folded[:200]))
    }
    return min(places, key=lambda kind: places[kind]) if places else "other"
