"""A tracking service's answer, read the way its files are read."""

from typing import cast
from zoneinfo import ZoneInfo

from orderterm.intake.documents_json import json_sheets
from orderterm.intake.plans import make_plan
from orderterm.intake.profiles import Profile
from orderterm.intake.registers import Registers
from orderterm.intake.rows import RejectedRow
from orderterm.intake.sheets import find
from orderterm.intake.texts import decode_as
from orderterm.rules.drafts import TrackingDraft


def read_steps(
    reply: bytes, profile: Profile, zone: ZoneInfo
) -> tuple[list[TrackingDraft], list[RejectedRow]]:
    """The steps that a reply in JSON tells, and those of them that can't be used.

    Args:
        reply: as it came.
        profile: of the service; its name stands for the file's in what is said.
        zone: of times without an offset, where the profile names none.

    Raises:
        FileRejected: it is nothing that this service says.
    """
    sheets = json_sheets(decode_as(reply, "utf-8", profile.name), profile.name)
    found = find(sheets, [profile], profile.name)
    rows = found.sheet.rows(profile, found.header_row)
    drafts, rejected = Registers(profile.name, make_plan(profile, found.header), zone).read(rows)
    return cast(list[TrackingDraft], drafts), rejected
