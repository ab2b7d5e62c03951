"""From what people write after a time ("CEST", "IST", "GMT+2", "ET") to the zones that it may mean.

An abbreviation is not a zone: IST is India, Israel and Ireland, CST half of America and China. So the answer is a
list for a given date, most likely first, and it is empty when nobody's clocks said that on the day (CEST in January).
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files

from briefingkit.errors import TextError
from briefingkit.text.zones import get_zone, zone_names

__all__ = ["candidate_zones"]

# The zones that notes about international meetings mean most often, each abbreviation's likeliest before its others:
# seats of international organisations first, then countries by the number of people whose clocks those are.
_LIKELY = """
Europe/Brussels Europe/Paris Europe/Zurich Europe/Berlin Europe/Madrid Europe/Rome Europe/Vienna Europe/Amsterdam
Europe/Copenhagen Europe/Stockholm Europe/Warsaw Europe/Oslo Europe/Prague Europe/Budapest Europe/Belgrade
Europe/London Europe/Lisbon Europe/Athens Europe/Helsinki Europe/Kyiv Europe/Bucharest Europe/Moscow
America/New_York America/Toronto America/Chicago America/Denver America/Los_Angeles America/Vancouver
Asia/Kolkata Asia/Shanghai Asia/Jerusalem Asia/Taipei Asia/Seoul Asia/Jakarta Asia/Beirut Asia/Amman Asia/Manila
America/Mexico_City America/Halifax America/Puerto_Rico America/Santo_Domingo America/Panama America/Jamaica
America/Guatemala America/Costa_Rica America/Havana America/Phoenix America/Winnipeg America/Edmonton Europe/Dublin
Asia/Dubai Asia/Riyadh Asia/Singapore Asia/Bangkok Asia/Dhaka Europe/Istanbul America/Sao_Paulo America/Bogota
America/Argentina/Buenos_Aires America/Lima America/Santiago
Africa/Nairobi Africa/Addis_Ababa Africa/Lagos Africa/Kinshasa Africa/Harare Africa/Lusaka Africa/Cairo
Africa/Johannesburg Africa/Accra Africa/Abidjan Africa/Dakar Africa/Algiers Africa/Tunis Africa/Casablanca
Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Adelaide Australia/Perth Pacific/Auckland
""".split()

# What people write and tzdata does not: other languages' words for the same, North American times said without
# their season, and abbreviations that tzdata has dropped because each was in use in one place only.
_TRANSLATED = {
    "MEZ": "CET",
    "MESZ": "CEST",
    "OEZ": "EET",
    "OESZ": "EEST",
    "HNE": "EST",
    "HAE": "EDT",
    "МСК": "MSK",
}
_SEASONLESS = {"ET": ("EST", "EDT"), "CT": ("CST", "CDT"), "MT": ("MST", "MDT"), "PT": ("PST", "PDT")}
_LOCAL = {
    "ART": "America/Argentina/Buenos_Aires",
    "BOT": "America/La_Paz",
    "BRT": "America/Sao_Paulo",
    "COT": "America/Bogota",
    "ECT": "America/Guayaquil",
    "GST": "Asia/Dubai",
    "ICT": "Asia/Bangkok",
    "MYT": "Asia/Kuala_Lumpur",
    "NPT": "Asia/Kathmandu",
    "PET": "America/Lima",
    "PHT": "Asia/Manila",
    "SGT": "Asia/Singapore",
    "TRT": "Europe/Istanbul",
    "UYT": "America/Montevideo",
    "VET": "America/Caracas",
}

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-\u2212\u2013])\s*(\d{1,2})(?::?([0-5]\d))?")
_LONGEST = 16


def candidate_zones(abbreviation: str, local: datetime) -> tuple[str, ...]:
    """Give the IANA zones whose clocks are called that at the naive local time, the most likely first.

    It takes tzdata's abbreviations, some that people use beside them ("ET", "MEZ", "GST"), "UTC", "GMT", and offsets
    ("UTC+2", "GMT-5", "+05:30"). For an offset the fixed zone comes first, which says no more than was written; its
    name has the opposite sign, as POSIX wants it: UTC+2 is Etc/GMT-2. Only names that tzdata's table of countries
    lists are given, no second spellings. Empty: not in force at that time, or unknown. TextError for an aware time.
    """
    if local.tzinfo is not None:
        raise TextError(f"{local.isoformat()} carries a zone; the zones of a local time were asked for")
    written = abbreviation.strip().upper()
    if len(written) > _LONGEST:
        return ()
    if written in ("UTC", "UT", "Z"):
        return ("Etc/UTC",)
    if offset := _OFFSET.fullmatch(written):
        return _by_offset(offset, local)
    if written in _LOCAL:
        return (_LOCAL[written],)
    names = _SEASONLESS.get(written) or (_TRANSLATED.get(written, written),)
    found = tuple(zone for zone in _countries_zones() if _tzname(zone, local) in names)
    if written in _SEASONLESS:  # clocks of North America, with or without a season; China's CST is not CT
        return tuple(zone for zone in found if zone.startswith("America/"))
    if written == "GMT":
        after = found.index("Europe/London") + 1 if "Europe/London" in found else 0
        return (*found[:after], "Etc/GMT", *found[after:])
    return found


def _by_offset(written: re.Match[str], local: datetime) -> tuple[str, ...]:
    sign = 1 if written[1] == "+" else -1
    offset = sign * timedelta(hours=int(written[2]), minutes=int(written[3] or 0))
    found = tuple(
        zone for zone in _countries_zones() if local.replace(tzinfo=get_zone(zone)).utcoffset() == offset
    )
    hours, rest = divmod(offset, timedelta(hours=1))
    fixed = f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"
    return (fixed, *found) if not rest and fixed in zone_names() else found


def _tzname(zone: str, local: datetime) -> str:
    return (local.replace(tzinfo=get_zone(zone)).tzname() or "").upper()


@lru_cache(maxsize=1)
def _countries_zones() -> tuple[str, ...]:
    """Read the zones that tzdata's zone.tab gives to a country, the likely ones first, the others by name."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="ascii")
    listed = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    return (*_LIKELY, *sorted(listed.difference(_LIKELY)))
