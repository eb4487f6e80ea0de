"""A file taken in, and what comes of it the second time, out of turn, or after a crash."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orderterm.errors import OrdertermError, Refusal
from orderterm.intake.importing import import_files
from orderterm.intake.results import FileResult
from orderterm.rules.drafts import StockDraft
from orderterm.store import connection
from orderterm.store.stock import levels
from orderterm.store.tables import (
    Customer,
    ImportFile,
    Order,
    OrderException,
    Product,
    Staff,
    TrackingUpdate,
    database,
)
from orderterm.terms import (
    Condition,
    ExceptionKind,
    FileKind,
    FileStatus,
    Priority,
    Role,
    Stage,
)
from orderterm.workflow import parcels, registers, stages, stocktaking
from orderterm.workflow.details import Details
from orderterm.workflow.workplace import Workplace
from tests.duties.homes import SAMPLES, Home, many, orders_csv, row

PROFILE = r"""
name = "ourshop"
title = { zh = "我们的店", en = "our shop" }
kind = "orders"
features = ["Order", "State", "Buyer"]
exported = { file_name = '_(\d{12})', format = "%Y%m%d%H%M" }

[columns]
channel_order_number = ["Order"]
ordered_at = ["Placed"]
updated_at = ["Changed"]
customer_name = ["Buyer"]
contact = ["Phone"]
address = ["Address"]
sku = ["Item"]
quantity = ["Count"]

[[status]]
columns = ["State"]
[status.words]
unpaid = "unpaid"
paid = "open"
sent = "shipped"
finished = "completed"
cancelled = "cancelled"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    (made.folder / "profiles").mkdir()
    (made.folder / "profiles/ourshop.toml").write_text(PROFILE, "utf-8")
    made.take_company()
    return made


def shop(number: str = "A-1", state: str = "paid", **cells: str) -> dict[str, str]:
    return {
        "Order": number,
        "State": state,
        "Buyer": "Ann Lee",
        "Phone": "13800138000",
        "Address": "3 Orchard Row, Leeds",
        "Item": "BW-500",
        "Count": "2",
        "Placed": "2026-11-21 08:00",
        "Changed": "",
    } | cells


def file_of(home: Home, *orders: dict[str, str], name: str = "shop.csv") -> Path:
    rows = [",".join(f'"{cell}"' for cell in order.values()) for order in orders]
    return home.write("\n".join([",".join(orders[0]), *rows]) + "\n", name)


def counts(result: FileResult) -> tuple[int, int, int, int]:
    return (
        result.orders_new,
        result.orders_known,
        result.orders_changed,
        result.not_overwritten,
    )


def changes(home: Home) -> list[dict[str, Any]]:
    return [
        msgspec.json.decode(one.detail)
        for one in home.exceptions()
        if one.kind is ExceptionKind.CHANGE_REQUEST
    ]


# -- orders -----------------------------------------------------------------------------------


def test_an_order_is_taken_with_all_it_says(home: Home) -> None:
    result = home.take_one(file_of(home, shop()))

    assert (result.status, result.profile, result.channel) == (FileStatus.DONE, "ourshop", "EC")
    order = home.orders()["A-1"]
    assert order.number == "20261122-EC-001"
    assert (order.customer_name, order.contact) == ("Ann Lee", "13800138000")
    assert home.lines(order) == [("BW-500", 2)]
    assert order.condition is Condition.PENDING_REVIEW


def test_the_same_order_in_two_files_is_one(home: Home) -> None:
    home.take_one(file_of(home, shop("A-1"), shop("A-2")))
    result = home.take_one(file_of(home, shop("A-2"), shop("A-3"), name="next.csv"))

    assert counts(result) == (1, 1, 0, 0)
    assert sorted(home.orders()) == ["A-1", "A-2", "A-3"]


def test_the_same_number_of_two_shops_or_channels_is_two_orders(home: Home) -> None:
    first = orders_csv(row("A-1", shop="North"), row("A-1", shop="South"))
    assert counts(home.take_one(home.write(first))) == (2, 0, 0, 0)
    again = home.write(orders_csv(row("A-1", shop="North")), folder="DL")
    assert counts(home.take_one(again)) == (1, 0, 0, 0)


