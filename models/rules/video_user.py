"""A counselor's user at the video service: an id or e-mail address, as it is typed."""

import re
import unicodedata

_USER = re.compile(r"[A-Za-z0-9._%+-]{1,64}(?:@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?")
_LONGEST = 128


def read_video_user(text: str) -> str | None:
    """Return the user in a text, or None when it is no id or e-mail address."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if len(plain) <= _LONGEST and _USER.fullmatch(plain) and len(plain) > 1 else None
