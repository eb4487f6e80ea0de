"""Rows of an order file gathered to orders, in whatever order they stand."""

from collections.abc import Iterable

from msgspec import Struct, field

from orderterm.intake.plans import Cells, Plan, Values, rank_of
from orderterm.intake.profiles import LINE_FIELDS, ORDER_FIELDS
from orderterm.intake.rows import RejectedRow, Sieve, surplus
from orderterm.intake.sheets import Rows
from orderterm.sentences import say

Key = tuple[str, ...]

NUMBER, SHOP = ORDER_FIELDS.index("channel_order_number"), ORDER_FIELDS.index("shop")
COLLECTED = frozenset(
    map(
        ORDER_FIELDS.index,
        ("special_request", "note", "ship_by", "updated_at", "exported_at"),
    )
)
"""Fields that each row may tell anew: every value counts, not only the first."""
_IDENTITY = tuple(map(ORDER_FIELDS.index, ("customer_name", "contact", "address", "ordered_at")))
_LINE_WIDTH = len(LINE_FIELDS)
_SKU = LINE_FIELDS.index("sku")


class Oddities(Struct):
    """What is unusual in an order's rows.

    ``more``: further values of the fields in ``COLLECTED``; ``clashes``: the other fields in
    which rows contradict each other; ``overlong``: rows with more cells than the header.
    """

    more: dict[int, set[str]] = field(default_factory=dict)
    clashes: set[int] = field(default_factory=set)
    overlong: list[int] = field(default_factory=list)


class Group(Struct):
    """The rows of one order.

    ``values``: the first that is not empty, by ``ORDER_FIELDS`` and then the status columns;
    ``lines``: values by ``LINE_FIELDS`` and then the line's status columns, with the row.
    """

    row: int
    values: Values
    lines: list[tuple[Values, int]] = field(default_factory=list)
    oddities: Oddities | None = None
    summary: Values = ()

    @property
    def odd(self) -> Oddities:
        """The oddities, made when the first is found: most orders have none."""
        if self.oddities is None:
            self.oddities = Oddities()
        return self.oddities

    def merge(self, values: Values) -> None:
        """Takes the order's values from a further row."""
        merged = list(self.values)
        for place, (old, new) in enumerate(zip(self.values, values, strict=True)):
            if not new:
                continue
            # Rows may leave the better columns out: the best one that any row fills tells.
            if not old or rank_of(new) < rank_of(old):
                merged[place] = new
            elif new == old or rank_of(new) > rank_of(old):
                continue
            elif place in COLLECTED:
                self.odd.more.setdefault(place, set()).add(new)
            else:
                self.odd.clashes.add(place)
        self.values = tuple(merged)

    def all_of(self, place: int) -> set[str]:
        """Every value of a field in ``COLLECTED``."""
        more = self.oddities.more.get(place, set()) if self.oddities else set()
        return ({self.values[place]} | more) - {""}


class Gathered(Struct):
    """The orders of a file by their key, in the order of their first rows."""

    groups: dict[Key, Group] = field(default_factory=dict)
    rejected: list[RejectedRow] = field(default_factory=list)


def gather(plan: Plan, rows: Rows) -> Gathered:
    """Groups ``rows`` by the order they belong to."""
    gathered = Gathered()
    groups = gathered.groups
    sieve = Sieve(plan)
    # This loop runs for every row of a file: what it needs is bound to local names.
    cells_of, fields_of, lines_of, width = plan.cells, plan.fields, plan.line_fields, plan.width
    line_when, names, footers = plan.line_when, sieve.names, sieve.footers
    key: Key = ()
    for number, raw in rows:
        cells = cells_of(raw)
        values = fields_of(cells)
        first = cells[0]
        if (
            not first or first in names or not values[NUMBER] or (footers and footers(first))
        ) and sieve.is_junk(cells):
            continue
        key = values[:2] if values[NUMBER] else _key_without_number(plan, values, key)
        if not key:
            gathered.rejected.append(_without_key(plan, number, raw))
            continue
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(number, values)
        elif group.values != values:
            group.merge(values)
        line = lines_of(cells)
        if line_when is not None and not any(line_when(cells)):
            if any(line[_LINE_WIDTH:]):
                group.summary = line[_LINE_WIDTH:]
        elif line[_SKU] or any(line[:_LINE_WIDTH]):
            group.lines.append((line, number))
        if len(raw) > width and surplus(plan, raw):
            group.odd.overlong.append(number)
    _join_blank_shops(groups)
    _spread_summaries(groups.values())
    return gathered


def _spread_summaries(groups: Iterable[Group]) -> None:
    """What only the summary row says of the lines' status holds for each of them."""
    for group in groups:
        if group.summary and not any(any(line[_LINE_WIDTH:]) for line, _ in group.lines):
            group.lines = [(line[:_LINE_WIDTH] + group.summary, row) for line, row in group.lines]


def _key_without_number(plan: Plan, values: Values, above: Key) -> Key:
    """What a row without an order number belongs to; empty where nothing tells."""
    if plan.profile.without_key == "above":
        return above
    if plan.profile.without_key == "customer":
        identity = tuple(values[place] for place in _IDENTITY)
        return ("", values[SHOP], *identity) if any(identity) else ()
    return ()


def _without_key(plan: Plan, number: int, raw: Cells) -> RejectedRow:
    column = plan.labels.get("channel_order_number", "channel_order_number")
    reason = say(
        "row {row} has no {column}, so the order it belongs to is not known",
        row=number,
        column=column,
    )
    return RejectedRow(number, reason, raw)


def _join_blank_shops(groups: dict[Key, Group]) -> None:
    """Rows that leave the shop out belong to the order of that number, if there is but one."""
    blanks = [key for key in groups if len(key) == 2 and not key[SHOP]]
    if not blanks or len(blanks) == len(groups):
        return
    shops: dict[str, list[Key]] = {}
    for key in groups:
        if len(key) == 2 and key[SHOP]:
            shops.setdefault(key[NUMBER], []).append(key)
    for blank in blanks:
        if len(homes := shops.get(blank[NUMBER], [])) == 1:
            _join(groups[homes[0]], groups.pop(blank))


def _join(home: Group, other: Group) -> None:
    home.row = min(home.row, other.row)
    home.merge(other.values)
    home.lines += other.lines
    if other.oddities is not None:
        for place, values in other.oddities.more.items():
            home.odd.more.setdefault(place, set()).update(values)
        home.odd.clashes |= other.oddities.clashes
        home.odd.overlong += other.oddities.overlong


def by_number(groups: Iterable[Group]) -> dict[str, Group]:
    """The groups by their order number alone."""
    return {group.values[NUMBER]: group for group in groups}
