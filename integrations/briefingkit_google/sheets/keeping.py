"""Keeping the rows: look, do the next thing, look again, until there is nothing left to do.

People work in the sheet meanwhile, and another run of ours may. Google has no way to write only if nothing has changed,
so each step is such that a wrong moment does no lasting harm: values go into our columns alone, wherever those are by
then, and the next look puts right what went into a wrong row; what would make something twice, or remove it twice, is
refused by Google the second time.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from briefingkit.errors import IntegrationError
from briefingkit.publish import Identity, Remote
from briefingkit.registrations.mirroring import Mirrored
from briefingkit.text.phrases import phrase
from briefingkit_google.client import Api, Session, session_of
from briefingkit_google.faults import Fault
from briefingkit_google.sheets.grid import FIELDS, Grid, first_sheet, read_grid, titles
from briefingkit_google.sheets.identity import address, identity_of
from briefingkit_google.sheets.reconcile import (
    Add,
    Build,
    Remove,
    Step,
    Write,
    next_step,
    portions,
    strangers,
)
from briefingkit_google.sheets.requests import (
    add_requests,
    build_requests,
    find_sheet,
    remove_requests,
    values_body,
)
from briefingkit_google.sheets.table import Table, table_of

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit.registrations.registration import Registration
    from briefingkit_google.sheets.settings import GoogleSheets

__all__ = ["keep"]

_LOOKS: Final = 12
"""Looks without progress before it is said that people are too busy there."""
_HISTORY: Final = (
    "Google keeps earlier versions of a spreadsheet (File > Version history), and no program can take them away: who "
    "may edit it still finds there what was removed. To be rid of them, delete the spreadsheet in Drive, for good, "
    "then plan and apply: a new one is made"
)
_STALE: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT}


def keep(
    settings: "GoogleSheets",
    briefing: "Briefing",
    programme: "Programme",
    held: Mapping[Identity, Remote],
    registrations: "Iterable[Registration]",
) -> Mirrored:
    """Bring the rows in step. Raises IntegrationError where there is no spreadsheet, or it cannot be reached."""
    remote = held.get(identity_of(briefing.identifier))
    if remote is None:
        raise IntegrationError(f"there is no spreadsheet for {briefing.identifier} yet: apply a plan first")
    table = table_of(settings, briefing, programme, iter(registrations))
    session = session_of(settings, Api("sheets", "v4", settings.scopes))
    title = phrase("Registrations", settings.language_of(briefing))
    return _Keeping(_Spreadsheet(session, remote.id), table, title).run()


@define
class _Spreadsheet:
    """Sends requests to one spreadsheet."""

    session: Session
    id: str
    taken: set[str] = field(factory=set)

    def look(self) -> tuple[Grid, bool]:
        """Read our sheet; where there is none, another that can become it. The second says whether it is that."""
        sheets = self.session.service.spreadsheets()
        asked = sheets.getByDataFilter(spreadsheetId=self.id, body=find_sheet(), fields=FIELDS)
        # Google does not say whether a filter that finds nothing is answered with nothing or refused.
        if (found := read_grid(self._ask(asked, nothing=HTTPStatus.BAD_REQUEST))) is not None:
            return found, False
        whole = self._ask(sheets.get(spreadsheetId=self.id, fields=FIELDS))
        if (found := read_grid(whole)) is not None:  # another run has just made it
            return found, False
        first = first_sheet(whole)
        if first is None or not first.is_empty:
            self.change([{"addSheet": {"properties": {"index": 0}}}])
            whole = self._ask(sheets.get(spreadsheetId=self.id, fields=FIELDS))
            first = first_sheet(whole)
        if first is None:
            raise IntegrationError(f"{address(self.id)} has no sheet")
        self.taken = titles(whole)
        return first, True

    def change(self, requests: list[dict[str, Any]]) -> Fault | None:
        """Make changes, all or none; the Fault where the sheet was not as it was read."""
        sheets = self.session.service.spreadsheets()
        return self._try(
            sheets.batchUpdate(spreadsheetId=self.id, body={"requests": requests}, fields="spreadsheetId")
        )

    def write(self, body: dict[str, Any]) -> Fault | None:
        """Write values; the Fault where the sheet was not as it was read."""
        values = self.session.service.spreadsheets().values()
        return self._try(
            values.batchUpdateByDataFilter(spreadsheetId=self.id, body=body, fields="totalUpdatedCells")
        )

    def _try(self, request: Any) -> Fault | None:
        answer = self.session.ask(request)
        if isinstance(answer, Fault):
            if answer.status not in _STALE:
                raise self._out_of_reach(answer)
            return answer
        return None

    def _ask(self, request: Any, *, nothing: HTTPStatus | None = None) -> Mapping[str, Any]:
        answer = self.session.ask(request)
        if isinstance(answer, Fault) and answer.status == nothing:
            return {}
        if isinstance(answer, Fault):
            raise self._out_of_reach(answer)
        found: Mapping[str, Any] = answer
        return found

    def _out_of_reach(self, fault: Fault) -> IntegrationError:
        if fault.gone:
            return IntegrationError(
                f"the spreadsheet {address(self.id)} is not there, or {self.session.account} may not see it: "
                "plan and apply, which finds it or makes another"
            )
        if fault.status == HTTPStatus.FORBIDDEN:
            return IntegrationError(
                f"{self.session.account} may not write to {address(self.id)}: {fault.words}"
            )
        return IntegrationError(f"{address(self.id)}: {fault.words}")


@define
class _Keeping:
    """One run: what it has done so far, by the keys of the rows."""

    sheet: _Spreadsheet
    table: Table
    title: str
    added: set[str] = field(factory=set)
    changed: set[str] = field(factory=set)
    removed: int = 0
    unsure: Step | None = None

    def run(self) -> Mirrored:
        """Go on until there is nothing left to do."""
        patience, fault = _LOOKS, None
        while patience:
            grid, fresh = self.sheet.look()
            step = next_step(grid, self.table, fresh=fresh)
            self._make_sure(step)
            if step is None:
                return self._mirrored(grid)
            before = len(self.added) + len(self.changed) + self.removed
            fault = self._take(step, grid) or fault
            patience -= len(self.added) + len(self.changed) + self.removed == before
        # Not Google's sentence: it may quote the cell of somebody.
        words = f" (Google: {fault.status} {fault.reason})" if fault is not None else ""
        raise IntegrationError(
            f"{address(self.sheet.id)} does not stay as it is written{words}: is somebody at work there? Run it again"
        )

    def _take(self, step: Step, grid: Grid) -> Fault | None:
        match step:
            case Build():
                return self.sheet.change(build_requests(grid, step, self._free_title()))
            case Remove():
                fault = self.sheet.change(remove_requests(grid, step))
                self._note(step, fault)
                return fault
            case Add():
                fault = self.sheet.change(add_requests(grid, step))
                self._note(step, fault)
                return fault
            case Write():
                return self._write(step)

    def _note(self, step: Add | Remove, fault: Fault | None) -> None:
        """Count what was done. Of what was refused the next look tells: it may have been done, and its answer lost."""
        if fault is not None:
            self.unsure = step
        elif isinstance(step, Add):
            self.added.update(step.keys)
        else:
            self.removed += len(step.rows)

    def _make_sure(self, now: Step | None) -> None:
        step, self.unsure = self.unsure, None
        if isinstance(step, Add | Remove) and type(now) is not type(step):
            self._note(step, None)

    def _free_title(self) -> str:
        """Give the title of the sheet, with a number where another has it."""
        title, number = self.title, 1
        while title.casefold() in self.sheet.taken:
            number += 1
            title = f"{self.title} {number}"
        return title

    def _write(self, write: Write) -> Fault | None:
        for portion in portions(write):
            fault = self.sheet.write(values_body(portion))
            if fault is not None:
                return fault
            self.changed.update(portion.changed.values())
        return None

    def _mirrored(self, grid: Grid) -> Mirrored:
        changed = len(self.changed - self.added)
        return Mirrored(
            where=address(self.sheet.id),
            added=len(self.added),
            changed=changed,
            removed=self.removed,
            untouched=len(self.table.rows) - len(self.added) - changed,
            strangers=strangers(grid, self.table),
            remains=_HISTORY if self.removed else None,
        )
