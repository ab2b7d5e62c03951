"""A project whose briefing is complete in all shipped languages, and somebody of each language to write to."""

from pathlib import Path
from typing import Any

import yaml

from briefingkit.project import Project, open_project

from ...clock import Clock

SEVEN = Path(__file__).with_name("seven_languages.yaml")
BRIEFING: Any = yaml.load(SEVEN.read_text("utf-8"), yaml.BaseLoader)
TITLES, HOSTS = BRIEFING["title"], BRIEFING["organizers"][0]["name"]
PROJECT = """\
format: 1
namespace: ghent.example
mail:
  sender: {address: events@ghent.example, unsubscribe: leave@ghent.example}
  pages: https://register.ghent.example
  transport: {use: smtp, hello: client.example, """
# Names as people write them: with a comma, in another script, of one letter, and longer than a header's line.
PEOPLE = {
    "en": "O’Neil, Ann",
    "fr": "Zoë Lefèvre",
    "es": "José Núñez",
    "ar": "ليلى حدّاد",
    "ru": "Анна Константиновна Соколова-Преображенская фон дер Вейде",
    "zh": "王小明",
    "pt": "João Conceição",
}


def town(folder: Path, clock: Clock, transport: str) -> Project:
    """Write the project's files: the briefing, whom to write to, and how mail goes (the rest of a mapping in YAML)."""
    (folder / "briefingkit.yaml").write_text(f"{PROJECT}{transport}}}\n", "utf-8")
    (folder / "briefing.yaml").write_text(SEVEN.read_text("utf-8"), "utf-8")
    rows = [f'{tag}@city.example,"{name}",{tag},Asia/Kolkata' for tag, name in PEOPLE.items()]
    (folder / "contacts.csv").write_text("\n".join(("email,name,language,timezone", *rows)), "utf-8")
    return open_project(folder, clock=clock)
