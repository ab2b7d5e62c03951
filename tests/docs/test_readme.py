"""The first page names what there is: all extras, and no other."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_extra_stands_in_the_readme_and_no_other() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    install = text[text.index("## Install") :].split("\n## ")[0]
    listed = re.findall(r"briefingkit\[([a-z0-9]+)\]", install)
    services = re.findall(r"`([a-z]+)`", install)
    assert sorted([*listed, *services]) == sorted(declared["project"]["optional-dependencies"])
