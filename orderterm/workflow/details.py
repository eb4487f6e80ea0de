"""What a person tells when they finish a stage, beside that it is finished."""

from datetime import datetime
from typing import Any

from msgspec import Struct

OTHER_REASON = "other"
"""What begins the overdue reason that a person gave in words of their own."""


class Details(Struct, frozen=True):
    """The facts of a stage; a stage is refused what belongs to another one.

    ``restock`` and ``scrap`` are pieces per SKU; ``amount`` is in minor units; ``partial`` is None
    where the setting decides.
    """

    note: str = ""
    partial: bool | None = None
    carrier: str = ""
    waybill: str = ""
    eta: datetime | None = None
    signed_at: datetime | None = None
    restock: dict[str, int] | None = None
    scrap: dict[str, int] | None = None
    amount: int | None = None
    reference: str = ""

    def note_payload(self) -> dict[str, Any]:
        """The note as the trail keeps it, if there is one."""
        return {"note": self.note} if self.note else {}
