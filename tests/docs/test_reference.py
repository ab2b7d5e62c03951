"""The reference names everything that there is, and nothing that is not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import briefingkit
from briefingkit import errors
from briefingkit.cli.app import briefingkit as commands
from briefingkit.source import json_schema, project_schema

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def _section(text: str, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


@pytest.mark.parametrize("name", commands.list_commands(click.Context(commands)))
def test_each_command_is_described_with_all_its_options_and_no_others(name: str) -> None:
    command = commands.get_command(click.Context(commands), name)
    assert command is not None
    within = command.commands.values() if isinstance(command, click.Group) else ()
    params = [each for one in (command, *within) for each in one.params]
    options = {option for each in params if isinstance(each, click.Option) for option in each.opts}
    table = "\n".join(re.findall(r"^\|.*\|$", _section(_text("command-line.md"), name), re.MULTILINE))
    described = {
        option
        for cell in re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
        for option in re.findall(r"`(--?[a-z-]+)", cell)
    }
    assert described == options


def test_every_exit_code_is_told() -> None:
    assert re.findall(r"^\| (\d+) \|", _text("command-line.md"), re.MULTILINE) == ["0", "1", "2", "3", "130"]


def _fields(schema: object) -> Iterator[str]:
    """Give the name of every field of every class of a JSON Schema."""
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            yield name
            yield from _fields(inner)
        for key, inner in schema.items():
            if key != "properties":
                yield from _fields(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _fields(inner)


@pytest.mark.parametrize(
    ("heading", "schema"), [("briefing.yaml", json_schema()), ("briefingkit.yaml", project_schema())]
)
def test_every_field_of_the_files_is_described(heading: str, schema: dict[str, Any]) -> None:
    section = _section(_text("file.md"), heading)
    words = {word for code in re.findall(r"`([^`\n]+)`", section) for word in re.findall(r"[a-z_]+", code)}
    names = {name for name in _fields(schema) if re.fullmatch("[a-z_]+", name)}
    assert names - words == set()


def test_every_word_of_a_vocabulary_is_described() -> None:
    section = _section(_text("file.md"), "briefing.yaml")
    assert {word for word in _words(json_schema()) if f"`{word}`" not in section} == set()


_BOOLEANS = {"true", "false"}  # as strings: a file may hold them like this


def _words(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (
            word
            for word in schema.get("enum", ())
            if isinstance(word, str) and word.isalpha() and word not in _BOOLEANS
        )
        for inner in schema.values():
            yield from _words(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _words(inner)


def test_every_public_name_is_described() -> None:
    text = _text("python.md")
    assert [name for name in briefingkit.__all__ if not re.search(rf"`{name}\b", text)] == []


def test_the_error_tree_is_the_one_of_the_module() -> None:
    assert errors.__doc__
    drawn = re.findall(r"^ *([│├└─ ]*)(\w+)", errors.__doc__.split("\n\n")[1], re.MULTILINE)
    shown = re.findall(r"^([│├└─ ]*)(\w+)", _text("errors.md").split("```")[1].lstrip(), re.MULTILINE)
    assert [(bars.strip(), name) for bars, name in shown] == [(bars.strip(), name) for bars, name in drawn]