def test_orders_without_a_number_are_known_by_what_they_say(home: Home) -> None:
    text = orders_csv(row("", contact="13800138001"), row("", contact="13800138002"))
    assert counts(home.take_one(home.write(text)))[:2] == (2, 0)
    assert counts(home.take_one(home.write(text, "again.csv")))[:2] == (0, 2)


def test_unpaid_shipped_and_closed_orders_are_counted_and_left(home: Home) -> None:
    states = ("paid", "unpaid", "sent", "finished", "cancelled", "cancelled")
    result = home.take_one(file_of(home, *(shop(f"A-{n}", s) for n, s in enumerate(states))))

    assert result.orders_new == 1
    assert result.skipped == {"unpaid": 1, "shipped": 1, "completed": 1, "cancelled": 2}
    assert list(home.orders()) == ["A-0"]


def test_an_unpaid_order_comes_in_once_it_is_paid(home: Home) -> None:
    home.take_one(file_of(home, shop(state="unpaid")))
    assert counts(home.take_one(file_of(home, shop()))) == (1, 0, 0, 0)


def test_a_row_without_an_order_is_rejected_and_the_rest_goes_in(home: Home) -> None:
    result = home.take_one(file_of(home, shop("A-1"), shop("")))

    assert (result.status, result.orders_new) == (FileStatus.DONE, 1)
    (rejected,) = result.rows_rejected
    assert rejected.row == 3
    assert "row 3 has no Order" in str(rejected.reason)
    assert result.cells_rejected[0] == list(shop("").values())


# -- what has changed -------------------------------------------------------------------------


def test_another_address_is_a_change_request_and_overwrites_nothing(home: Home) -> None:
    home.take_one(file_of(home, shop()))
    result = home.take_one(file_of(home, shop(Address="9 Redwood Dr"), name="b.csv"))

    assert counts(result) == (0, 0, 1, 0)
    assert home.orders()["A-1"].address == "3 Orchard Row, Leeds"
    (change,) = changes(home)
    assert change["fields"] == {"address": "9 Redwood Dr"}
    assert not change["cancelled"]


def test_other_lines_are_a_change_request(home: Home) -> None:
    home.take_one(file_of(home, shop()))
    result = home.take_one(file_of(home, shop(Count="5"), name="b.csv"))

    assert counts(result) == (0, 0, 1, 0)
    assert home.lines(home.orders()["A-1"]) == [("BW-500", 2)]
    assert [line["quantity"] for line in changes(home)[0]["lines"]] == [5]


def test_a_change_told_twice_is_asked_once(home: Home) -> None:
    home.take_one(file_of(home, shop()))
    changed = file_of(home, shop(Address="9 Redwood Dr"), name="b.csv")
    home.take_one(changed)
    assert counts(home.take_one(changed)) == (0, 1, 0, 0)
    assert len(changes(home)) == 1


def test_the_export_from_before_a_change_is_older(home: Home) -> None:
    before = file_of(home, shop())
    home.take_one(before)
    home.take_one(file_of(home, shop(Address="9 Redwood Dr"), name="b.csv"))

    result = home.take_one(before)
    assert counts(result) == (0, 1, 0, 1)
    assert len(changes(home)) == 1


def test_cancelled_by_the_channel_is_a_change_request(home: Home) -> None:
    home.take_one(file_of(home, shop()))
    result = home.take_one(file_of(home, shop(state="cancelled"), name="b.csv"))

    assert counts(result) == (0, 0, 1, 0)
    assert changes(home)[0]["cancelled"]
    assert home.orders()["A-1"].condition is not Condition.CANCELLED


# -- older exports ----------------------------------------------------------------------------


def assert_older(result: FileResult, orders: int) -> None:
    assert result.not_overwritten == orders
    assert result.orders_changed == 0
    assert f"{orders} orders were not overwritten" in str(result.reason)


def test_older_by_the_time_in_its_name(home: Home) -> None:
    home.take_one(file_of(home, shop("A-1"), shop("A-2"), name="shop_202611221000.csv"))
    old = [shop("A-1", Address="9 Redwood Dr"), shop("A-2", Count="7")]
    assert_older(home.take_one(file_of(home, *old, name="shop_202611220900.csv")), 2)
    assert not changes(home)


