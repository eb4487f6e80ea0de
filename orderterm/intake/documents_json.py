"""JSON: an array of objects seen as rows, one for each line of an order or step of a parcel."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from orderterm.errors import FileRejected
from orderterm.intake.journeys import Journeys, journeys
from orderterm.intake.profiles import Profile
from orderterm.intake.sheets import Rows, Sheet
from orderterm.intake.texts import UTF, Text, without_controls

_DEPTH = 6
Record = dict[str, Any]


class _Unusable(Exception):
    """Why a document can't be used: what stands in the way."""


def json_sheets(text: Text, file: str) -> list[Sheet]:
    """Each array of objects in the document, and the document itself where it is an object.

    The document of a tracking service is seen as the steps of its parcels as well.

    Numbers stay the text they are, so that no digit of an id is lost. The columns are the keys,
    those of inner objects as ``outer.inner``.

    Raises:
        FileRejected: it is not JSON, not UTF-8, nested too deep, or names a key twice.
    """
    if text.encoding not in UTF:
        raise FileRejected("{file} is not UTF-8, as JSON must be; export it again", file=file)
    root = _parsed(text.text, file)
    steps = [_steps(found, text.encoding) for found in journeys(root)]
    return steps + [_sheet(records, text.encoding) for records in _arrays(root)]


def _parsed(text: str, file: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_constant,
            parse_int=str,
            parse_float=str.upper,
        )
    except RecursionError:
        raise FileRejected(
            "{file} is nested too deep to be orders; export it again from the channel", file=file
        ) from None
    except _Unusable as error:
        raise FileRejected(
            "{file} is not proper JSON: it holds {what}; export it again", file=file, what=error
        ) from None
    except json.JSONDecodeError as error:
        raise FileRejected(
            "{file} is not proper JSON: line {line}, column {column}: {error}; export it again",
            file=file,
            line=error.lineno,
            column=error.colno,
            error=error.msg,
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = Counter(names).most_common(1)[0][0]
        raise _Unusable(f"the key {twice[:40]!r} twice in one object")
    return record


def _constant(name: str) -> NoReturn:
    raise _Unusable(f"the number {name}")


def _arrays(root: Any) -> list[list[Any]]:
    if isinstance(root, list):
        return [root]
    if isinstance(root, dict):
        inner = [value for value in root.values() if _is_records(value)]
        return [[root], *inner]
    return []


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _sheet(records: list[Any], encoding: str) -> Sheet:
    header: dict[str, None] = {}
    for record in records:
        header.update(dict.fromkeys(_columns(record)))
    names = [without_controls(name) for name in header]

    def rows(profile: Profile, header_row: int) -> Rows:
        del header_row  # the keys are no row of the file
        return _rows(records, list(header), profile.lines)

    return Sheet([names], rows, encoding)


def _steps(found: Journeys, encoding: str) -> Sheet:
    def rows(profile: Profile, header_row: int) -> Rows:
        del profile, header_row  # the keys are no row of the file, and each step is one already
        return ((n, list(map(without_controls, row))) for n, row in enumerate(found.rows, start=1))

    return Sheet([found.header], rows, encoding)


def _columns(record: Any) -> Iterator[str]:
    """The columns of one object, with those of the objects in its arrays."""
    if not isinstance(record, dict):
        return
    for name, value in _flat(record).items():
        yield name
        if _is_records(value):
            for item in value:
                yield from _flat(item, f"{name}.") if isinstance(item, dict) else ()


def _flat(record: Record, prefix: str = "", depth: int = _DEPTH) -> Record:
    flat: Record = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth:
            flat.update(_flat(value, f"{prefix}{name}.", depth - 1))
        else:
            flat[prefix + name] = value
    return flat


def _rows(records: list[Any], header: list[str], lines: str) -> Rows:
    """A row for each object, or for each object in its array ``lines``; numbered by object."""
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            yield number, [_cell(record)]
            continue
        flat = _flat(record)
        items: Any = flat.get(lines) if lines else None
        for item in items if _is_records(items) else [{}]:
            inner = _flat(item, f"{lines}.") if isinstance(item, dict) else {}
            yield number, [_cell(inner.get(name, flat.get(name))) for name in header]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return without_controls(", ".join(item for item in value if isinstance(item, str)))
    return ""
