import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from briefingkit import registry
from briefingkit.errors import IntegrationError, MissingExtra, UnknownIntegration

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution of integrations: entry points, modules and extras."""

    def install_one(
        name: str,
        points: dict[str, str],
        modules: dict[str, str],
        extras: tuple[str, ...] = (),
        requires: tuple[str, ...] = (),
    ) -> None:
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        provided = "".join(f"Provides-Extra: {extra}\n" for extra in extras)
        provided += "".join(f"Requires-Dist: {line}\n" for line in requires)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{provided}")
        lines = "".join(f"{point} = {value}\n" for point, value in points.items())
        (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{lines}")
        for module, text in modules.items():
            (tmp_path / f"{module}.py").write_text(text)

    monkeypatch.syspath_prepend(tmp_path)
    return install_one


def test_the_embedded_integrations_are_listed() -> None:
    assert "files" in registry.available()


def test_a_third_party_integration_is_found_and_loaded(install: Install) -> None:
    install("intranet-kit", {"intranet": "intranet_one:Intranet"}, {"intranet_one": "class Intranet: pass\n"})
    assert "intranet" in registry.available()
    assert registry.get("intranet").__name__ == "Intranet"


def test_listing_loads_nothing(install: Install) -> None:
    install("loud-kit", {"loud": "loud_one:Loud"}, {"loud_one": "raise RuntimeError('loaded')\n"})
    assert "loud" in registry.available()
    assert "loud_one" not in sys.modules


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UnknownIntegration, match="called file; did you mean files"):
        registry.get("file")


def test_a_name_unlike_any_other_is_answered_with_those_that_are_there() -> None:
    with pytest.raises(UnknownIntegration, match=r"there are: .*files"):
        registry.get("zzz")


def test_a_missing_package_gives_the_command_that_installs_it(install: Install) -> None:
    install(
        "acme-kit", {"acme.wall": "acme_one:Wall"}, {"acme_one": "import acme_client.api\n"}, extras=("acme",)
    )
    with pytest.raises(MissingExtra, match=r'needs the package acme_client.*pip install "acme-kit\[acme\]"'):
        registry.get("acme.wall")


def test_a_distribution_without_such_an_extra_is_named_alone(install: Install) -> None:
    install(
        "plain-kit",
        {"plain": "plain_one:Plain"},
        {"plain_one": "import no_such_package\n"},
        extras=("other",),
    )
    with pytest.raises(MissingExtra, match='pip install "plain-kit"'):
        registry.get("plain")


@pytest.mark.parametrize(
    ("name", "value", "text", "words"),
    [
        ("gone", "gone_module:Gone", None, "which is not there"),
        ("renamed", "renamed_module:Gone", "class Other: pass\n", "cannot be loaded"),
        ("broken", "broken_module:Gone", "from os import no_such_name\n", "cannot be loaded"),
        ("thing", "thing_module:thing", "thing = 1\n", "which is no class"),
    ],
)
def test_a_broken_package_is_an_integration_error(
    install: Install, name: str, value: str, text: str | None, words: str
) -> None:
    install("broken-kit", {name: value}, {} if text is None else {value.partition(":")[0]: text})
    with pytest.raises(IntegrationError, match=words) as raised:
        registry.get(name)
    assert not isinstance(raised.value, MissingExtra)


def test_two_packages_that_offer_one_name_are_refused(install: Install) -> None:
    install("first-kit", {"twice": "first_one:A"}, {})
    install("second-kit", {"twice": "second_one:B"}, {})
    with pytest.raises(IntegrationError, match="offered by two packages"):
        registry.get("twice")


def test_the_registry_is_light() -> None:
    heavy = "{'sqlalchemy', 'babel', 'icalendar', 'briefingkit.publish', 'briefingkit_files'}"
    code = f"import sys, briefingkit.registry; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_signs_people_in_is_a_group_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "board_kit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: board-kit\nVersion: 1.0\nProvides-Extra: board\n"
    )
    (info / "entry_points.txt").write_text(f"[{registry.ACCOUNTS}]\nboard = board_account:Account\n")
    (tmp_path / "board_account.py").write_text("import not_installed_anywhere\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(registry.available(registry.ACCOUNTS)) >= {"board", "google"}
    assert "board" not in registry.available()
    with pytest.raises(MissingExtra, match=r'pip install "board-kit\[board\]"'):
        registry.get("board", registry.ACCOUNTS)
    with pytest.raises(
        UnknownIntegration, match="no service to sign in to is called bord; did you mean board"
    ):
        registry.get("bord", registry.ACCOUNTS)


def test_what_an_extra_would_bring_is_named_without_loading_anything(install: Install) -> None:
    install(
        "needy-kit",
        {"needy.one": "needy_one:One", "other": "needy_one:One"},
        {"needy_one": "class One: pass\n"},
        ("needy", "more"),
        (
            'there-is-none>=1; extra == "needy"',
            "attrs; extra == 'needy'",
            "neither-this[x]>=2 ; python_version > '3' and extra == 'needy'",
            'of-another; extra == "more"',
            "always>=1",
        ),
    )
    assert registry.missing("needy.one") == ["there-is-none", "neither-this"]
    assert registry.missing("other") == []
    assert registry.missing("files") == []
    assert registry.install_command("needy.one") == 'pip install "needy-kit[needy]"'
    assert "needy_one" not in sys.modules
