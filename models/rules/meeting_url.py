"""Meeting URLs that staff give."""

from collections.abc import Sequence
from urllib.parse import urlsplit


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether a URL is https, on one of the hosts or below it, and carries neither user nor
    port. It is never fetched."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and port is None
        and parts.username is None
        and parts.password is None
        and url.isascii()
        and not any(sign.isspace() or sign in '"<>\\' for sign in url)
        and any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)
    )
