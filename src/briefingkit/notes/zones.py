"""What a note says of a time zone: an IANA name, a city, an abbreviation, an offset; and the zones it may mean."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import frozen

from briefingkit.errors import TextError
from briefingkit.notes.document import fold

__all__ = ["CITY_PATTERN", "ZONE_PATTERN", "ZoneReading", "city_zone", "is_zone", "read_zone", "utc_offset"]

_ABBREVIATIONS = (
    "cest|cet|gmt|utc|bst|est|edt|cst|cdt|mst|mdt|pst|pdt|ist|eat|wat|cat|sast|eest|eet|msk|jst|hkt|sgt|aest|aedt|acst|acdt|awst|"
    "west|wet|brt|brst|art|cot|pet|clt|clst|pkt|npt|ict|wib|wit|wita|pht|pst|myt|gst|ast|adt|akst|akdt|hst|nzst|nzdt|nst|ndt|"
    "uyt|vet|bot|ect|pyt|kst|trt|bdt|uk|et|ct|mt|pt|hec|hce|hnec"
)
_IN_OTHER_LANGUAGES = frozenset("mez mesz wez wesz oez oesz hne hae haec".split())
_WORDS_TOO = frozenset("art bot cat cot ct eat ect et ist mt pet pt uk west wet wit".split())
_CITIES: dict[str, str] = {
    "paris": "Europe/Paris", "brussels": "Europe/Brussels", "bruxelles": "Europe/Brussels",
    "bruselas": "Europe/Brussels",
    "geneva": "Europe/Zurich", "geneve": "Europe/Zurich", "ginebra": "Europe/Zurich", "zurich": "Europe/Zurich",
    "london": "Europe/London", "londres": "Europe/London", "madrid": "Europe/Madrid", "barcelona": "Europe/Madrid",
    "barcelone": "Europe/Madrid", "lisbon": "Europe/Lisbon", "lisbonne": "Europe/Lisbon", "lisboa": "Europe/Lisbon",
    "rome": "Europe/Rome", "roma": "Europe/Rome", "milan": "Europe/Rome", "berlin": "Europe/Berlin",
    "bonn": "Europe/Berlin",
    "vienna": "Europe/Vienna", "vienne": "Europe/Vienna", "viena": "Europe/Vienna", "amsterdam": "Europe/Amsterdam",
    "the hague": "Europe/Amsterdam", "la haye": "Europe/Amsterdam", "la haya": "Europe/Amsterdam",
    "athens": "Europe/Athens",
    "athenes": "Europe/Athens", "atenas": "Europe/Athens", "istanbul": "Europe/Istanbul", "estambul": "Europe/Istanbul",
    "warsaw": "Europe/Warsaw", "varsovie": "Europe/Warsaw", "varsovia": "Europe/Warsaw", "dublin": "Europe/Dublin",
    "copenhagen": "Europe/Copenhagen", "copenhague": "Europe/Copenhagen", "stockholm": "Europe/Stockholm",
    "oslo": "Europe/Oslo", "helsinki": "Europe/Helsinki", "kyiv": "Europe/Kyiv", "kiev": "Europe/Kyiv",
    "marrakech": "Africa/Casablanca", "marrakesh": "Africa/Casablanca", "rabat": "Africa/Casablanca",
    "casablanca": "Africa/Casablanca", "tunis": "Africa/Tunis", "tunez": "Africa/Tunis", "cairo": "Africa/Cairo",
    "le caire": "Africa/Cairo", "el cairo": "Africa/Cairo", "dakar": "Africa/Dakar", "abidjan": "Africa/Abidjan",
    "bamako": "Africa/Bamako", "accra": "Africa/Accra", "lagos": "Africa/Lagos", "abuja": "Africa/Lagos",
    "nairobi": "Africa/Nairobi", "kampala": "Africa/Kampala", "addis ababa": "Africa/Addis_Ababa",
    "addis-abeba": "Africa/Addis_Ababa", "addis abeba": "Africa/Addis_Ababa", "kigali": "Africa/Kigali",
    "johannesburg": "Africa/Johannesburg", "pretoria": "Africa/Johannesburg", "durban": "Africa/Johannesburg",
    "cape town": "Africa/Johannesburg", "yaounde": "Africa/Douala", "douala": "Africa/Douala",
    "kinshasa": "Africa/Kinshasa",
    "new york": "America/New_York", "nueva york": "America/New_York", "washington": "America/New_York",
    "washington dc": "America/New_York", "washington d.c.": "America/New_York", "montreal": "America/Toronto",
    "toronto": "America/Toronto", "ottawa": "America/Toronto", "chicago": "America/Chicago",
    "los angeles": "America/Los_Angeles", "san francisco": "America/Los_Angeles", "vancouver": "America/Vancouver",
    "mexico city": "America/Mexico_City", "ciudad de mexico": "America/Mexico_City", "mexico": "America/Mexico_City",
    "guadalajara": "America/Mexico_City", "bogota": "America/Bogota", "medellin": "America/Bogota",
    "lima": "America/Lima",
    "quito": "America/Guayaquil", "santiago de chile": "America/Santiago",
    "buenos aires": "America/Argentina/Buenos_Aires",
    "rosario": "America/Argentina/Cordoba", "montevideo": "America/Montevideo", "la paz": "America/La_Paz",
    "asuncion": "America/Asuncion", "caracas": "America/Caracas", "panama": "America/Panama",
    "san jose de costa rica": "America/Costa_Rica", "guatemala": "America/Guatemala", "brasilia": "America/Sao_Paulo",
    "sao paulo": "America/Sao_Paulo", "rio de janeiro": "America/Sao_Paulo", "la habana": "America/Havana",
    "havana": "America/Havana", "santo domingo": "America/Santo_Domingo", "beirut": "Asia/Beirut",
    "beyrouth": "Asia/Beirut",
    "amman": "Asia/Amman", "jerusalem": "Asia/Jerusalem", "dubai": "Asia/Dubai", "doha": "Asia/Qatar",
    "riyadh": "Asia/Riyadh",
    "delhi": "Asia/Kolkata", "new delhi": "Asia/Kolkata", "mumbai": "Asia/Kolkata", "dhaka": "Asia/Dhaka",
    "kathmandu": "Asia/Kathmandu", "karachi": "Asia/Karachi", "islamabad": "Asia/Karachi", "bangkok": "Asia/Bangkok",
    "jakarta": "Asia/Jakarta", "kuala lumpur": "Asia/Kuala_Lumpur", "singapore": "Asia/Singapore",
    "manila": "Asia/Manila",
    "manille": "Asia/Manila", "hanoi": "Asia/Ho_Chi_Minh", "beijing": "Asia/Shanghai", "pekin": "Asia/Shanghai",
    "shanghai": "Asia/Shanghai", "hong kong": "Asia/Hong_Kong", "seoul": "Asia/Seoul", "tokyo": "Asia/Tokyo",
    "sydney": "Australia/Sydney", "melbourne": "Australia/Melbourne", "auckland": "Pacific/Auckland",
}  # fmt: skip

CITY_PATTERN = "|".join(re.escape(city) for city in sorted(_CITIES, key=len, reverse=True))
_COUNTRIES: dict[str, str] = {
    "argentina": "America/Argentina/Buenos_Aires", "argentine": "America/Argentina/Buenos_Aires",
    "colombia": "America/Bogota", "colombie": "America/Bogota", "peru": "America/Lima", "perou": "America/Lima",
    "uruguay": "America/Montevideo", "paraguay": "America/Asuncion", "bolivia": "America/La_Paz",
    "bolivie": "America/La_Paz", "venezuela": "America/Caracas", "costa rica": "America/Costa_Rica",
    "cuba": "America/Havana", "france": "Europe/Paris", "francia": "Europe/Paris", "belgique": "Europe/Brussels",
    "belgium": "Europe/Brussels", "germany": "Europe/Berlin", "allemagne": "Europe/Berlin",
    "alemania": "Europe/Berlin",
    "italy": "Europe/Rome", "italie": "Europe/Rome", "italia": "Europe/Rome", "suisse": "Europe/Zurich",
    "switzerland": "Europe/Zurich", "suiza": "Europe/Zurich", "senegal": "Africa/Dakar", "kenya": "Africa/Nairobi",
    "maroc": "Africa/Casablanca", "morocco": "Africa/Casablanca", "marruecos": "Africa/Casablanca",
    "tunisie": "Africa/Tunis", "tunisia": "Africa/Tunis", "egypt": "Africa/Cairo", "egypte": "Africa/Cairo",
    "egipto": "Africa/Cairo", "niger": "Africa/Niamey", "nigeria": "Africa/Lagos", "ghana": "Africa/Accra",
    "rwanda": "Africa/Kigali", "ethiopia": "Africa/Addis_Ababa", "south africa": "Africa/Johannesburg",
    "india": "Asia/Kolkata", "bangladesh": "Asia/Dhaka", "nepal": "Asia/Kathmandu", "philippines": "Asia/Manila",
    "japan": "Asia/Tokyo", "korea": "Asia/Seoul",
}  # fmt: skip
"""Countries with one zone for all of their mainland, as people say "hora de Argentina"."""

_COUNTRY_PATTERN = "|".join(re.escape(name) for name in sorted(_COUNTRIES, key=len, reverse=True))
_OFFSET = r"(?:utc|gmt)\s?[+-]\s?\d{1,2}(?::?[0-5]\d)?|[+-](?:0\d|1[0-4]):[0-5]\d"
_PLACE = (
    rf"(?:(?:{CITY_PATTERN}|{_COUNTRY_PATTERN})\stime"
    rf"|(?:heure|hora)\s(?:de\s|d'|en\s|du\s)?(?:la\s|l')?(?:{CITY_PATTERN}|{_COUNTRY_PATTERN})"
    r"|[a-z]{3,12}/[a-z_]{2,20}(?:/[a-z_]{2,20})?"
    r"|(?:central\seuropean|eastern|pacific|central|mountain|british|greenwich\smean|east\safrica"
    r"|west\safrica|central\safrica"
    r"|south\safrican?|indian)\s(?:summer\s|standard\s|daylight\s)?time"
    rf"|local\stime|heure\slocale|hora\slocal|(?:{CITY_PATTERN}))"
)
ZONE_PATTERN = (
    rf"(?:[(\[,]\s?)?(?P<zone>(?:{_PLACE})(?:\s?[(,/]?\s?(?:{_OFFSET})\)?)?|(?:{_OFFSET})"
    rf"|(?:{_ABBREVIATIONS})\b(?![-'/][a-z])(?:\s?[(,/]?\s?(?:{_OFFSET})\)?)?)(?![a-z])"
)
_LONG_NAMES = {
    "central european summer time": "CEST", "central european time": "CET", "eastern time": "ET",
    "eastern daylight time": "EDT",
    "eastern standard time": "EST", "pacific time": "PT", "central time": "CT", "mountain time": "MT",
    "british summer time": "BST",
    "greenwich mean time": "GMT", "east africa time": "EAT", "west africa time": "WAT", "central africa time": "CAT",
    "south africa standard time": "SAST", "south african standard time": "SAST", "indian standard time": "IST",
    "pacific daylight time": "PDT", "pacific standard time": "PST", "central daylight time": "CDT",
    "central standard time": "CST",
}  # fmt: skip
_GENERIC = {
    "UK": "Europe/London",
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
_MOSTLY = 3


@frozen
class ZoneReading:
    """The zones that a note's words may mean, likeliest first. `sure`: one zone alone, and it was named."""

    words: str
    zones: tuple[str, ...]
    sure: bool = False
    note: str = ""


