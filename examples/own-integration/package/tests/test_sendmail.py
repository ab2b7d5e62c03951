"""The machine's own sendmail keeps the promises that every transport makes."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from council.sendmail import Sendmail

from briefingkit.mailing.outgoing.transport import Status, Transport
from briefingkit.testing.transport import TransportContract, message_for

_KEEPS = "import os, sys; open(str(os.getpid()), 'xb').write(sys.stdin.buffer.read())"
_LEAVES = "import sys; sys.exit({})"


class TestSendmail(TransportContract):
    """The contract suite, with a command that keeps what it is given."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    @pytest.fixture
    def transport(self) -> Transport:
        """Give a command that writes each mail to a file."""
        return Sendmail((sys.executable, "-c", _KEEPS), base=self.folder)

    def arrived(self) -> Sequence[bytes]:
        """Read the files."""
        return [path.read_bytes() for path in self.folder.iterdir()]

    @pytest.mark.parametrize(
        ("code", "status"), [(0, Status.SENT), (75, Status.DEFERRED), (67, Status.FAILED)]
    )
    def test_the_exit_code_says_what_became_of_it(self, code: int, status: Status) -> None:
        """75 is EX_TEMPFAIL, 67 EX_NOUSER."""
        transport = Sendmail((sys.executable, "-c", _LEAVES.format(code)))
        (done,) = self.send(transport, message_for(1))
        assert done.status is status

    def test_an_address_is_never_an_option(self) -> None:
        """Whoever registers chooses the address."""
        transport = Sendmail((sys.executable, "-c", _KEEPS), base=self.folder)
        (done,) = self.send(transport, message_for(1, to="-Xlog@example.org"))
        assert (done.status, self.arrived()) == (Status.FAILED, [])
