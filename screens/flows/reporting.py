"""Writing a report from a list: which one, in which format, and where it is."""

import asyncio
from typing import TYPE_CHECKING

from orderterm.reports.names import Format, ReportName
from orderterm.sentences import say
from orderterm.terms import Role
from screens.flows.paper import from_home
from screens.station import Station

if TYPE_CHECKING:
    from pathlib import Path

    from screens.desk import Desk

_last_used = [*Format]
"""The formats, the one that this terminal used last first."""


async def make_report(desk: "Desk") -> None:
    """Ask for a report and its format, write it and say where it is: of today, the weekly review
    of the last whole week."""
    name = await desk.choose(say("which report?"), [(desk.station.text(n), n) for n in ReportName])
    kind = await desk.choose(say("as what?"), [(desk.station.text(k), k) for k in _last_used])
    _last_used.sort(key=lambda one: one is not kind)
    desk.answer(say("writing {report} …", report=name), "faint")
    # Neither of the threads for the database: a month of orders takes its time.
    file = await asyncio.to_thread(_written, desk.station, name, kind, desk.role)
    desk.answer(
        say("{report} is in {file}", report=name, file=from_home(file, desk.station)), "done"
    )


def _written(station: Station, name: ReportName, kind: Format, role: Role) -> "Path":
    # Here, because a terminal that writes no report need not load what makes one.
    from orderterm.reports import catalogue, making
    from orderterm.reports.registers.frame import Request

    now, settings = station.now(), station.settings
    period = catalogue.usual_period(name, settings, now)
    masked = making.sees_masked(station.badge) or role is Role.SUPERVISOR
    target = making.folder_of(station.home, settings) / making.file_name(name, period, kind)
    request = Request(settings, period, now, masked)
    making.make(name, request, kind, station.language, target)
    return target