def test_newer_by_the_time_in_its_name(home: Home) -> None:
    home.take_one(file_of(home, shop(), name="shop_202611221000.csv"))
    new = file_of(home, shop(Address="9 Redwood Dr"), name="shop_202611221100.csv")
    assert counts(home.take_one(new)) == (0, 0, 1, 0)


def test_older_by_what_each_order_says_of_itself(home: Home) -> None:
    at = "2026-11-22 10:00"
    home.take_one(file_of(home, shop("A-1", Changed=at), shop("A-2", Changed=at)))
    later = [
        shop("A-1", Changed="2026-11-22 09:00", Address="9 Redwood Dr"),
        shop("A-2", Changed="2026-11-22 11:00", Address="9 Redwood Dr"),
    ]
    result = home.take_one(file_of(home, *later, name="b.csv"))
    assert counts(result) == (0, 1, 1, 1)
    assert [one.number for one in home.orders().values()][1] == "20261122-EC-002"
    assert len(changes(home)) == 1


def test_a_status_that_goes_back_shows_the_whole_file_to_be_older(home: Home) -> None:
    home.take_one(file_of(home, shop("A-1"), shop("A-2")))
    home.take_one(file_of(home, shop("A-1", "sent"), name="b.csv"))
    asked = len(changes(home))

    old = [shop("A-1"), shop("A-2", Address="9 Redwood Dr")]
    assert_older(home.take_one(file_of(home, *old, name="c.csv")), 2)
    assert len(changes(home)) == asked


def test_a_dated_file_is_not_older_because_one_status_went_back(home: Home) -> None:
    home.take_one(file_of(home, shop("A-1", "paid"), shop("A-2"), name="shop_202611220900.csv"))
    home.take_one(file_of(home, shop("A-1", "sent"), name="shop_202611221000.csv"))
    asked = len(changes(home))

    new = [shop("A-1", "paid"), shop("A-2", Address="9 Redwood Dr")]
    result = home.take_one(file_of(home, *new, name="shop_202611221100.csv"))
    assert (result.orders_changed, result.not_overwritten) == (1, 1)
    assert len(changes(home)) == asked + 1


# -- which channel, which profile ---------------------------------------------------------------


def bare(home: Home, content: str, name: str = "orders.csv") -> Path:
    path = home.folder / name
    path.write_text(content, "utf-8")
    return path


def test_the_channel_is_told_by_the_folder(home: Home) -> None:
    path = home.write(orders_csv(row("A-1")), folder="DL")
    assert home.take_one(path).channel == "DL"


def test_the_channel_is_told_by_the_platform(home: Home) -> None:
    sample = SAMPLES / "JD/samples/订单导出_20261122093000.csv"
    path = home.folder / sample.name
    path.write_bytes(sample.read_bytes())
    assert home.take_one(path).channel == "JD"


def test_the_channel_that_is_named_wins(home: Home) -> None:
    path = home.write(orders_csv(row("A-1")), folder="DL")
    assert home.take_one(path, channel="ST").channel == "ST"


def test_a_channel_that_nothing_tells_is_asked_for(home: Home) -> None:
    result = home.take_one(bare(home, orders_csv(row("A-1"))))
    assert result.status is FileStatus.REJECTED
    assert "--channel" in str(result.reason)
    assert home.orders() == {}


def test_a_channel_there_is_not_is_refused(home: Home) -> None:
    with pytest.raises(Refusal, match="there is no channel XX"):
        home.take(bare(home, orders_csv(row("A-1"))), channel="XX")


@pytest.mark.parametrize("told", ["folder", "platform", "option"])
def test_a_channels_own_zone_holds_however_the_channel_is_told(tmp_path: Path, told: str) -> None:
    zoned = 'profiles = ["ourshop"]\nzone = "America/New_York"'
    home = Home(tmp_path / "home", {'profiles = ["jd"]': zoned})
    (home.folder / "profiles").mkdir()
    (home.folder / "profiles/ourshop.toml").write_text(PROFILE, "utf-8")
    content = file_of(home, shop()).read_text("utf-8")
    path = home.write(content, folder="JD") if told == "folder" else bare(home, content)

    home.take_one(path, channel="JD" if told == "option" else "")
    placed = home.orders()["A-1"].ordered_at
    assert placed is not None
    assert placed.isoformat() == "2026-11-21T13:00:00+00:00"


