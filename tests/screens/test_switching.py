"""Going to the screen of another role and back: what was begun is still there."""

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import Role, Stage
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

ROLES = [Role.PREPARATION, Role.SHIPPING]


async def go_to(seat: Seat, role: Role) -> None:
    await seat.press("g", str(1 + ROLES.index(role)))
    assert seat.desk.role is role


async def test_what_was_begun_is_kept_until_signed_out(company: Company) -> None:
    registers.keep_products(company.workplace, "admin", [ProductDraft("FLASK", "Flask")])
    company.stock(A=100, FLASK=100)
    registers.add_staff(company.workplace, "admin", "both", "Both", ROLES)
    packed = company.ordered(Stage.PREPARATION, lines=[("FLASK", 2)])
    leaving = company.ordered(Stage.SHIPPING)
    async with seated(company, "both", role=Role.PREPARATION) as seat:
        await seat.scan("FLASK")
        await go_to(seat, Role.SHIPPING)
        await seat.press("w", "2", "d")
        await seat.type("3")
        await go_to(seat, Role.PREPARATION)
        await seat.scan("FLASK", packed)
        assert company.stages(packed) == [Stage.SHIPPING]
        await go_to(seat, Role.SHIPPING)
        await seat.scan(leaving, "WB-1")
        parcel = company.parcels(leaving)[0]
        assert (parcel.carrier, parcel.eta is None) == ("京东快递", False)
        await seat.scan("ship", "both")
        await go_to(seat, Role.SHIPPING)
        await seat.shows("no carrier chosen yet")
