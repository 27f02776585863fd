"""Web addresses as operators type them."""

import re
from urllib.parse import urlsplit


def web_address(value: str) -> str:
    """Return an address without its last slash. Raises ValueError for what is none, and for one
    that is neither https nor of this machine."""
    scheme, _, rest = value.partition("://")
    value = f"{scheme.lower()}://{rest}"
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value):
        raise ValueError("not a web address")
    if value.startswith("http://") and not re.match(
        r"http://(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(/|$)", value
    ):
        raise ValueError("must begin with https://")
    return value.rstrip("/")


def one_spelling(address: str) -> str:
    """Return a web address as browsers write it: small letters, no usual port, punycode. Raises
    ValueError."""
    parts = urlsplit(address)
    if parts.query or parts.fragment:
        raise ValueError("must not hold ? or #")
    try:
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except (UnicodeError, ValueError) as error:
        raise ValueError("not a web address") from error
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{'' if port in (None, usual) else f':{port}'}{parts.path}"


def is_address(told: str, ours: str) -> bool:
    """Return whether an address that an office typed into a console is this one of ours."""
    try:
        return one_spelling(told) == ours
    except ValueError:
        return False
