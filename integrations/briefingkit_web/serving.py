"""Serving the pages by uvicorn: one process, no log of who came, and no patience without end."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from briefingkit.errors import IntegrationError
from briefingkit_web.application import app
from briefingkit_web.sending import sender_of

if TYPE_CHECKING:
    from briefingkit.project import Project

__all__ = ["WebServer"]

_PATIENCE = 15.0  # seconds for the head of a request to arrive
_CONNECTIONS = 1000
_BACKLOG = 512
_KEPT_OPEN = 10  # seconds that an idle connection is kept
_ENDING = 20  # seconds for what is under way when the server is told to end


class _Protocol(H11Protocol):
    """uvicorn's own, which waits for ever for the head of a request, with an end to its patience."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn types it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._waiting: asyncio.TimerHandle | None = self.loop.call_later(_PATIENCE, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Take data; a request that has begun has so long to say what it wants."""
        if self._waiting is None and self._is_idle():
            self._waiting = self.loop.call_later(_PATIENCE, self._give_up)
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if self._is_idle() and not self.transport.is_closing():
            self.transport.close()

    def _is_idle(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete


@frozen
class WebServer:
    """A server of a project's registration pages.

    `port` 0 is any that is free. `root_path` is where a proxy in front shows it, `trusted` the addresses of proxies
    whose X-Forwarded-For and -Proto are believed, separated by commas. `per_minute` is as for `app`. With `send`, mail
    of a project that sends any goes by itself as long as it is served.
    """

    project: "Project" = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    root_path: str = ""
    trusted: str = "127.0.0.1"
    per_minute: float = 60
    send: bool = False

    def run(self, ready: Callable[[str], object]) -> None:
        """Serve until the process is told to end. `ready` is called with the address, once it is listening.

        Raises IntegrationError where the port cannot be had, and what `app` raises.
        """
        with self._listen() as listening:
            server = self._server()
            ready(self._address(listening))
            with suppress(KeyboardInterrupt):  # uvicorn ends in order, and then raises it again
                server.run(sockets=[listening])

    @contextmanager
    def background(self) -> Iterator[str]:
        """Serve in a thread for the block, and give the address; raises as `run`."""
        with self._listen() as listening:
            server = self._server()
            thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            try:
                yield self._address(listening)
            finally:
                server.should_exit = True
                thread.join(_ENDING)

    def _server(self) -> Server:
        burst = max(1, round(self.per_minute))
        sender = sender_of(self.project) if self.send else None
        return Server(self._config(app(self.project, per_minute=self.per_minute, burst=burst, sender=sender)))

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family, backlog=_BACKLOG)
        except (OSError, OverflowError) as error:
            where = f"{self.host} port {self.port}"
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise IntegrationError(
                    f"{where} is in use by another program: end that one, or choose a port with --port"
                ) from error
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise IntegrationError(f"{where} cannot be listened at: {reason}") from error

    def _config(self, application: Any) -> Config:
        return Config(
            application,
            http=_Protocol,
            ws="none",
            root_path=self.root_path,
            access_log=False,  # it would hold addresses, and links that open a registration
            log_level="warning",
            proxy_headers=True,
            forwarded_allow_ips=self.trusted,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=_KEPT_OPEN,
            timeout_graceful_shutdown=_ENDING,
        )

    def _address(self, listening: socket.socket) -> str:
        port = listening.getsockname()[1]
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}/"
