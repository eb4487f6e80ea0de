"""Column types that hold the same on every database: UTC times, terms, and lists of terms."""

from datetime import UTC, datetime
from typing import Any

from peewee import Check, IntegerField, TextField

from orderterm.terms import Priority, Term


def utc_text(moment: datetime) -> str:
    """``2026-11-22T02:30:00.000Z``: sorts as time sorts, on every database."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def utc_time(text: str) -> datetime:
    """The aware time that ``utc_text`` wrote."""
    return datetime.fromisoformat(text)


class UtcField(TextField):
    """An aware time, kept as UTC text with milliseconds."""

    def db_value(self, value: Any) -> Any:
        return utc_text(value) if isinstance(value, datetime) else value

    def python_value(self, value: Any) -> Any:
        return utc_time(value) if isinstance(value, str) else value


class TermField(TextField):
    """One word of an enum; the database refuses any other."""

    def __init__(self, term: type[Term], **options: Any) -> None:
        self.term = term
        super().__init__(**options)

    def bind(self, model: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().bind(model, name, *args, **kwargs)
        words = ", ".join(f"'{word.value}'" for word in self.term)
        self.constraints = [Check(f'"{self.column_name}" IN ({words})')]

    def db_value(self, value: Any) -> Any:
        return value.value if isinstance(value, Term) else value

    def python_value(self, value: Any) -> Any:
        return self.term(value) if isinstance(value, str) else value


class TermsField(TextField):
    """A few words of an enum, in order, separated by spaces."""

    def __init__(self, term: type[Term], **options: Any) -> None:
        self.term = term
        super().__init__(**options)

    def db_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else " ".join(word.value for word in value)

    def python_value(self, value: Any) -> Any:
        return tuple(self.term(word) for word in value.split()) if value is not None else ()


class PriorityField(IntegerField):
    """A priority, kept as its rank so that a queue sorts by it."""

    def db_value(self, value: Any) -> Any:
        return value.rank if isinstance(value, Priority) else value

    def python_value(self, value: Any) -> Any:
        return Priority.of_rank(value) if isinstance(value, int) else value
