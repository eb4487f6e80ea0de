"""One file becomes drafts: the door of the reading side."""

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from orderterm.errors import FileRejected, PartnerMissing
from orderterm.intake.documents_json import json_sheets
from orderterm.intake.groups import Gathered, Group, by_number, gather
from orderterm.intake.orders import Orders
from orderterm.intake.plans import ColumnReading, Plan, make_plan
from orderterm.intake.profiles import Profile
from orderterm.intake.registers import Registers
from orderterm.intake.rows import RejectedRow
from orderterm.intake.sheets import Found, Sheet, find
from orderterm.intake.tables import table_sheets
from orderterm.intake.texts import UTF, decode, decode_as, read_bytes
from orderterm.intake.values import moment_by_format
from orderterm.intake.workbooks import OLD, ZIP, workbook_sheets
from orderterm.rules.drafts import Draft, OrderDraft, Problem
from orderterm.sentences import say
from orderterm.terms import FileKind

__all__ = ["ColumnReading", "Document", "RejectedRow", "identify", "read"]


class Document(Struct):
    """What a file says.

    ``exported_at``: from the file's name or a column, None where neither tells; ``encoding`` and
    ``delimiter`` are empty for a workbook; ``header_row`` is 1-based; ``rejected``: rows that
    could not become a draft.
    """

    kind: FileKind
    profile: Profile
    exported_at: datetime | None
    encoding: str
    delimiter: str
    header_row: int
    header: list[str]
    columns: list[ColumnReading]
    drafts: list[Draft]
    rejected: list[RejectedRow]


def read(
    path: Path,
    profiles: Sequence[Profile],
    *,
    zone: ZoneInfo,
    fallback_encoding: str,
    kind: FileKind | None = None,
    profile_name: str = "",
    partner: Path | None = None,
) -> Document:
    """The drafts of the file at ``path``.

    Args:
        profiles: those that may fit, the preferred first; see ``load_profiles``.
        zone: of times without an offset, where the profile does not name one.
        fallback_encoding: of a text that is neither UTF nor GB18030.
        kind: only a profile of this kind will do.
        profile_name: only this profile will do.
        partner: the second file of a platform that exports orders and their lines apart; which
            of the two is ``path`` does not matter.

    Raises:
        FileRejected: the file can't be taken; the sentence says why and what to do.
    """
    with _collector_paused():
        found = _find(path, profiles, fallback_encoding, kind, profile_name)
        _check_profile(found.profile, path)
        if found.profile.kind is not FileKind.ORDERS:
            return _read_register(path, found, zone)
        if not found.profile.partner:
            return _read_orders(path, found, zone)
        other = _find_partner(path, found.profile, profiles, fallback_encoding, partner)
        if found.profile.lines_only:
            return _read_pair(other[0], other[1], path, found, zone)
        return _read_pair(path, found, other[0], other[1], zone)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Drafts hold no cycles; looking for some among a million new objects costs a fifth more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def identify(
    path: Path,
    profiles: Sequence[Profile],
    *,
    fallback_encoding: str,
    kind: FileKind | None = None,
    profile_name: str = "",
) -> Profile:
    """The profile that fits the file; also one whose files are refused. Arguments as ``read``.

    Raises:
        FileRejected: the file can't be read, or no profile fits.
    """
    return _find(path, profiles, fallback_encoding, kind, profile_name).profile


def _find(
    path: Path, profiles: Sequence[Profile], fallback: str, kind: FileKind | None, name: str
) -> Found:
    data = read_bytes(path)
    found = find(_sheets(data, path, fallback), profiles, path.name, kind, name)
    if found.profile.encoding and found.sheet.encoding not in ("", *UTF):
        # The platform's files are of a known encoding; GB18030 was no more than a guess.
        text = decode_as(data, found.profile.encoding, path.name)
        sheets = table_sheets(text, path.name)
        found = find(sheets, profiles, path.name, kind, name)
    return found


def _sheets(data: bytes, path: Path, fallback: str) -> list[Sheet]:
    if data.startswith((ZIP, OLD)):
        return workbook_sheets(data, path.name)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        raise FileRejected(
            "{file} is no Excel workbook, whatever its name says; export it again", file=path.name
        )
    text = decode(data, fallback, path.name)
    if path.suffix.lower() == ".json" or text.text.lstrip()[:1] in ("{", "["):
        return json_sheets(text, path.name)
    return table_sheets(text, path.name)


