"""The short forms that a file may use, and the long ones that the classes of the model describe."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from briefingkit.errors import ModelError
from briefingkit.model.briefing import Briefing
from briefingkit.model.languages import Channel, Interpretation
from briefingkit.model.mailing import Audience
from briefingkit.model.place import Online
from briefingkit.model.scalars import read_duration, read_local, shown
from briefingkit.model.schedule import duration_of, write_duration

__all__ = ["FORMAT", "file_names", "short_form", "written_form"]

FORMAT = 1
"""The version of the file's form that this release reads and writes."""


def file_names(kind: object) -> Mapping[str, str]:
    """Tell the fields of a class that have another name in the file, and which."""
    return {"identifier": "briefing"} if kind is Briefing else {}


def short_form(kind: type, value: object) -> object:
    """Bring a short form of the file into the long one that the fields of `kind` describe; all else stays.

    A class of an integration's settings says its own as a static method `short_form`, which raises ModelError for what
    can be neither.
    """
    prepare = _SHORT_FORMS.get(kind) or getattr(kind, "short_form", None)
    return prepare(value) if prepare else value


def written_form(kind: type) -> Callable[[Any, dict[str, Any]], Any] | None:
    """Give what turns a value and its fields into the form that the file has; None where the fields are that form."""
    return _WRITTEN.get(kind)


def _briefing_form(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    data = dict(value)
    version = data.pop("format", None)
    if version is not None and str(version) != str(FORMAT):
        raise ModelError(
            f"format {shown(version)} is not known to this release, which reads {FORMAT}", field="format"
        )
    duration = data.pop("duration", None)
    if duration is not None:
        if data.get("end") is not None:
            raise ModelError("give the end or a duration, not both", field="duration")
        data["end"] = _end_after(data, duration)
    return data


def _briefing_written(briefing: Briefing, data: dict[str, Any]) -> dict[str, Any]:
    # The second of two equal clock times can only be said as a duration.
    if isinstance(briefing.end, datetime) and briefing.end.fold and briefing.when is not None:
        data["duration"] = write_duration(briefing.when.utc_end - briefing.when.utc_start)
        del data["end"]
    return data


def _end_after(data: Mapping[str, Any], duration: object) -> object:
    try:
        length = read_duration(duration)
    except ModelError as error:
        raise ModelError(str(error), field="duration") from None
    if data.get("start") is None:
        raise ModelError("a duration needs a start to run from", field="duration")
    zone = data.get("timezone")
    try:
        return duration_of(read_local(data["start"]), length, zone if isinstance(zone, str) else None)
    except ModelError as error:
        if error.field == "duration":
            raise
        return None  # the start is wrong, and is reported under its own name
    except ValueError:
        return None  # as the zone


def _interpretation_form(value: object) -> object:
    if isinstance(value, list | tuple):
        return {"floor": value, "into": value}
    if isinstance(value, Mapping) and isinstance(value.get("into"), Mapping):
        into = [{"language": tag, "url": url} for tag, url in value["into"].items()]
        return {**value, "into": into}
    return value


def _interpretation_written(_: Interpretation, data: dict[str, Any]) -> dict[str, Any]:
    into = data.get("into", [])
    if any(isinstance(channel, dict) for channel in into):
        named = [channel if isinstance(channel, dict) else {"language": channel} for channel in into]
        data["into"] = {channel["language"]: channel.get("url") for channel in named}
    return data


def _online_form(value: object) -> object:
    if isinstance(value, Mapping) and "from" in value and "url" not in value:
        rest = {name: given for name, given in value.items() if name != "from"}
        return {**rest, "url": {"from": value["from"]}}
    return value


def _online_written(_: Online, data: dict[str, Any]) -> dict[str, Any]:
    if isinstance(data.get("url"), dict) and "from" in data["url"]:
        return {**data.pop("url"), **data}
    return data


def _audience_form(value: object) -> object:
    return {"group": value} if isinstance(value, str) else value


_SHORT_FORMS: dict[type, Callable[[object], object]] = {
    Briefing: _briefing_form,
    Interpretation: _interpretation_form,
    Channel: lambda value: {"language": value} if isinstance(value, str) else value,
    Online: _online_form,
    Audience: _audience_form,
}
_WRITTEN: dict[type, Callable[[Any, dict[str, Any]], Any]] = {
    Briefing: _briefing_written,
    Interpretation: _interpretation_written,
    Channel: lambda _, data: data if "url" in data else data["language"],
    Online: _online_written,
    Audience: lambda _, data: data["group"] if data.keys() == {"group"} else data,
}