def test_a_file_of_another_kind_than_named_is_rejected(home: Home) -> None:
    result = home.take_one(file_of(home, shop()), kind=FileKind.STOCK)
    assert result.status is FileStatus.REJECTED
    assert "stock" in str(result.reason)


def test_a_profile_can_be_named(home: Home) -> None:
    assert home.take_one(file_of(home, shop()), profile="ourshop").profile == "ourshop"
    wrong = home.take_one(file_of(home, shop()), profile="jd")
    assert wrong.status is FileStatus.REJECTED
    unknown = home.take_one(file_of(home, shop()), profile="nosuch")
    assert "nosuch" in str(unknown.reason)


def test_a_profile_that_cannot_be_used_names_its_file(home: Home) -> None:
    (home.folder / "profiles/broken.toml").write_text('name = "broken"\nkinds = 1\n', "utf-8")
    with pytest.raises(OrdertermError, match=r"broken\.toml"):
        home.take(file_of(home, shop()))


# -- who may ------------------------------------------------------------------------------------


def test_who_may_not_import_leaves_no_trace(home: Home) -> None:
    registers.add_staff(home.workplace, "admin", "T1", "何主管", [Role.SUPERVISOR])
    with pytest.raises(Refusal):
        home.take(file_of(home, shop()), badge="T1")
    with pytest.raises(Refusal, match="nobody has the badge"):
        home.take(file_of(home, shop()), badge="nobody")
    assert home.orders() == {}
    assert [file.name for file in files()] == ["产品目录.csv"]


def files() -> list[ImportFile]:
    with connection.reading():
        return list(ImportFile.select().order_by(ImportFile.id))


def test_every_file_is_remembered(home: Home) -> None:
    home.take_one(file_of(home, shop()))
    home.take_one(home.write(b"\x00\x01\x02", "noise.csv"))

    taken, rejected = files()[1:]
    assert (taken.name, taken.status, taken.profile, taken.channel) == (
        "shop.csv",
        FileStatus.DONE,
        "ourshop",
        "EC",
    )
    assert taken.finished_at is not None
    assert (rejected.status, rejected.name) == (FileStatus.REJECTED, "noise.csv")
    assert "not a text" in rejected.reason


def test_what_is_not_there_is_rejected_with_a_sentence(home: Home) -> None:
    for path in (home.folder / "missing.csv", home.folder):
        result = home.take_one(path, channel="EC")
        assert result.status is FileStatus.REJECTED
        assert path.name in str(result.reason)


def test_good_files_go_in_beside_bad_ones(home: Home) -> None:
    results = home.take(
        home.write("", "a.csv"), file_of(home, shop()), home.write("x,y\n", "c.csv")
    )
    assert [one.status.value for one in results] == ["rejected", "done", "rejected"]
    assert list(home.orders()) == ["A-1"]


# -- pairs --------------------------------------------------------------------------------------

PAIR = [
    SAMPLES / "TM/samples" / f"ExportOrder{half}List202611221000.csv" for half in ("", "Detail")
]


def pair_in(folder: Path, *names: str) -> list[Path]:
    folder.mkdir()
    paths = [folder / (name or path.name) for path, name in zip(PAIR, names, strict=True)]
    for path, source in zip(paths, PAIR, strict=True):
        path.write_bytes(source.read_bytes())
    return paths


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0,), (1,)])
def test_halves_find_each_other(home: Home, order: tuple[int, ...]) -> None:
    paths = pair_in(home.folder / "TM", "", "")
    results = home.take(*(paths[n] for n in order))

    assert results[0].orders_new == 8
    assert [one.status for one in results] == [FileStatus.DONE] * len(order)
    assert all("together with" in str(one.reason) for one in results[1:])


