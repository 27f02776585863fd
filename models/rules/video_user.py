"""A counselor's user at the video service: an id or e-mail address, as it is typed."""

import re
import unicodedata

# An id is long and random; a short word was meant for something else.
_USER = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9_-]{16,64}")
_LONGEST = 128


def read_video_user(text: str) -> str | None:
    """Return the user in a text, or None when it is no id or e-mail address."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > _LONGEST or not _USER.fullmatch(plain):
        return None
    # The service takes an address in any case, and counts it as one.
    return plain.lower() if "@" in plain else plain
