"""The form's four fields: what is accepted, and the one spelling that is kept."""

import re
import unicodedata

# Every sign that a phone's keyboard may put between digits.
_HYPHENS = re.compile(
    r"[\u002d\u00ad\u02d7\u2010-\u2015\u2043\u2212\u30fc\u4e00\ufe58\ufe63\uff0d\uff70~\u301c]"
)
# What stands for a long vowel after kana, where no other sign of it follows.
_LONG_VOWEL = re.compile(r"(?<=[\u3041-\u30fa])[\u002d\u2010-\u2015\u2212\uff0d\u4e00]")
_READING_SIGNS = " '’.-・･ー"
# 050 to 090 have 11 digits, all others 10.
_PHONE = re.compile(r"0[5-9]0\d{8}|0(?![5-9]0)\d{9}")
# A registration number begins with its office's digits.
_OFFICE_DIGITS = 5
MAX_NAME = 60


class Refused(ValueError):
    """A field cannot be accepted; `reason` is a phrase key of the form."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def name(typed: str) -> str:
    """Return the name as written, without invisible characters. Raises Refused."""
    cleaned = _visible(_widened(typed))
    if not cleaned:
        raise Refused("form.missing")
    if len(cleaned) > MAX_NAME:
        raise Refused("form.too_long")
    if not any(unicodedata.category(sign).startswith("L") for sign in cleaned):
        raise Refused("form.no_letters")
    return cleaned


def reading(typed: str) -> str:
    """Return the reading in katakana, or in the letters of any script that tell how they are read,
    for a name that has no kana. A hyphen for a long vowel is mended. Raises Refused."""
    cleaned = _LONG_VOWEL.sub("ー", name(_clean(typed)))
    katakana = "".join(
        chr(ord(sign) + 0x60) if "\u3041" <= sign <= "\u3096" else sign for sign in cleaned
    )
    if not all(_reads(sign) for sign in katakana):
        raise Refused("form.not_kana")
    return katakana


def folded(text: str) -> str:
    """Return a name or number as it is compared and never shown: NFKC, no case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _reads(sign: str) -> bool:
    """Return whether a sign stands in a reading: a letter of any script with its marks, no Chinese
    character, by Unicode's own names for them."""
    if sign in _READING_SIGNS or unicodedata.category(sign) in ("Mn", "Mc"):
        return True
    is_letter = unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lo", "Lm")
    return is_letter and not unicodedata.name(sign, "CJK").startswith(("CJK", "IDEOGRAPHIC"))


def phone(typed: str) -> str:
    """Return the number as 10 or 11 digits beginning with 0. Raises Refused."""
    digits = re.sub(r"[\s().]", "", _HYPHENS.sub("", _clean(typed)))
    if not digits:
        raise Refused("form.missing")
    digits = re.sub(r"^(?:\+|00)?810?(?=[1-9])", "0", digits)
    if not _PHONE.fullmatch(digits):
        raise Refused("form.not_a_phone")
    return digits


def registration(typed: str, pattern: str) -> str:
    """Return the registration number in half-width digits with one hyphen. Raises Refused."""
    number = re.sub(r"\s", "", _HYPHENS.sub("-", _clean(typed)))
    if not number:
        raise Refused("form.missing")
    if "-" not in number:
        number = f"{number[:_OFFICE_DIGITS]}-{number[_OFFICE_DIGITS:]}"
    if not re.fullmatch(pattern, number, re.ASCII):
        raise Refused("form.not_a_registration")
    return number


def _clean(typed: str) -> str:
    """Return NFKC (full-width digits become plain ones), no control or format signs, single
    spaces."""
    return _visible(unicodedata.normalize("NFKC", typed))


def _widened(typed: str) -> str:
    """Return half-width kana and full-width letters in their usual width. All else stays as
    written: NFKC would put another sign in the place of some that stand in people's names."""
    return "".join(
        unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uffee" else sign
        for sign in re.sub(
            "[\uff66-\uff9f]+", lambda kana: unicodedata.normalize("NFKC", kana[0]), typed
        )
    )


def _visible(text: str) -> str:
    """Return text with no control or format signs, single spaces."""
    visible = "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or not unicodedata.category(sign).startswith("C")
    )
    return " ".join(visible.split())