def test_halves_find_each_other_by_relative_paths(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair_in(home.folder / "TM", "", "")
    monkeypatch.chdir(home.folder)
    results = home.take(*(Path("TM") / path.name for path in PAIR))
    assert [one.orders_new for one in results] == [8, 0]
    assert [one.orders_known for one in results] == [0, 0]


def test_halves_with_other_names_find_each_other(home: Home) -> None:
    paths = pair_in(home.folder / "TM", "orders.csv", "items.csv")
    assert home.take(paths[0])[0].orders_new == 8


def test_halves_of_two_exports_are_no_pair(home: Home) -> None:
    other = PAIR[1].name.replace("202611221000", "202611231000")
    paths = pair_in(home.folder / "TM", "", other)
    assert home.take(paths[0])[0].status is FileStatus.REJECTED


def test_among_several_pairs_the_time_in_the_names_decides(home: Home) -> None:
    folder = home.folder / "TM"
    pair_in(folder, "", "")
    for source in PAIR:
        other = source.name.replace("1000", "1100")
        text = source.read_bytes().replace(b"4301261118", b"4301261119")
        (folder / other).write_bytes(text)
    results = home.take(*sorted(folder.iterdir()))
    assert sorted(one.orders_new for one in results) == [0, 0, 8, 8]


def test_half_of_a_pair_alone_is_rejected(home: Home) -> None:
    result = home.take_one(home.write(PAIR[0].read_bytes(), PAIR[0].name, "TM"))
    assert result.status is FileStatus.REJECTED
    assert "only half" in str(result.reason)


# -- other kinds --------------------------------------------------------------------------------


def test_products_are_kept_and_brought_up_to_date(home: Home) -> None:
    first = "sku,name,specification,location,safety_stock,lead_time_days\nX-1,Cup,300ml,A1,5,7\n"
    assert home.take_one(home.write(first)).rows_taken == 1
    assert home.take_one(home.write(first.replace("A1,5", "B2,9"))).rows_taken == 1
    with connection.reading():
        (product,) = Product.select().where(Product.sku == "X-1")
    assert (product.location, product.safety_stock) == ("B2", 9)


def test_a_stock_file_given_twice_is_counted_once(home: Home) -> None:
    text = "SKU编码,现存数量\nBW-500,10\nBW-750,4\n"
    assert home.take_one(home.write(text, "count.csv")).rows_taken == 2
    stocktaking.count(home.workplace, "admin", [StockDraft("BW-500", 7)])

    again = home.take_one(home.write(text, "the-same.csv"))
    assert again.status is FileStatus.DONE
    assert again.rows_taken == 0
    assert "counted before" in str(again.reason)
    with connection.reading():
        assert levels(["BW-500"])["BW-500"].on_hand == 7


def test_a_customers_level_decides_the_priority(home: Home) -> None:
    home.take_one(home.write("客户名称,联系方式,客户等级\n王小明,138 0013 8000,钻石级\n", "c.csv"))
    with connection.reading():
        assert Customer.select().count() == 1
    home.take_one(home.write(orders_csv(row("A-1"), row("A-2", customer_name="别人"))))
    orders = home.orders()
    assert (orders["A-1"].priority, orders["A-1"].customer_level) == (Priority.HIGH, "钻石级")
    assert orders["A-2"].priority is Priority.NORMAL


def shipped(home: Home) -> Order:
    """An order on its way by 顺丰 with the waybill SF1."""
    home.take_one(home.write(orders_csv(row("A-1"))))
    stocktaking.count(home.workplace, "admin", [StockDraft("BW-500", 100)])
    number = home.orders()["A-1"].number
    with connection.reading():
        assert Staff.get(Staff.badge == "admin").roles
    roles = [Role.REVIEWER, Role.INVENTORY, Role.PREPARATION, Role.SHIPPING]
    registers.add_staff(home.workplace, "admin", "W1", "李强", roles)
    for stage in (Stage.REVIEW, Stage.ALLOCATION, Stage.PREPARATION):
        stages.confirm(home.workplace, "W1", number, stage=stage)
    details = Details(carrier="顺丰", waybill="SF1", eta=home.now)
    stages.confirm(home.workplace, "W1", number, stage=Stage.SHIPPING, details=details)
    return home.orders()["A-1"]


TRACKING = "carrier,waybill,status,at,description\n"


def test_tracking_is_kept_and_an_unknown_waybill_comes_back(home: Home) -> None:
    shipped(home)
    steps = "顺丰,SF1,签收,2026-11-22 11:00,\n顺丰,SF9,签收,2026-11-22 11:30,门卫\n"
    result = home.take_one(home.write(TRACKING + steps, "tracking.csv", "company"))

    assert (result.status, result.rows_taken) == (FileStatus.DONE, 1)
    (refused,) = result.rows_rejected
    assert (refused.row, "SF9" in str(refused.reason)) == (3, True)
    with connection.reading():
        assert TrackingUpdate.select().count() == 1


def test_a_refused_row_can_be_mended_and_given_again(home: Home) -> None:
    shipped(home)
    steps = "顺丰,SF9,签收,2026-11-22 11:30,门卫\n"
    result = home.take_one(home.write(TRACKING + steps, "tracking.csv", "company"))
    (cells,) = result.cells_rejected
    mended = ",".join(cells).replace("SF9", "SF1")

    again = home.take_one(home.write(",".join(result.header) + f"\n{mended}\n", "mended.csv"))
    assert (again.rows_taken, again.rows_rejected) == (1, [])
    with connection.reading():
        (step,) = TrackingUpdate.select()
    assert (step.description, step.at.isoformat()) == ("门卫", "2026-11-22T03:30:00+00:00")


def test_many_steps_are_no_single_change_and_each_parcel_stays_whole(home: Home) -> None:
    number = shipped(home).number
    for waybill in ("SF2", "SF3"):
        parcels.add_parcel(home.workplace, "W1", number, waybill)
    each = home.workplace.settings.inbox.batch_orders * 2 // 5
    steps = [
        f"顺丰,{waybill},在途,2026-11-22 {10 + n // 60}:{n % 60:02},\n"
        for n in range(each - 1)
        for waybill in ("SF1", "SF2", "SF3")
    ]
    steps.insert(0, "顺丰,SF1,疑难,2026-11-22 09:00,\n")
    told = _statements(home, steps)

    assert sum('INTO "tracking_update"' in one for one in told) == 2
    with connection.reading():
        assert TrackingUpdate.select().count() == len(steps)
        assert not OrderException.select().exists()


def test_steps_that_are_known_keep_nobody_waiting(home: Home) -> None:
    shipped(home)
    step = "顺丰,SF1,在途,2026-11-22 10:00,\n"
    _statements(home, [step])
    told = _statements(home, [step, "顺丰,X1,签收,2026-11-22 11:00,\n"])

    asked = next(n for n, one in enumerate(told) if 'FROM "tracking_update"' in one)
    before = [one for one in told[:asked] if one.startswith(("BEGIN", "COMMIT"))]
    assert before[-1] == "COMMIT"
    assert not any('INTO "tracking_update"' in one for one in told)


def _statements(home: Home, steps: list[str]) -> list[str]:
    """What the database is told while a file of these steps is taken in."""
    told: list[str] = []
    file = home.write(TRACKING + "".join(steps), "tracking.csv", "company")
    with connection.reading():
        database.connection().set_trace_callback(told.append)
        home.take_one(file)
        database.connection().set_trace_callback(None)
    return told


def test_survey_replies_to_no_order_come_back(home: Home) -> None:
    number = shipped(home).number
    text = f"number,speed,accuracy,service,comment\n{number},5,4,5,好\n20990101-EC-001,5,5,5,\n"
    result = home.take_one(home.write(text, "survey.csv", "company"))
    assert result.rows_taken == 1
    (refused,) = result.rows_rejected
    assert (refused.row, "20990101-EC-001" in str(refused.reason)) == (3, True)
    assert result.cells_rejected == [["20990101-EC-001", "5", "5", "5", ""]]


# -- crashes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", range(6))
def test_what_a_crash_left_out_comes_in_later_and_nothing_twice(home: Home, readings: int) -> None:
    path = home.write(many(1700))
    left = iter(range(readings))

    def clock() -> datetime:
        # Each batch reads the clock inside its transaction; there the import breaks off.
        if next(left, None) is None:
            raise KeyboardInterrupt
        return home.now

    breaking = Workplace(home.settings, clock, "test")
    with pytest.raises(KeyboardInterrupt):
        import_files(breaking, "admin", home.folder, [path])
    before = len(home.orders())
    assert before in (0, 500, 1000, 1500, 1700)

    result = home.take_one(path)
    assert (result.orders_new, result.orders_known) == (1700 - before, before)
    numbers = {one.number for one in home.orders().values()}
    assert numbers == {f"20261122-EC-{n:03d}" for n in range(1, 1701)}
    assert home.flaws() == []
