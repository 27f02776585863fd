"""A contact: one person on one channel."""

from datetime import datetime
from typing import NamedTuple

from models.tables import Role


class Contact(NamedTuple):
    """A person on a channel: a parent, or a staff member with a role (a counselor's goes with the
    counselor that they are)."""

    id: int
    channel: str
    person: str
    language: str
    job_seeker_id: int | None = None
    unreachable_at: datetime | None = None
    staff_id: int | None = None
    role: Role | None = None
    counselor_id: int | None = None
    is_asked: bool = False  # whether a text of theirs may answer a question
    staff_secret: str | None = None  # what their links are bound to


# A parent who has no chat with us: staff booked for them on the phone.
NOBODY = Contact(0, "", "", "")
