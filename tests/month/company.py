"""The company of the simulated month: its settings, its people, its shelf."""

from pathlib import Path

from orderterm import home as homes
from orderterm import settings
from orderterm.rules.drafts import ProductDraft, StockDraft
from orderterm.store import connection, schema
from orderterm.terms import Role
from orderterm.workflow import registers, stocktaking
from orderterm.workflow.workplace import Workplace
from tests.month.clock import SharedClock

SKUS = tuple(f"MW-{serial:03d}" for serial in range(40))
SCARCE = SKUS[:3]
"""What is sold out now and then."""
STAFF = (
    ("boss", Role.MANAGER, None),
    ("lead", Role.MANAGER, "boss"),
    ("sales", Role.SALES, "boss"),
    ("rev", Role.REVIEWER, "lead"),
    ("inv", Role.INVENTORY, "lead"),
    ("prep", Role.PREPARATION, "lead"),
    ("ship", Role.SHIPPING, "lead"),
    ("track", Role.TRACKING, "boss"),
    ("buyer", Role.PURCHASING, "boss"),
    ("exc", Role.EXCEPTIONS, None),
)
CHANNELS = ("EC", "TM", "JD")
SECRET = "ORDERTERM_MONTH_SECRET"

_SETTINGS = """
language = "zh"
[site]
name = "模拟仓"
[inbox]
interval_seconds = 0.2
settle_seconds = 0.0
[messages]
timeout_seconds = 1.0
routes = [{{ sender = "gateway" }}]
[senders.gateway]
kind = "webhook"
url = "http://127.0.0.1:{port}/"
secret = "env:{secret}"
[reports]
formats = ["csv"]
"""


def found(home: Path, port: int, clock: SharedClock) -> Workplace:
    """Make the home, and hire and stock; its database is the process's from now on."""
    home.mkdir(parents=True)
    text = _SETTINGS.format(port=port, secret=SECRET)
    (home / settings.FILE_NAME).write_text(text, encoding="utf-8")
    homes.make_home(home)
    made = settings.load(home)
    schema.migrate(home / made.database, clock())
    opened = connection.use(home / made.database)
    workplace = Workplace(made, clock, "floor")
    with connection.reading():
        opened.pragma("synchronous", "off", permanent=True)
        registers.add_first_admin(workplace)
        for badge, role, superior in STAFF:
            registers.add_staff(workplace, "admin", badge, badge, [role], superior)
        products = [ProductDraft(sku, f"杯 {sku}", "500ml", "A1", 20, 5) for sku in SKUS]
        registers.keep_products(workplace, "admin", products)
        plenty = [StockDraft(sku, 30 if sku in SCARCE else 10_000_000) for sku in SKUS]
        stocktaking.count(workplace, "admin", plenty)
    return workplace
