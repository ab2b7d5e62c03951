"""What the settings of an integration may be made of: classes of its own, with short forms of their own."""

import pytest
from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.source.structured import structure_at
from briefingkit.source.yaml_tree import read_yaml


@frozen
class Schedule:
    """A class that an integration brings along."""

    days: tuple[str, ...]
    hour: int = 9

    @staticmethod
    def short_form(value: object) -> object:
        if value == "weekdays":
            return {"days": ["mon", "tue", "wed", "thu", "fri"]}
        if isinstance(value, str):
            raise ModelError("write weekdays, or {days: […]}")
        return value


@frozen
class Settings:
    schedule: Schedule
    others: tuple[Schedule, ...] = field(default=())
    found: dict[str, str] = field(factory=dict, init=False)


def _read(text: str) -> tuple[Settings | None, list[str]]:
    settings, findings = structure_at(read_yaml(text, "briefingkit.yaml"), (), Settings)
    return settings, [str(finding) for finding in findings]


def test_a_short_form_is_read_as_what_it_is_short_for() -> None:
    settings, findings = _read("schedule: weekdays\nothers: [weekdays, {days: [sat], hour: 10}]")
    assert findings == []
    assert settings is not None
    assert settings.schedule == Schedule(("mon", "tue", "wed", "thu", "fri"))
    assert settings.others == (settings.schedule, Schedule(("sat",), 10))


def test_the_long_form_is_checked_as_ever() -> None:
    settings, findings = _read("schedule: {dais: [mon]}")
    assert settings is None
    assert {line.split()[1] for line in findings} == {"E101", "E102"}
    assert any("Did you mean days?" in line for line in findings)


@pytest.mark.parametrize(
    ("text", "place"), [("schedule: weekends", "1:11"), ("schedule: weekdays\nothers: [weekends]", "2:10")]
)
def test_what_is_no_form_at_all_is_said_once_in_the_words_of_the_integration(text: str, place: str) -> None:
    settings, findings = _read(text)
    assert settings is None
    assert findings == [f"briefingkit.yaml:{place} E103 write weekdays, or {{days: […]}}"]


@pytest.mark.parametrize("name", ["found", "fount"])
def test_what_an_integration_notes_for_itself_is_no_setting(name: str) -> None:
    settings, findings = _read(f"schedule: weekdays\n{name}: {{}}")
    assert settings is None
    assert findings == [
        f"briefingkit.yaml:2:1 E101 {name} is no field here. The fields here are schedule, others"
    ]
