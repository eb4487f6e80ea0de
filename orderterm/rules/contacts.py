"""Names, phones and addresses: compared without their spelling, masked before they are logged."""

import re
from unicodedata import normalize

_SPELLING = re.compile(r"[^\w*]+|_+")
_SPELLING_BUT_HYPHENS = re.compile(r"(?:(?<!\d)-|-(?!\d)|[^\w*-]|_)+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w*]+(?=\d)")
_NOT_DIALLED = re.compile(r"[^\w*]+")
_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"([\w.+-])[\w.+-]*@(?=[\w-]+\.)")
_PHONE = re.compile(
    r"""
    \+\d[\d\s().\-－—]{5,}\d                  # international
    | (?<!\d) (?:
        \d{10,}                                # mobile, or any other long number
      | 1[3-9]\d(?:[ .\-－—]?\d){8}            # mobile in groups
      | \(?0\d{2,3}[)） \-－—]{0,3}\d{3,4}[ \-－—]?\d{4}   # landline with area code
      | \(?[2-9]\d{2}\)?[ .\-－—]\d{3}[ .\-－—]?\d{4}   # North America, 400 and 800 numbers
    ) (?!\d)
    """,
    re.VERBOSE,
)
# Seven to nine digits may be an order, a waybill or an amount as well: they are a phone number
# behind a word for one, if no other word in between tells what they are.
_LOCAL_NUMBER = r"""
    (?!20[23]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))     # no day, and no order's number
    (?:\d{7,}|\d{3,4}[ \-－—]\d{4})
    (?!\d|[ \-]\d{1,4}(?!\d)|-?[a-z]|[.,]\d|\s?元)
"""
_LOCAL_PHONES = re.compile(
    rf"""
    (?: 电话|手机|座机|固话|传真|联系|致电|来电|拨打|请打|[☎✆📞]
      | (?<![a-z])(?:tel|telephone|phone|mobile|cell|call|contact|dial|fax)(?![a-z])
    )
    (?: (?! 单号|订单|运单|快递|货号|型号|编[号码]|邮编|批[号次]|条码|发票|金额|时[间段]|[¥￥$€〒]
          | sku|order|waybill|parcel|zip|post|invoice|hours|[a-z][\-_.]?\d
        )
        [^\d\n。；;！？!?]
    ){{0,12}}?
    (?P<numbers>{_LOCAL_NUMBER}(?:\s?[/、,，或和\s]\s?{_LOCAL_NUMBER})*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+(?:[ \-－—]\d{4}(?!\d))?")
_NUMBER = re.compile(
    r"""
    (?:(?:\+|00)?86)? 1[3-9][0-9]{9}          # Chinese mobile
    | 0[1-9][0-9]{8,10}                       # landline with area code
    | [2-9][0-9]{9}                           # North America, 400 and 800 numbers
    | (?:\+|00)[1-9][0-9]{6,14}               # international
    """,
    re.VERBOSE,
)
_EXTENSION = re.compile(
    r"(?:(?<=[0-9]{7})\s*[-_,]|(?<=[0-9])\s*(?:x|ext\.?|转|分机|#))\s*([0-9]{1,6})$"
)
_GROUPING = re.compile(r"[\s().\-–—]+")
_MASK = "****"
_SHORT_ADDRESS = 6
"""With fewer characters an address is a town at most, which other words may hold."""


def normalise_phone(text: str) -> str:
    """A phone number or e-mail address without its spelling, to compare with another.

    No country code is guessed: with and without one are two different numbers. The stars of a
    masked number stay.
    """
    text = normalize("NFKC", text).strip()
    if "@" in text:
        return text.casefold()
    plus = "+" if text.startswith("+") else ""
    return plus + _NOT_DIALLED.sub("", text).casefold()


def is_phone(text: str) -> bool:
    """Whether ``text`` is one whole phone number, grouped in any way, without an extension."""
    return _NUMBER.fullmatch(_GROUPING.sub("", text)) is not None


def part_extension(text: str) -> tuple[str, str]:
    """A phone number and its extension; "" for the extension of what has none.

    Platforms give customers relay numbers with one: ``18412345678-1234``. To such a number people
    speak and no message goes, and without its extension it is nobody's.
    """
    text = normalize("NFKC", text).strip().lower()
    found = _EXTENSION.search(text)
    if found is None or is_phone(text) or not is_phone(text[: found.start()]):
        return text, ""
    return text[: found.start()], found[1]


def contact_tail(text: str) -> str:
    """The last four digits of a contact, by which people find it; "" where it has fewer.

    Of a number with an extension they are the number's: carriers ask for these.
    """
    digits = contact_digits(part_extension(text)[0])
    return digits[-4:] if len(digits) >= 4 else ""


def contact_digits(text: str) -> str:
    """The digits of a contact, one after the other."""
    return "".join(_DIGIT.findall(normalize("NFKC", text)))


def normalise_address(text: str) -> str:
    """An address without case, spaces and punctuation; what parts two numbers stays a hyphen."""
    text = _BETWEEN_DIGITS.sub("-", normalize("NFKC", text).casefold())
    return _SPELLING_BUT_HYPHENS.sub("", text)


def normalise_name(text: str) -> str:
    """A name without case, spaces and punctuation."""
    return _SPELLING.sub("", normalize("NFKC", text).casefold())


def mask_phone(text: str) -> str:
    """``13800138000`` as ``138****8000``; a shorter number shows two digits at each end."""
    digits = _DIGIT.findall(text)
    if len(digits) < 7:
        return _MASK
    head, tail = (3, 4) if len(digits) >= 11 else (2, 2)
    plus = "+" if text.lstrip().startswith("+") else ""
    return plus + "".join(digits[:head]) + _MASK + "".join(digits[-tail:])


def mask_address(text: str) -> str:
    """The first third of an address, at most six characters."""
    text = text.strip()
    return text[: min(6, len(text) // 3)] + _MASK


def mask_text(text: str) -> str:
    """A remark with the phone numbers and e-mail addresses in it masked.

    Any ten digits in a row are taken for a phone number: better one order number masked than one
    phone number logged. Seven to nine are one behind an area code or a word such as 电话.
    """
    if "@" in text:
        text = _EMAIL.sub(r"\1***@", text)
    return _PHONE.sub(_masked, _LOCAL_PHONES.sub(_masked_behind_word, text))


def _masked(found: re.Match[str]) -> str:
    return mask_phone(found[0])


def _masked_behind_word(found: re.Match[str]) -> str:
    word = found[0][: found.start("numbers") - found.start()]
    return word + _DIGITS.sub(_masked, found["numbers"])


def mask_remark(text: str, address: str) -> str:
    """As ``mask_text``, and ``address`` masked wherever it is told again, as people write it
    behind a name or into a note."""
    address = address.strip()
    if len(address) >= _SHORT_ADDRESS:
        text = text.replace(address, mask_address(address))
    return mask_text(text)
