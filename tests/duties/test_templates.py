"""Templates: which is chosen, what may stand in them, and what their text comes to."""

import string
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.duties.letters import contact_kind, day_text
from orderterm.duties.templates import FIELDS, Templates, parse, template_faults
from orderterm.errors import OrdertermError
from orderterm.settings import Settings
from orderterm.settings import parse as settings_of
from orderterm.terms import Language, MessageKind

LANGUAGES: tuple[Language, ...] = get_args(Language)
WHOLE = "Subject: s\n\n"


def folder(home: Path, **files: str | bytes) -> Settings:
    """A home with its own templates, their names with __ for the dots."""
    place = home / "templates"
    place.mkdir()
    for name, text in files.items():
        content = text if isinstance(text, bytes) else text.encode()
        (place / f"{name.replace('__', '.')}.txt").write_bytes(content)
    return settings_of({})


def faults(home: Path, **files: str | bytes) -> list[str]:
    return [str(fault) for fault in template_faults(folder(home, **files), home)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_has_a_shipped_text_that_uses_only_its_fields(
    kind: MessageKind, language: Language, tmp_path: Path
) -> None:
    template = Templates(tmp_path, settings_of({})).choose(kind, language, "TM", "ecommerce")
    fields = {name: f"<{name}>" for name in FIELDS[kind]}
    subject, text = template.fill(fields)
    assert "{" not in subject + text
    assert len(text.splitlines()) >= 5
    has_chinese = any("\u4e00" <= sign <= "\u9fff" for sign in text)
    assert has_chinese == (language == "zh")


def test_the_most_particular_template_is_chosen(tmp_path: Path) -> None:
    settings = folder(
        tmp_path,
        survey__zh=WHOLE + "all",
        survey__zh__dealer=WHOLE + "dealers",
        survey__zh__DL=WHOLE + "one dealer",
    )
    templates = Templates(tmp_path, settings)

    def chosen(channel: str, kind: str, language: Language = "zh") -> str:
        return templates.choose(MessageKind.SURVEY, language, channel, kind).lines[0]

    assert chosen("DL", "dealer") == "one dealer"
    assert chosen("D2", "dealer") == "dealers"
    assert chosen("TM", "ecommerce") == "all"
    assert chosen("DL", "dealer", "en") == "Dear {customer},"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("welcome__zh", "welcome"),
        ("survey__fr", "fr"),
        ("survey", '""'),
        ("survey__zh__XX", "XX"),
        ("survey__zh__", '""'),
    ],
)
def test_a_file_named_after_nothing_known_is_told_with_what_there_is(
    tmp_path: Path, name: str, word: str
) -> None:
    (told,) = faults(tmp_path, **{name: WHOLE + "text"})
    assert word in told
    assert str(tmp_path) in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Subject: a\n\nDear {customer}\n{waybil}", "line 4: {waybil} can't be filled"),
        ("Subject: {number.real}\n\nt", "{number.real}"),
        ("Subject: {number[0]}\n\nt", "{number[0]}"),
        ("Subject: {number!r}\n\nt", "{number!r}"),
        ("Subject: {number:>9999999}\n\nt", "{number:>9999999}"),
        ("Subject: {}\n\nt", "{}"),
        ("Subject: s\n\none { brace", "line 3: a brace stands alone"),
        ("Dear\n\nt", "line 1"),
        ("Subject:\n\nt", "line 1"),
        ("Subject: s\nt", "line 2"),
        ("Subject: s\n\n", "line 2"),
        ("", "line 1"),
    ],
)
def test_what_can_t_be_filled_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (fault,) = faults(tmp_path, survey__zh=text)
    assert told in fault
    assert "survey.zh.txt" in fault
    with pytest.raises(OrdertermError, match="survey"):
        Templates(tmp_path, settings_of({}))


def test_what_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, survey__zh="主题：回访\n\n您好".encode("gb18030"))
    assert "UTF-8" in fault


def test_either_word_and_colon_and_any_line_end_begin_a_template() -> None:
    for text in ("主题：s\r\n\r\nt\r\n", "\ufeffsubject: s\n\nt", "Subject:s\n\nt\n\n"):
        assert parse(text.lstrip("\ufeff"), "f", ()).fill({}) == ("s", "t")


def test_braces_may_be_written_doubled() -> None:
    assert parse(WHOLE + "{{ {number} }}", "f", ["number"]).fill({"number": "1"})[1] == "{ 1 }"


def test_a_link_with_an_unknown_field_is_told(tmp_path: Path) -> None:
    settings = settings_of({"messages": {"survey_link": "https://x.example/{phone}"}})
    (fault,) = template_faults(settings, tmp_path)
    assert "survey_link" in str(fault)
    assert "{phone}" in str(fault)


NAMES = ("a", "b", "c")
PIECES = st.one_of(
    st.sampled_from([f"{{{name}}}" for name in NAMES]),
    st.text(string.ascii_letters + " ，。{}\\%$", max_size=8).map(
        lambda text: text.replace("{", "{{").replace("}", "}}")
    ),
)
VALUES = st.fixed_dictionaries(dict.fromkeys(NAMES, st.text("xy {}%\\我", max_size=5)))


@given(st.lists(st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=6), VALUES)
def test_a_text_holds_its_words_and_values_and_no_line_without_a_value(
    lines: list[str], values: dict[str, str]
) -> None:
    text = WHOLE + "\n".join([*lines, "end"])
    _, filled = parse(text, "f", NAMES).fill(values)
    for line in filter(str.strip, lines):
        used = [name for name in NAMES if f"{{{name}}}" in line.replace("{{", "").replace("}}", "")]
        told = line.rstrip().format(**values)
        if used and not any(values[name] for name in used):
            continue
        assert told in filled
    assert filled.endswith("end")


@given(st.text())
def test_any_text_is_a_template_or_is_refused_with_a_sentence(text: str) -> None:
    with suppress(OrdertermError):
        parse(text, "f", NAMES).fill(dict.fromkeys(NAMES, "v"))


@pytest.mark.parametrize(
    ("contact", "kind"),
    [
        ("13800138000", "phone"),
        ("+86 138-0013-8000", "phone"),
        ("(0571) 8765 4321", "phone"),
        ("a.b@example.com", "email"),
        ("138****8000", ""),
        ("a***@example.com", ""),
        ("a@b", ""),
        ("王小明 13800138000", ""),
        ("18412345678-1234", ""),
        ("0571-87654321-801", ""),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_contact_is_a_phone_or_an_address_or_neither(contact: str, kind: str) -> None:
    assert contact_kind(contact) == kind


def test_a_day_is_told_as_people_read_it() -> None:
    assert day_text(date(2026, 1, 5), "zh") == "2026年1月5日"
    assert day_text(date(2026, 12, 25), "en") == "25 December 2026"
