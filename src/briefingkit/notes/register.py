"""The people of a note, each once, with what is sure of them and what is not."""

import re

from attrs import define, field

from briefingkit.notes.document import fold
from briefingkit.notes.keys import slug, unique
from briefingkit.notes.people import PersonReading
from briefingkit.notes.value import Confidence, Found, Part, Value

__all__ = ["Register"]


@define
class Register:
    """The people of a note, each once, as the file has them."""

    people: dict[str, dict[str, Value]] = field(factory=dict)
    found: list[Found] = field(factory=list)
    names: dict[str, str] = field(factory=dict)

    def knows(self, name: str) -> bool:
        """Whether someone of this name is in the register."""
        return " ".join(fold(name).split()) in self.names

    def enter(self, reading: PersonReading) -> str:
        """Enter a person, or add to one who is there already; give their key."""
        plain = " ".join(fold(reading.name).split())
        key = self.names.get(plain)
        if key is None:
            key = unique(_person_key(reading.name, len(self.people) + 1), self.people)
            self.names[plain] = key
            self.people[key] = {"name": reading.name}
            self._say(key, "name", reading.name, reading)
        person = self.people[key]
        for name, words in (("position", reading.position), ("organization", reading.organization)):
            if words and name not in person:
                person[name] = words
                self._say(key, name, words, reading)
        return key

    def _say(self, key: str, name: str, words: str, reading: PersonReading) -> None:
        doubtful = name == "name" and reading.confidence is not Confidence.HIGH
        path = f"people.{key}" if doubtful else f"people.{key}.{name}"
        note, others = (reading.note, reading.alternatives) if doubtful else ("", ())
        self.found.append(
            Found(path, words, "person", reading.spans, reading.confidence, doubtful, note, others)
        )

    def part(self) -> Part:
        """Give the people, with the reminder that a person confirms them."""
        if not self.people:
            return Part()
        names = [person["name"] for person in self.people.values()]
        spans = tuple(span for found in self.found for span in found.spans[:1])
        why = "a person confirms the people of every draft: their names, positions and organisations"
        whole = Found.doubt("people", names, "people", spans[:1], why, confidence=Confidence.HIGH)
        return Part(self.people, (whole, *self.found))


def _person_key(name: str, number: int) -> str:
    words = re.sub(r"\(.*?\)", "", name.split(",", maxsplit=1)[0]).split()
    return slug(words[-1] if words else name, f"person-{number}")
