"""Mail into files: the contract, and what is particular to a Maildir and to a folder of .eml files."""

import errno
import mailbox
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from briefingkit.errors import IntegrationError, Transient
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.transport import Status, Transport
from briefingkit.testing.transport import TransportContract, message_for
from briefingkit_mail import EmlFolder, Maildir


class TestMaildir(TransportContract):
    @pytest.fixture
    def transport(self, tmp_path: Path) -> Transport:
        self.folder = tmp_path / "Maildir"
        return Maildir("Maildir", base=tmp_path)

    def arrived(self) -> Sequence[bytes]:
        return [path.read_bytes() for name in ("new", "cur") for path in (self.folder / name).glob("*")]

    def test_the_standard_library_reads_it(self, transport: Transport) -> None:
        self.send(transport, self.message(1), self.message(2))
        box = mailbox.Maildir(str(self.folder), create=False)
        assert sorted(str(mail["To"]) for mail in box) == ["person.1@city.example", "person.2@city.example"]

    def test_what_a_reader_has_moved_is_not_put_there_again(self, transport: Transport) -> None:
        message = self.message(1)
        self.send(transport, message)
        (self.folder / "new" / message.key).rename(self.folder / "cur" / f"{message.key}:2,S")
        assert transport.find(message) is not None
        (done,) = self.send(transport, message)
        assert done.status is Status.SENT
        assert self.ids() == [message.key]

    def test_lines_end_as_on_this_machine(self, transport: Transport) -> None:
        self.send(transport, self.message(1))
        assert b"\r" not in self.arrived()[0]

    def test_nothing_is_left_in_tmp(self, transport: Transport) -> None:
        transport.stage([self.message(1)]).abandon()
        self.send(transport, self.message(2))
        assert list((self.folder / "tmp").iterdir()) == []

    def test_nobody_else_on_the_machine_may_read_it(self, transport: Transport) -> None:
        self.send(transport, self.message(1))
        assert (self.folder / "new").stat().st_mode & 0o077 == 0


class TestEmlFolder(TransportContract):
    @pytest.fixture
    def transport(self, tmp_path: Path) -> Transport:
        self.folder = tmp_path / "out"
        return EmlFolder("out", base=tmp_path)

    def arrived(self) -> Sequence[bytes]:
        return [path.read_bytes() for path in self.folder.glob("*.eml")]

    def test_the_octets_are_those_of_the_message(self, transport: Transport) -> None:
        self.send(transport, self.message(1))
        assert self.arrived() == [self.message(1).content]

    def test_what_waits_is_hidden(self, transport: Transport) -> None:
        staged = transport.stage([self.message(1)])
        assert [path.name for path in self.folder.iterdir()] == [f".{self.message(1).key}.part"]
        staged.abandon()
        assert list(self.folder.iterdir()) == []


@pytest.mark.parametrize("kind", [Maildir, EmlFolder])
class TestEitherFolder:
    def test_a_key_cannot_lead_out_of_it(self, kind: type[Maildir], tmp_path: Path) -> None:
        message = Message("../../etc/passwd", "a@b.example", "c@d.example", b"\r\n\r\n")
        with pytest.raises(ValueError, match="letters"):
            kind("out", base=tmp_path).stage([message])

    def test_a_place_that_is_a_file_is_said(self, kind: type[Maildir], tmp_path: Path) -> None:
        (tmp_path / "out").write_text("a file", encoding="utf-8")
        with pytest.raises(IntegrationError, match=r"out.*(cannot|Not)"):
            kind("out", base=tmp_path).stage([message_for(1)])

    def test_a_full_disk_may_pass_and_leaves_nothing_half_written(
        self, kind: type[Maildir], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = 0

        def full(_descriptor: int) -> None:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        transport = kind("out", base=tmp_path)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(Transient, match="No space left"):
                transport.stage([message_for(number) for number in range(3)])
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        assert len(list(transport.stage([message_for(1)]).commit())) == 1

    def test_a_folder_that_vanishes_before_the_commit_loses_nothing_unsaid(
        self, kind: type[Maildir], tmp_path: Path
    ) -> None:
        staged = kind("out", base=tmp_path).stage([message_for(1)])
        (tmp_path / "out").rename(tmp_path / "moved")
        (done,) = staged.commit()
        assert done.status in {Status.DEFERRED, Status.UNKNOWN}