def is_zone(word: str) -> bool:
    """Tell whether a word in capitals is the abbreviation of a zone, wherever it stands; "WEST" may be a word."""
    folded = fold(word)
    known = folded in _IN_OTHER_LANGUAGES or folded in _ABBREVIATIONS.split("|")
    return word.isupper() and known and folded not in _WORDS_TOO


def city_zone(words: str) -> str | None:
    """Tell the zone of the first known city that some words name, else of a country with one zone, if any."""
    folded = fold(words)
    if match := re.search(rf"\b(?:{CITY_PATTERN})\b", folded):
        return _CITIES[match[0]]
    country = re.search(rf"\b(?:{_COUNTRY_PATTERN})\b", folded)
    return _COUNTRIES[country[0]] if country else None


def utc_offset(zone: str, local: datetime) -> timedelta | None:
    """Tell a zone's offset at a local time; None for a name that tzdata does not know."""
    from briefingkit.text.dates import get_zone

    try:
        return local.replace(tzinfo=get_zone(zone)).utcoffset()
    except TextError:
        return None


def _known(name: str) -> str | None:
    from briefingkit.text.dates import get_zone

    try:
        get_zone(name)
    except TextError:
        return None
    return name


def _iana(words: str) -> Iterator[str]:
    if match := re.search(r"\b([A-Za-z]{3,12})/([A-Za-z_]{2,20})(?:/([A-Za-z_]{2,20}))?", words):
        parts = ["_".join(piece.capitalize() for piece in part.split("_")) for part in match.groups() if part]
        if name := _known("/".join(parts)) or _known(match[0]):
            yield name


