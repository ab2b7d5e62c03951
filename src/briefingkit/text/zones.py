"""IANA zones: local times and instants, and the label that tells a reader which clock is meant.

The `tzdata` package is read before the system's own zones, which zoneinfo would read first: the same version of the
package gives the same pages on every machine. A label is tzdata's abbreviation for that very instant and its offset,
"CEST (UTC+2)". Locale data is never asked for one: it says CET in April in 146 locales.
"""

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzdata

from briefingkit.errors import TextError

__all__ = [
    "LocalKind",
    "get_zone",
    "in_zone",
    "instant",
    "local_kind",
    "utc_offset_label",
    "zone_label",
    "zone_names",
]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_LONGEST_NAME = 64
_ALPHABETIC = re.compile(r"[A-Za-z]{2,}")
# Directories and files of a system's zoneinfo that are not zones: leap-second clocks, the machine's own zone.
_NOT_ZONES = ("posix/", "right/")
_HOUR = timedelta(hours=1)


class LocalKind(StrEnum):
    """What a local time is in its zone: at a clock change it may come twice, or never."""

    UNIQUE = "unique"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


class _PackagedZone(ZoneInfo):
    """A zone read from the package. zoneinfo refuses to pickle or copy what it has read from a file; this does not."""

    def __reduce__(self) -> tuple[Any, ...]:
        return get_zone, (self.key,)

    def __repr__(self) -> str:
        return f"get_zone({self.key!r})"


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Give the names of all zones and links that the tzdata package holds, "Factory" (no zone at all) excepted."""
    return frozenset(_packaged("zones").decode("ascii").split()) - {"Factory"}


def _packaged(*parts: str) -> bytes:
    """Read a file of the package through its own loader: importlib.resources costs more than all the zones."""
    data: bytes = tzdata.__loader__.get_data(str(Path(tzdata.__file__).parent.joinpath(*parts)))
    return data


@lru_cache(maxsize=1024)
def get_zone(name: str) -> ZoneInfo:
    """Give the zone of that IANA name. Raises TextError, with the names that may have been meant."""
    if name in zone_names():
        return _PackagedZone.from_file(BytesIO(_packaged("zoneinfo", *name.split("/"))), key=name)
    # A zone newer than the package. Names without a slash are left out: "localtime" would be the machine's own.
    if (
        len(name) <= _LONGEST_NAME
        and "/" in name
        and _NAME.fullmatch(name)
        and not name.startswith(_NOT_ZONES)
    ):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # said below, with the advice
    raise TextError(_unknown(name))


def _unknown(name: str) -> str:
    from briefingkit.text.suggest import zones_meant

    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    meant = " or ".join(zones_meant(name[:_LONGEST_NAME], sorted(zone_names())))
    advice = f"did you mean {meant}?" if meant else 'write an IANA name such as "Europe/Brussels"'
    return f"{shown!r} is not a time zone: {advice}"


def local_kind(local: datetime, zone: str) -> LocalKind:
    """Say whether a naive local time exists once, twice (clocks go back) or never (clocks go forward) in its zone."""
    _require_naive(local)
    there = get_zone(zone)
    first, second = (local.replace(tzinfo=there, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return LocalKind.UNIQUE
    returned = in_zone(first.astimezone(UTC), zone)
    return LocalKind.AMBIGUOUS if returned.replace(tzinfo=None) == local else LocalKind.MISSING


def instant(local: datetime, zone: str) -> datetime:
    """Make a naive local time an aware one in its zone.

    Of a time that comes twice it is the first, unless `fold` is 1; of one that never comes, the time that clocks
    show that long after the change (02:30 becomes 03:30), as RFC 5545 says in section 3.3.5. Raises TextError for
    an aware time, an unknown zone, and a time so near the ends of the calendar that UTC has no date for it.
    """
    _require_naive(local)
    there = get_zone(zone)
    aware = local.replace(tzinfo=there)
    try:
        if aware.fold and local_kind(local, zone) is LocalKind.MISSING:
            aware = aware.replace(fold=0)
        return aware.astimezone(UTC).astimezone(there)
    except OverflowError as error:
        raise TextError(
            f"{local.isoformat()} has no instant: it is beyond the ends of the calendar"
        ) from error


def in_zone(moment: datetime, zone: str) -> datetime:
    """Give an aware time as the clocks of another zone show it. Raises TextError for an unknown zone."""
    if moment.tzinfo is None:
        raise TextError(f"{moment.isoformat()} is a local time; an instant needs its zone")
    try:
        return moment.astimezone(get_zone(zone))
    except OverflowError as error:
        raise TextError(f"{moment.isoformat()} has no local time in {zone}") from error


def zone_label(moment: datetime, zone: str) -> str:
    """Label a zone at an aware time: "CEST (UTC+2)"; "UTC+3" where tzdata has no abbreviation; "UTC" for UTC itself.

    It is ASCII, with a hyphen for a minus, so that it can stand in any header, file name and calendar.
    """
    there = in_zone(moment, zone)
    name = there.tzname() or ""
    offset = utc_offset_label(there.utcoffset() or timedelta(0))
    if name == "UTC":
        return name
    return f"{name} ({offset})" if _ALPHABETIC.fullmatch(name) else offset


def utc_offset_label(offset: timedelta) -> str:
    """Write an offset from UTC: "UTC+2", "UTC-4", "UTC+5:30", "UTC+0"."""
    seconds = abs(offset) // timedelta(seconds=1)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    label = f"UTC{'-' if offset < timedelta(0) else '+'}{hours}"
    if minutes or seconds:
        label += f":{minutes:02}"
    return f"{label}:{seconds:02}" if seconds else label


def _require_naive(local: date) -> None:
    if not isinstance(local, datetime):
        raise TextError(f"{local!r} is not a local date and time")
    if local.tzinfo is not None:
        raise TextError(
            f"{local.isoformat()} carries a zone; a local time has none, its zone is given beside it"
        )
