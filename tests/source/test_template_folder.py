from pathlib import Path

import pytest

from briefingkit.errors import RenderError
from briefingkit.source.template_folder import read_templates


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    (folder / "shared").mkdir(parents=True)
    (folder / "mail.txt.j2").write_text("Dear friends", encoding="utf-8")
    (folder / "shared" / "style.css").write_text("p {}", encoding="utf-8")
    return folder


def test_templates_are_read_by_name_and_all_else_in_the_folder_is_left(letters: Path) -> None:
    (letters / "notes.txt").write_text("not a template", encoding="utf-8")
    (letters / "old.j2").mkdir()
    (letters / ".#mail.txt.j2").symlink_to("me@host.1234")
    assert read_templates(letters, ".j2") == {"mail.txt.j2": "Dear friends"}


def test_a_link_is_followed_inside_of_the_folder_also_where_the_folder_is_one(letters: Path) -> None:
    (letters / "reminder.txt.j2").symlink_to("mail.txt.j2")
    (letters / "mail.css.j2").symlink_to(letters / "shared" / "style.css")
    linked = letters.parent / "linked"
    linked.symlink_to(letters)
    for folder in (letters, linked):
        assert read_templates(folder, ".j2") == {
            "mail.css.j2": "p {}",
            "mail.txt.j2": "Dear friends",
            "reminder.txt.j2": "Dear friends",
        }


def test_what_leaves_the_folder_or_leads_nowhere_is_refused_with_every_file_named(letters: Path) -> None:
    secret = letters.parent / "letters-of-others.txt"
    secret.write_text("a password", encoding="utf-8")
    (letters / "step").symlink_to(secret)
    for name, to in {
        "a": secret,
        "b": Path("..", secret.name),
        "c": Path("step"),
        "d": Path("nowhere"),
    }.items():
        (letters / f"{name}.txt.j2").symlink_to(to)
    (letters / "e.txt.j2").symlink_to("e.txt.j2")
    with pytest.raises(RenderError) as caught:
        read_templates(letters, ".j2")
    told = str(caught.value).split("; ")
    assert [line.partition(" is a link that ")[0] for line in told] == [
        str(letters / f"{name}.txt.j2") for name in "abcde"
    ]
    assert [line.partition(" is a link that ")[2].partition(":")[0] for line in told] == [
        *["leads out of its folder"] * 3,
        *["cannot be followed"] * 2,
    ]
    assert "password" not in str(caught.value)


def test_what_is_no_text_or_far_too_much_of_it_is_refused(letters: Path) -> None:
    (letters / "large.html.j2").write_bytes(b"x" * (1 << 20) + b"x")
    with pytest.raises(RenderError, match=r"large\.html\.j2 is too large for a template"):
        read_templates(letters, ".j2")
    (letters / "large.html.j2").write_bytes(b"caf\xe9")
    with pytest.raises(RenderError, match="cannot be read: one is not UTF-8"):
        read_templates(letters, ".j2")
    with pytest.raises(RenderError, match="cannot be read: No such file"):
        read_templates(letters / "nowhere", ".j2")
