"""The runner notices a document that is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

RunDocument = Callable[[Path, Path], int]
FENCE = "```"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_document: RunDocument) -> Callable[[str], int]:
    monkeypatch.chdir(tmp_path)

    def run(text: str) -> int:
        path = tmp_path / "document.md"
        path.write_text(text.replace("~~~", FENCE), encoding="utf-8")
        return run_document(path, tmp_path)

    return run


def test_python_blocks_share_a_namespace_and_run_in_order(run: Callable[[str], int]) -> None:
    assert run("~~~python\nx = 1\n~~~\n\nWords.\n\n~~~python\nassert x == 1\n~~~\n") == 2


def test_python_that_is_wrong_fails_with_the_line_of_the_document(run: Callable[[str], int]) -> None:
    with pytest.raises(AssertionError) as caught:
        run("Words.\n\n~~~python\nx = 1\nassert x == 2\n~~~\n")
    assert caught.traceback[-1].lineno + 1 == 5


def test_a_console_block_that_prints_what_it_says_passes(run: Callable[[str], int]) -> None:
    assert run("~~~console\n$ echo one; echo two\none\ntwo\n$ printf ''\n~~~\n") == 1


@pytest.mark.parametrize(
    "block",
    [
        "$ echo one\ntwo\n",
        "$ echo one\n",
        "$ printf ''\none\n",
        "$ echo one; echo two\none\n",
        "$ echo two\n...one\n",
    ],
)
def test_a_console_block_that_prints_another_thing_fails(run: Callable[[str], int], block: str) -> None:
    with pytest.raises(AssertionError, match="expected:"):
        run(f"~~~console\n{block}~~~\n")


@pytest.mark.parametrize(
    ("expected", "command"),
    [
        ("...\nlast", "printf 'last'"),
        ("...\nlast", "printf 'first\\nsecond\\nlast\\n'"),
        ("first\n...", "printf 'first\\n'"),
        ("a ... c", "echo a b c"),
        ("...", "printf ''"),
    ],
)
def test_dots_stand_for_words_and_for_lines(run: Callable[[str], int], expected: str, command: str) -> None:
    assert run(f"~~~console\n$ {command}\n{expected}\n~~~\n") == 1


def test_a_command_that_fails_is_looked_at_or_the_document_is_wrong(run: Callable[[str], int]) -> None:
    with pytest.raises(AssertionError, match="left with 4"):
        run("~~~console\n$ exit 4\n~~~\n")
    assert run("~~~console\n$ exit 4\n$ echo $?\n4\n~~~\n") == 1
    with pytest.raises(AssertionError, match="expected:"):
        run("~~~console\n$ exit 4\n$ echo $?\n5\n~~~\n")


def test_a_marked_block_is_saved_and_a_diff_edits_it(run: Callable[[str], int], tmp_path: Path) -> None:
    document = (
        "<!-- file: a/b.txt -->\n~~~text\none\ntwo\n~~~\n\n"
        "<!-- edit: a/b.txt -->\n~~~diff\n one\n-two\n+three\n~~~\n"
    )
    assert run(document) == 2
    assert (tmp_path / "a" / "b.txt").read_text(encoding="utf-8") == "one\nthree\n"


def test_an_edit_of_lines_that_are_not_there_fails(run: Callable[[str], int]) -> None:
    with pytest.raises(AssertionError, match="these lines stand 0 times"):
        run("<!-- file: a.txt -->\n~~~text\none\n~~~\n\n<!-- edit: a.txt -->\n~~~diff\n-two\n+three\n~~~\n")


def test_a_part_of_a_briefing_is_read(run: Callable[[str], int]) -> None:
    assert run("<!-- part: briefing -->\n~~~yaml\ntrack: Room A\nduration: 1h\n~~~\n") == 1
    assert run("<!-- part: project -->\n~~~yaml\ntargets: {site: {use: files, folder: site}}\n~~~\n") == 1


@pytest.mark.parametrize("kind", ["briefing", "project"])
def test_a_part_that_could_not_stand_in_the_file_fails(run: Callable[[str], int], kind: str) -> None:
    with pytest.raises(AssertionError, match="E10"):
        run(f"<!-- part: {kind} -->\n~~~yaml\nnonsense: 1\n~~~\n")


@pytest.mark.parametrize("language", ["yaml", "diff"])
def test_a_block_that_nobody_would_run_is_refused(run: Callable[[str], int], language: str) -> None:
    with pytest.raises(AssertionError, match="read by nobody"):
        run(f"~~~{language}\na: 1\n~~~\n")


def test_an_excerpt_stands_in_the_file_that_it_is_from(run: Callable[[str], int]) -> None:
    file = "<!-- file: a.py -->\n~~~text\ndef f():\n    x = 1\n    return x\n~~~\n\n"
    assert run(f"{file}<!-- excerpt: a.py -->\n~~~python\nx = 1\nreturn x\n~~~\n") == 2
    with pytest.raises(AssertionError, match="return y"):
        run(f"{file}<!-- excerpt: a.py -->\n~~~python\nreturn y\n~~~\n")


def test_an_example_of_the_repository_is_brought_in(run: Callable[[str], int], tmp_path: Path) -> None:
    assert run("<!-- copy: examples/programme -->\n\n~~~console\n$ briefingkit check\n...\n~~~\n") == 2
    assert (tmp_path / "briefingkit.yaml").exists()


GOOGLE = """<!-- google: key key.json -->
<!-- google: calendar c@group.calendar.google.com -->

<!-- file: briefingkit.yaml -->
~~~yaml
format: 1
namespace: city.example
targets:
  city:
    use: google.calendar
    calendar: c@group.calendar.google.com
    auth: {service_account: key.json}
~~~

~~~console
$ briefingkit auth google --check
city: {works}
...
{code}~~~
"""


def test_what_is_done_at_google_is_done_at_a_double(run: Callable[[str], int], tmp_path: Path) -> None:
    shared = GOOGLE.replace(
        "google.com -->", "google.com -->\n<!-- google: share c@group.calendar.google.com -->", 1
    )
    assert run(shared.replace("{works}", "works").replace("{code}", "")) == 5
    assert "base_url: http://127.0.0.1:" in (tmp_path / "briefingkit.yaml").read_text(encoding="utf-8")


def test_what_was_not_done_at_google_is_missed(run: Callable[[str], int]) -> None:
    assert run(GOOGLE.replace("{works}", "does not work").replace("{code}", "$ echo $?\n1\n")) == 4
    with pytest.raises(AssertionError, match="left with 1"):
        run(GOOGLE.replace("{works}", "works").replace("{code}", ""))


WORKFLOW = """<!-- file: flow.yml -->
~~~yaml
jobs:
  one:
    env: {{WORD: said}}
    steps:
      - uses: somebody/something@v1
      - name: Say it
        run: |
          echo "$WORD" > said.txt
          {command}
          echo on >> said.txt
~~~

<!-- job: flow.yml one -->
"""


def test_a_job_runs_its_commands_in_a_shell(run: Callable[[str], int], tmp_path: Path) -> None:
    assert run(WORKFLOW.format(command="true")) == 2
    assert (tmp_path / "said.txt").read_text(encoding="utf-8") == "said\non\n"


def test_a_job_of_which_a_command_fails_fails(run: Callable[[str], int], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="Say it left with 1"):
        run(WORKFLOW.format(command="false"))
    assert (tmp_path / "said.txt").read_text(encoding="utf-8") == "said\n"
