"""How a profile's fields are found in one file's columns; worked out once for each file."""

from collections.abc import Callable, Sequence
from operator import itemgetter

from msgspec import Struct, field

from orderterm.intake.profiles import FIELDS, LINE_FIELDS, ORDER_FIELDS, Join, Profile, StatusRule
from orderterm.intake.texts import clean, fold
from orderterm.terms import FileKind

Cells = list[str]
Values = tuple[str, ...]

_MOST_CLEANED = 100_000


class ColumnReading(Struct):
    """How a column of the file was read; ``field`` is None where it is not used."""

    column: str
    field: str | None
    how: str


_HOW = {
    "channel_order_number": "id",
    "channel_order_id": "id",
    "channel_line_number": "id",
    "sku": "id",
    "contact": "id",
    "waybill": "id",
    "number": "id",
    "ordered_at": "time",
    "ship_by": "time, a date alone lasts the day",
    "updated_at": "time",
    "exported_at": "time",
    "at": "time",
    "quantity": "pieces",
    "on_hand": "pieces",
    "safety_stock": "pieces",
    "lead_time_days": "days",
    "unit_price": "money",
    "speed": "score",
    "accuracy": "score",
    "service": "score",
    "status": "status",
}


class Cleaner(dict[str, str]):
    """Cells by what they were before cleaning: most cells of a file come again and again."""

    def __missing__(self, cell: str) -> str:
        if len(self) > _MOST_CLEANED:
            self.clear()
        text = self[cell] = clean(cell)
        return text


class Fallback(str):
    """A value from a column that only stands in where a better one is empty."""

    __slots__ = ("rank",)

    rank: int


class Plan(Struct):
    """Where each field stands.

    ``fields`` and ``line_fields`` take a row's cells and give its values, in the order of
    ``names`` and ``line_names``; the status columns follow them. ``derived`` make the cells of
    fields that several columns tell; they follow the row's own cells and one empty one.
    """

    profile: Profile
    header: list[str]
    derived: list[Callable[[Cells], str]]
    fields: Callable[[Cells], Values]
    line_fields: Callable[[Cells], Values]
    line_when: Callable[[Cells], Values] | None
    rules: list[StatusRule]
    line_rules: list[StatusRule]
    labels: dict[str, str]
    readings: list[ColumnReading]
    cleaner: Cleaner = field(default_factory=Cleaner)

    @property
    def width(self) -> int:
        return len(self.header)

    def cells(self, raw: Cells) -> Cells:
        """A row's cells, clean, as many as the header has, with the derived ones after them."""
        cells = list(map(self.cleaner.__getitem__, raw))
        width = len(self.header)
        if len(cells) != width:
            del cells[width:]
            cells += [""] * (width - len(cells))
        cells.append("")
        for derive in self.derived:
            cells.append(derive(cells))
        return cells


def make_plan(profile: Profile, header: Sequence[str]) -> Plan:
    """The plan of ``profile`` for a file with this ``header``."""
    return _Planner(profile, header).plan()


class _Planner:
    def __init__(self, profile: Profile, header: Sequence[str]) -> None:
        self.profile = profile
        self.header = list(header)
        self.places: dict[str, int] = {}
        for place, name in enumerate(header):
            self.places.setdefault(fold(name), place)
        self.derived: list[Callable[[Cells], str]] = []
        self.labels: dict[str, str] = {}
        self.used: dict[int, str] = {}

    def plan(self) -> Plan:
        profile = self.profile
        is_orders = profile.kind is FileKind.ORDERS
        names = ORDER_FIELDS if is_orders else FIELDS[profile.kind]
        fields = [
            self._place(name, profile.columns.get(name, []), ranked=is_orders) for name in names
        ]
        line_fields = [
            self._place(name, profile.columns.get(name, []))
            for name in (LINE_FIELDS if is_orders else ())
        ]
        rules = [rule for rule in profile.status if self._knows(rule)]
        order_rules = [rule for rule in rules if not rule.line]
        line_rules = [rule for rule in rules if rule.line]
        fields += [self._place("status", list(rule.columns)) for rule in order_rules]
        line_fields += [self._place("status", list(rule.columns)) for rule in line_rules]
        return Plan(
            profile=profile,
            header=self.header,
            derived=self.derived,
            fields=_getter(fields),
            line_fields=_getter(line_fields or [len(self.header)]),
            line_when=self._line_when(),
            rules=order_rules,
            line_rules=line_rules,
            labels=self.labels,
            readings=self._readings(),
        )

    def _knows(self, rule: StatusRule) -> bool:
        return any(fold(column) in self.places for column in rule.columns)

    def _line_when(self) -> Callable[[Cells], Values] | None:
        places = [self.places.get(fold(column)) for column in self.profile.line_when]
        found = [place for place in places if place is not None]
        return _getter(found) if found else None

    def _place(self, field: str, choices: Sequence[str | Join], *, ranked: bool = False) -> int:
        """The cell that holds ``field``: a column, a derived cell, or the empty one."""
        parts: list[tuple[list[int], str]] = []
        for choice in choices:
            if isinstance(choice, Join) and not self.places.keys() >= set(map(fold, choice.needs)):
                continue
            columns = choice.join if isinstance(choice, Join) else [choice]
            found = [self.places[c] for c in map(fold, columns) if c in self.places]
            if found:
                parts.append((found, choice.separator if isinstance(choice, Join) else ""))
                self._use(found, field)
        if not parts:
            return len(self.header)
        if len(parts) == 1 and len(parts[0][0]) == 1:
            return parts[0][0][0]
        self.derived.append(_derive(parts, ranked))
        return len(self.header) + len(self.derived)

    def _use(self, places: list[int], field: str) -> None:
        self.labels.setdefault(field, self.header[places[0]])
        for place in places:
            self.used.setdefault(place, field)

    def _readings(self) -> list[ColumnReading]:
        return [
            ColumnReading(column, name, _HOW.get(name, "text"))
            if (name := self.used.get(place))
            else ColumnReading(column, None, "not used")
            for place, column in enumerate(self.header)
            if column
        ]


def _getter(places: Sequence[int]) -> Callable[[Cells], Values]:
    if len(places) > 1:
        return itemgetter(*places)
    (only,) = places
    return lambda cells: (cells[only],)


def _derive(parts: list[tuple[list[int], str]], ranked: bool) -> Callable[[Cells], str]:
    """The first part that is not empty, its columns joined."""

    def derive(cells: Cells) -> str:
        for rank, (places, separator) in enumerate(parts):
            value = separator.join([text for place in places if (text := cells[place])])
            if value:
                return _fallback(value, rank) if rank and ranked else value
        return ""

    return derive


def _fallback(value: str, rank: int) -> Fallback:
    made = Fallback(value)
    made.rank = rank
    return made


def rank_of(value: str) -> int:
    """0 for a field's best column, more for those that stand in for it."""
    return value.rank if isinstance(value, Fallback) else 0