def _check_profile(profile: Profile, path: Path) -> None:
    if profile.refuse:
        raise FileRejected(
            "{file} can't be taken as {title}: {reason}",
            file=path.name,
            title=profile.title,
            reason=profile.refuse,
        )


def _find_partner(
    path: Path,
    profile: Profile,
    profiles: Sequence[Profile],
    fallback: str,
    partner: Path | None,
) -> tuple[Path, Found]:
    if partner is None:
        wanted = next((p.title for p in profiles if p.name == profile.partner), None)
        raise PartnerMissing(
            "{file} ({title}) tells only half of its orders; put the other half, {partner}, "
            "beside it",
            file=path.name,
            title=profile.title,
            partner=wanted or profile.partner,
        )
    return partner, _find(partner, profiles, fallback, None, profile.partner)


def _read_register(path: Path, found: Found, zone: ZoneInfo) -> Document:
    plan = make_plan(found.profile, found.header)
    rows = found.sheet.rows(found.profile, found.header_row)
    drafts, rejected = Registers(path.name, plan, zone).read(rows)
    return _document(path, found, plan, drafts, rejected, _exported_at(path, found.profile, zone))


def _read_orders(path: Path, found: Found, zone: ZoneInfo) -> Document:
    plan, gathered = _gathered(found)
    orders = Orders(path.name, plan, zone, path.name, plan)
    drafts = orders.drafts(gathered.groups.values())
    exported_at = _exported_at(path, found.profile, zone) or orders.exported_at
    return _document(path, found, plan, drafts, gathered.rejected, exported_at)


def _read_pair(
    path: Path, found: Found, lines_path: Path, lines_found: Found, zone: ZoneInfo
) -> Document:
    plan, gathered = _gathered(found)
    line_plan, gathered_lines = _gathered(lines_found)
    groups = by_number(gathered.groups.values())
    strays = _deal_out(groups, gathered_lines, lines_path.name, path.name)
    orders = Orders(path.name, plan, zone, lines_path.name, line_plan)
    drafts = orders.drafts(gathered.groups.values())
    _note_without_lines(drafts, lines_path.name)
    rejected = gathered.rejected + gathered_lines.rejected + strays
    exported_at = _exported_at(path, found.profile, zone) or orders.exported_at
    return _document(path, found, plan, drafts, rejected, exported_at)


def _gathered(found: Found) -> tuple[Plan, Gathered]:
    plan = make_plan(found.profile, found.header)
    return plan, gather(plan, found.sheet.rows(found.profile, found.header_row))


def _deal_out(
    groups: dict[str, Group], lines: Gathered, lines_file: str, orders_file: str
) -> list[RejectedRow]:
    """Gives each order its lines; returns the lines whose order is not in the file."""
    strays = []
    for number, group in by_number(lines.groups.values()).items():
        if number in groups:
            groups[number].lines += group.lines
            continue
        for values, row in group.lines:
            reason = say(
                "{file}, row {row}: the order {number} is not in {orders_file}",
                file=lines_file,
                row=row,
                number=number,
                orders_file=orders_file,
            )
            strays.append(RejectedRow(row, reason, list(values)))
    return strays


def _note_without_lines(drafts: Sequence[OrderDraft], lines_file: str) -> None:
    for draft in drafts:
        if not draft.lines:
            reason = say(
                "{file} has no line of the order {number}",
                file=lines_file,
                number=draft.channel_order_number,
            )
            draft.problems.append(Problem("lines", reason))


def _exported_at(path: Path, profile: Profile, zone: ZoneInfo) -> datetime | None:
    """When the file was exported, by its name."""
    if profile.exported is None:
        return None
    match = re.search(profile.exported.file_name, path.name)
    if match is None:
        return None
    return moment_by_format(match[1] or "", profile.exported.format, profile.zone_or(zone))


def _document(
    path: Path,
    found: Found,
    plan: Plan,
    drafts: Sequence[Draft],
    rejected: list[RejectedRow],
    exported_at: datetime | None,
) -> Document:
    if not drafts and not rejected:
        raise FileRejected(
            "{file} has a header but no rows below it; export it again", file=path.name
        )
    return Document(
        kind=found.profile.kind,
        profile=found.profile,
        exported_at=exported_at,
        encoding=found.sheet.encoding,
        delimiter=found.sheet.delimiter,
        header_row=found.header_row,
        header=found.header,
        columns=plan.readings,
        drafts=list(drafts),
        rejected=rejected,
    )
