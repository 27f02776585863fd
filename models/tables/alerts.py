"""What staff must know or decide."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.choice import Choice
from models.tables.columns import moment, one_of, partial_index, refers_to, row_id


class AlertKind(Choice):
    """What it is about; DECIDE_… leave a booking to staff, each for another reason."""

    ANSWER_REFUSED = "answer_refused"
    ANSWER_UNCERTAIN = "answer_uncertain"
    BACK = "back"
    CAME_LATE = "came_late"
    CAME_WITHOUT_URL = "came_without_url"
    COMES_AFTER_ALL = "comes_after_all"
    CANCEL_AFTER_START = "cancel_after_start"
    CANCELLED = "cancelled"
    DEAF = "deaf"
    DECIDE_ANEW = "decide_anew"
    DECIDE_CONTACT = "decide_contact"
    DECIDE_FAILED = "decide_failed"
    DECIDE_NO_CHAT = "decide_no_chat"
    DECIDE_NO_URL = "decide_no_url"
    DECIDE_NOT_STARTED = "decide_not_started"
    DECIDE_NOT_TOLD = "decide_not_told"
    DECIDE_RAW_URL = "decide_raw_url"
    DECIDE_RESTORED = "decide_restored"
    DECIDE_UNHEARD = "decide_unheard"
    DECIDE_UNWATCHED = "decide_unwatched"
    DEEMED_CANCELLED = "deemed_cancelled"
    DEEMED_NOT_DELIVERED = "deemed_not_delivered"
    DEEMED_UNCERTAIN = "deemed_uncertain"
    EVENT_FAILED = "event_failed"
    HOST_IS_AWAITED = "host_is_awaited"
    INTERPRETER_WANTED = "interpreter_wanted"
    IS_HERE = "is_here"
    MAY_NOT_COME = "may_not_come"
    MOVED = "moved"
    MOVED_AWAY = "moved_away"
    NEWS_NOT_DELIVERED = "news_not_delivered"
    NEWS_UNCERTAIN = "news_uncertain"
    NO_URL = "no_url"
    NOT_IN_MY_PAGE = "not_in_my_page"
    QUOTA_GONE = "quota_gone"
    QUOTA_LOW = "quota_low"
    REINSTATED = "reinstated"
    REMINDED_WITHOUT_URL = "reminded_without_url"
    REMINDER_BY_PHONE = "reminder_by_phone"
    REMINDER_EXPIRED = "reminder_expired"
    REMINDER_NOT_DELIVERED = "reminder_not_delivered"
    REMINDER_UNCERTAIN = "reminder_uncertain"
    RETENTION_HELD = "retention_held"
    REVIEWED_NOT_DELIVERED = "reviewed_not_delivered"
    REVIEWED_UNCERTAIN = "reviewed_uncertain"
    ROOM_NOT_DELETED = "room_not_deleted"
    ROOM_NOT_MADE = "room_not_made"
    RUNNING_LATE = "running_late"
    SAME_REGISTRATION = "same_registration"
    SAYS_HERE_LATE = "says_here_late"
    SAME_ROOM = "same_room"
    TO_MOVE = "to_move"
    TOKEN_REFUSED = "token_refused"  # noqa: S105  # a kind of alert
    WITHDRAWN = "withdrawn"
    WITHDRAWN_BY_PHONE = "withdrawn_by_phone"
    WROTE = "wrote"


DECISIONS = frozenset(each for each in AlertKind if each.name.startswith("DECIDE_"))


class Alert(SQLModel, table=True):
    """Something that staff must know or decide."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("subject", "kind"),
        partial_index("ix_alerts_untold", "at", where="told_at IS NULL"),
        partial_index("ix_alerts_open", "at", where="closed_at IS NULL"),
    )
    id: int = row_id()
    kind: AlertKind = one_of(AlertKind, length=32)
    subject: str = Field(max_length=80)
    booking_id: int | None = refers_to("bookings.id", optional=True, index=True)
    contact_id: int | None = refers_to("contacts.id", optional=True)
    # Whose business it is, where that is not the booking's counselor.
    counselor_id: int | None = refers_to("counselors.id", optional=True)
    # Who did what it speaks of, and need not be told.
    by_staff_id: int | None = refers_to("staff.id", optional=True)
    # What the words of the kind are filled with; nothing personal.
    detail: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})
    at: datetime = moment(index=True)
    told_at: datetime | None = moment(optional=True)
    closed_at: datetime | None = moment(optional=True)