def _fixed(words: str) -> str | None:
    """Name the zone of a fixed offset: UTC+2 is Etc/GMT-2 (POSIX counts west as positive)."""
    match = re.search(r"([+-])\s?(\d{1,2}):?([0-5]\d)?", words)
    if match is None or int(match[3] or 0):
        return None
    hours = int(match[2])
    if hours == 0:
        return "UTC"
    return _known(f"Etc/GMT{'-' if match[1] == '+' else '+'}{hours}")


def read_zone(words: str, local: datetime) -> ZoneReading:
    """Read what a note says of the zone of a local time, and the zones that it may mean."""
    folded = fold(words).strip(" ()[],")
    if names := tuple(_iana(words)):
        return ZoneReading(words, names, sure=True)
    if re.search(r"local\stime|heure\slocale|hora\slocal$|hora\slocal\b", folded):
        return ZoneReading(words, (), note="the note says local time: name the zone of the place")
    if (zone := city_zone(folded)) is not None:
        return ZoneReading(words, (zone,), sure=True)
    offset = re.search(_OFFSET, folded)
    name = re.sub(_OFFSET, "", folded).strip(" (),/")
    if name in {"utc", "gmt", ""} and not offset:
        return ZoneReading(
            words,
            ("UTC", "Europe/London"),
            sure=name == "utc",
            note="GMT is also said of London's time" * (name != "utc"),
        )
    if name in {"utc", "gmt", ""}:
        zone = _fixed(offset[0]) if offset else None
        note = "an offset names no zone: it does not follow the clock's changes"
        return ZoneReading(words, (zone,) if zone else (), note=note)
    return _abbreviation(words, _LONG_NAMES.get(name, name.upper()), local)


