"""The pytest plugin: fixtures that begin with `briefingkit_`. It loads nothing of the package until one is used."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefingkit.publish.journal import Journal
    from briefingkit.testing.google import GoogleDouble
    from briefingkit.testing.memory import MemoryServer

__all__ = ["briefingkit_google", "briefingkit_journal", "briefingkit_server"]

pytest.register_assert_rewrite("briefingkit.testing.contract", "briefingkit.testing.store")


@pytest.fixture
def briefingkit_google() -> "Iterator[GoogleDouble]":
    """Give a double of Google on loopback, with nothing in it."""
    from briefingkit.testing.google import GoogleDouble

    with GoogleDouble() as google:
        yield google


@pytest.fixture
def briefingkit_journal() -> "Iterator[Journal]":
    """Give an empty journal in memory."""
    from briefingkit.publish.journal import Journal
    from briefingkit.store import open_ledger

    with open_ledger("sqlite://") as ledger:
        yield Journal(ledger)


@pytest.fixture
def briefingkit_server() -> "MemoryServer":
    """Give an empty server in memory, to publish to with `briefingkit.testing.memory.Memory`."""
    from briefingkit.testing.memory import MemoryServer

    return MemoryServer()
