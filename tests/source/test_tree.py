import os
from pathlib import Path

import pytest

from briefingkit.source import find, load_tree

FILES = (
    "briefing.yaml",
    "b.briefing.yaml",
    "2022/imrf/briefing.yaml",
    "2022/other.briefing.yaml",
    "2023/briefing.yaml",
    "2023/notes.yaml",
    "2023/briefing.yml",
    ".hidden/briefing.yaml",
    "2023/.b.briefing.yaml",
    "node_modules/x/briefing.yaml",
    ".venv/briefing.yaml",
    "env/lib/briefing.yaml",
    "env/pyvenv.cfg",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("briefing: a\nlanguages: [en]\n")
    return tmp_path


def found(root: Path, *patterns: str) -> list[str]:
    return [path.relative_to(root).as_posix() for path in find(root, patterns or (".",))]


def test_briefings_are_found_in_order_and_nothing_hidden_or_installed(root: Path) -> None:
    assert found(root) == [
        "2022/imrf/briefing.yaml",
        "2022/other.briefing.yaml",
        "2023/briefing.yaml",
        "b.briefing.yaml",
        "briefing.yaml",
    ]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("2022",), ["2022/imrf/briefing.yaml", "2022/other.briefing.yaml"]),
        (("./2022/",), ["2022/imrf/briefing.yaml", "2022/other.briefing.yaml"]),
        (("20*/briefing.yaml",), ["2023/briefing.yaml"]),
        (("202?/*",), ["2022/imrf/briefing.yaml", "2022/other.briefing.yaml", "2023/briefing.yaml"]),
        (("**/other.*",), ["2022/other.briefing.yaml"]),
        (("202",), []),
        (("2023", "b.briefing.yaml"), ["2023/briefing.yaml", "b.briefing.yaml"]),
    ],
)
def test_patterns_name_folders_and_files(root: Path, patterns: tuple[str, ...], expected: list[str]) -> None:
    assert found(root, *patterns) == expected


@pytest.mark.skipif(os.name == "nt", reason="links need rights")
def test_a_loop_of_links_ends(root: Path) -> None:
    (root / "2022" / "loop").symlink_to(root, target_is_directory=True)
    (root / "2022" / "nowhere").symlink_to(root / "absent")
    assert sum(name.endswith("imrf/briefing.yaml") for name in found(root)) <= 2


@pytest.mark.skipif(os.name == "nt", reason="links and pipes need rights")
def test_what_is_no_file_is_left_out_but_for_what_somebody_has_to_hear_of(root: Path) -> None:
    os.mkfifo(root / "2023" / "pipe.briefing.yaml")
    (root / "2023" / "broken.briefing.yaml").symlink_to(root / "absent")
    (root / "2023" / "folder.briefing.yaml").mkdir()
    (root / "2023" / "folder.briefing.yaml" / "briefing.yaml").touch()
    assert found(root, "2023") == [
        "2023/briefing.yaml",
        "2023/broken.briefing.yaml",
        "2023/folder.briefing.yaml/briefing.yaml",
    ]


def test_a_tree_is_read_in_order_and_one_bad_file_stops_no_other(root: Path) -> None:
    (root / "2023" / "briefing.yaml").write_text("briefing: [")
    loaded = list(load_tree(find(root, ["2022", "2023"]), namespace="n.example"))
    assert [one.briefing is not None for one in loaded] == [True, True, False]
    assert loaded[0].require().namespace == "n.example"