def _abbreviation(words: str, abbreviation: str, local: datetime) -> ZoneReading:
    if abbreviation in _GENERIC:
        return ZoneReading(
            words, (_GENERIC[abbreviation],), note=f"{abbreviation} names no zone: the usual one was taken"
        )
    from briefingkit.text.dates import candidate_zones

    zones = tuple(candidate_zones(abbreviation, local))
    other = _other_season(abbreviation, local)
    if zones and len(other) > _MOSTLY * len(zones):
        # "CET" in July is in force in Algiers and Tunis, and is written for Paris.
        where = ", ".join(zones[:3]) + ("…" if len(zones) > 3 else "")
        note = (
            f"{abbreviation} is in force on {local:%Y-%m-%d} only in {where}: another season's may be meant"
        )
        return ZoneReading(words, tuple(dict.fromkeys((*other, *zones))), note=note)
    if zones:
        many = (
            f"{abbreviation} is no zone: it may be any of {len(zones)}"
            if len(zones) > 1
            else f"{abbreviation} names no city"
        )
        return ZoneReading(words, zones, note=many)
    return ZoneReading(words, other, note=f"{abbreviation} is not in force on {local:%Y-%m-%d}")


def _other_season(abbreviation: str, local: datetime) -> tuple[str, ...]:
    """Give the zones that use an abbreviation half a year later: what "CEST" in January may mean."""
    from briefingkit.text.dates import candidate_zones

    return tuple(candidate_zones(abbreviation, local + timedelta(days=182)))
