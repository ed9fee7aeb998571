"""Phone numbers: as people type them, as Meta shows them, and when the two mean the same line.

A number is never refused because a numbering plan does not know it: Meta's own test numbers (+1 555 …) are in none.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

import phonenumbers

from channels_app.phrases import filled
from channels_app.phrases import marked as _

T = TypeVar("T")

_SHORTEST, _LONGEST = 5, 15  # https://www.itu.int/rec/T-REC-E.164
_LEAST_NATIONAL = 7  # fewer digits without a country code fit too many lines
_SCHEME = re.compile(r"(?:tel|whatsapp):(?P<number>[^;]*).*", re.IGNORECASE)
_TRUNK = re.compile(r"(?<=\d)(\W*)\(0\)")  # +44 (0)20 …: the zero is for those who dial without the +44
_PLUS = "+\uff0b"
_FILLING = frozenset({"Zs", "Cc", "Cf", "Pd", "Ps", "Pe"})  # spaces, invisible marks, dashes, brackets
_EXAMPLE = filled(_("Write it with its country code, such as +1 555 078 3881."))


def digits(text: str) -> str:
    """Its digits of any script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def looks_like_number(text: str) -> bool:
    """Whether it can be meant as a phone number, with or without a country code."""
    try:
        return _SHORTEST <= len(_international(text)) <= _LONGEST
    except ValueError:
        return False


def e164(text: str, region: str | None = None) -> str:
    """The number as "+" and digits; one without a country code is taken to be of `region` (ISO 3166, such as ZA).

    Raises ValueError with a sentence for people where it is no phone number.
    """
    bare = _bare(text)
    national = "" if _is_international(bare) or region is None else _from_region(bare, region)
    found = national or digits(bare).removeprefix("00")
    if not found:
        raise ValueError(filled(_("This is not a phone number. %(example)s"), example=_EXAMPLE))
    if found.startswith("0"):
        raise ValueError(filled(_("This phone number has no country code. %(example)s"), example=_EXAMPLE))
    if len(found) < _SHORTEST:
        raise ValueError(
            filled(_("A phone number has at least %(least)d digits. %(example)s"), least=_SHORTEST, example=_EXAMPLE)
        )
    if len(found) > _LONGEST:
        raise ValueError(
            filled(_("A phone number has at most %(most)d digits. %(example)s"), most=_LONGEST, example=_EXAMPLE)
        )
    return f"+{found}"


def variants(digits: str) -> frozenset[str]:
    """Every form, country code first, in which the same line is met; the one given is among them.

    Brazil: with and without the ninth digit. Mexico: with and without the 1 of mobile numbers. Argentina: with and
    without the 9 of mobile numbers, and with the 15 that stands behind the area code within the country.
    """
    country, rest = digits[:2], digits[2:]
    match country, len(rest):
        case "55", 10:
            forms = {rest[:2] + "9" + rest[2:]}
        case "55", 11 if rest[2] == "9":
            forms = {rest[:2] + rest[3:]}
        case "52", 10:
            forms = {"1" + rest}
        case "52", 11 if rest[0] == "1":
            forms = {rest[1:]}
        case "54", 10 | 11 | 12 | 13:
            forms = _argentinian(rest)
        case _:
            forms = set()
    return frozenset({digits} | {country + form for form in forms})


def same_line(a: str, b: str) -> bool:
    """Whether two numbers, each with its country code, reach the same phone."""
    return _international(b) in variants(_international(a))


def find(typed: str, shown: Iterable[T], key: Callable[[T], str]) -> T | None:
    """The one of `shown` whose number, given by `key`, is the one typed in any usual form; `None` where none is sure.

    The very digits win over another form of the same line. A number typed without its country code is found where
    exactly one of those shown ends with it.
    """
    if not looks_like_number(typed):
        return None
    bare = _bare(typed)
    full = digits(bare).removeprefix("00")
    rows = [(digits(key(item)), item) for item in shown]
    exact = [item for number, item in rows if number == full]
    if exact:
        return exact[0]
    alike = [item for number, item in rows if full in variants(number)]
    if alike or _is_international(bare):
        return _only(alike)
    return _only(_ending(full, rows) or _ending(full.removeprefix("0"), rows))


def display(digits: str) -> str:
    """The number as people of its country write it, country code first; "+" and the digits where that is unknown."""
    plain = f"+{digits}" if digits else ""
    try:
        shown = phonenumbers.format_number(phonenumbers.parse(plain), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return plain
    return shown if "".join(filter(str.isdecimal, shown)) == digits else plain


def _only(found: list[T]) -> T | None:
    return found[0] if len(found) == 1 else None


def _ending(local: str, rows: list[tuple[str, T]]) -> list[T]:
    """Those of the rows whose number ends so, or at least another form of it."""
    if len(local) < _LEAST_NATIONAL:
        return []
    ending = [item for number, item in rows if number.endswith(local)]
    return ending or [item for number, item in rows if any(form.endswith(local) for form in variants(number))]


def _international(text: str) -> str:
    return digits(_bare(text)).removeprefix("00")


def _is_international(bare: str) -> bool:
    return bare.startswith(("+", "00"))


def _bare(text: str) -> str:
    """Its digits, after a plus where it has one. Raises ValueError where it has what no phone number has."""
    scheme = _SCHEME.fullmatch(text.strip())
    bare = ""
    for char in _TRUNK.sub(r"\1", scheme["number"] if scheme else text):
        if char in _PLUS and not bare:
            bare = "+"
        elif char.isdecimal():
            bare += digits(char)
        elif char.isalpha():
            raise ValueError(filled(_("A phone number has no letters in it. %(example)s"), example=_EXAMPLE))
        elif unicodedata.category(char) not in _FILLING and char not in "./·\u2212":
            raise ValueError(
                filled(_("A phone number has no “%(char)s” there. %(example)s"), char=char, example=_EXAMPLE)
            )
    return bare


def _from_region(bare: str, region: str) -> str:
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        return ""
    return digits(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _argentinian(rest: str) -> set[str]:
    """The forms of what follows 54: the area code, 11 or three or four digits long, and the subscriber's number."""
    plain = rest.removeprefix("9") if len(rest) in (11, 13) else rest
    areas = (2,) if plain.startswith("11") else (3, 4)
    if len(plain) == 12:
        plain = next((plain[:area] + plain[area + 2 :] for area in areas if plain[area : area + 2] == "15"), "")
    if len(plain) != 10:
        return set()
    written = [plain[:area] + "15" + plain[area:] for area in areas]
    return {mobile + form for mobile in ("", "9") for form in (plain, *written)}
