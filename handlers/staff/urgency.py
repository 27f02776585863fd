"""Which alerts staff hear of at once, and which of them are news, pass, or quote the parent."""

from datetime import timedelta

from models.tables import AlertKind

# A doubt is often cleared up, or ends in a cancellation, within minutes; a host comes.
SETTLES_WITHIN = {
    AlertKind.HOST_IS_AWAITED: timedelta(minutes=2),
    AlertKind.MAY_NOT_COME: timedelta(minutes=5),
    AlertKind.WROTE: timedelta(seconds=20),
}

# What a counselor hears of at once where it changes their day or the next working day. Nothing is
# to be done about it, so it stands on no list.
NEWS = (
    AlertKind.BACK,
    AlertKind.CANCELLED,
    AlertKind.COMES_AFTER_ALL,
    AlertKind.WITHDRAWN,
    AlertKind.MOVED,
    AlertKind.MOVED_AWAY,
)
# What is of no use any more once the consultation is over.
PAST = (
    AlertKind.CAME_LATE,
    AlertKind.CAME_WITHOUT_URL,
    AlertKind.CANCEL_AFTER_START,
    AlertKind.HOST_IS_AWAITED,
    AlertKind.INTERPRETER_WANTED,
    AlertKind.IS_HERE,
    AlertKind.MAY_NOT_COME,
    AlertKind.NO_URL,
    AlertKind.NOT_IN_MY_PAGE,
    AlertKind.REMINDED_WITHOUT_URL,
    AlertKind.REMINDER_BY_PHONE,
    AlertKind.REMINDER_EXPIRED,
    AlertKind.REMINDER_NOT_DELIVERED,
    AlertKind.REMINDER_UNCERTAIN,
    AlertKind.ROOM_NOT_DELETED,
    AlertKind.ROOM_NOT_MADE,
    AlertKind.RUNNING_LATE,
    AlertKind.SAME_ROOM,
    AlertKind.TO_MOVE,
    AlertKind.SAYS_HERE_LATE,
    AlertKind.NEWS_NOT_DELIVERED,
    AlertKind.NEWS_UNCERTAIN,
    AlertKind.WITHDRAWN_BY_PHONE,
)
# Somebody is or may be in front of a room that the host has to open.
ASKS_FOR_HOST = (AlertKind.HOST_IS_AWAITED, AlertKind.DECIDE_NOT_STARTED, AlertKind.CAME_LATE)
# Beside these stand the parent's words.
WITH_WORDS = (
    AlertKind.IS_HERE,
    AlertKind.MAY_NOT_COME,
    AlertKind.RUNNING_LATE,
    AlertKind.SAYS_HERE_LATE,
    AlertKind.WROTE,
    *(AlertKind.DECIDE_CONTACT, AlertKind.DECIDE_UNHEARD, AlertKind.COMES_AFTER_ALL),
)

# Every kind, and whether somebody must know at once: a parent waits, or a phone call helps.
URGENT = {
    AlertKind.ANSWER_REFUSED: False,
    AlertKind.ANSWER_UNCERTAIN: False,
    AlertKind.BACK: True,
    AlertKind.CAME_LATE: True,
    AlertKind.CAME_WITHOUT_URL: True,
    AlertKind.COMES_AFTER_ALL: True,
    AlertKind.CANCEL_AFTER_START: True,
    AlertKind.CANCELLED: True,
    AlertKind.DEAF: True,
    AlertKind.DECIDE_ANEW: False,
    AlertKind.DECIDE_CONTACT: True,
    AlertKind.DECIDE_FAILED: True,
    AlertKind.DECIDE_NO_CHAT: False,
    AlertKind.DECIDE_NO_URL: True,
    AlertKind.DECIDE_NOT_STARTED: True,
    AlertKind.DECIDE_NOT_TOLD: True,
    AlertKind.DECIDE_RAW_URL: True,
    AlertKind.DECIDE_RESTORED: True,
    AlertKind.DECIDE_UNHEARD: True,
    AlertKind.DECIDE_UNWATCHED: True,
    AlertKind.DEEMED_CANCELLED: True,
    AlertKind.DEEMED_NOT_DELIVERED: False,
    AlertKind.DEEMED_UNCERTAIN: False,
    AlertKind.EVENT_FAILED: False,
    AlertKind.HOST_IS_AWAITED: True,
    AlertKind.INTERPRETER_WANTED: True,
    AlertKind.IS_HERE: True,
    AlertKind.MAY_NOT_COME: True,
    AlertKind.MOVED: True,
    AlertKind.MOVED_AWAY: True,
    AlertKind.NEWS_NOT_DELIVERED: False,  # the one who asked for it hears of it
    AlertKind.NEWS_UNCERTAIN: False,
    AlertKind.NO_URL: True,
    AlertKind.NOT_IN_MY_PAGE: True,
    AlertKind.QUOTA_GONE: True,
    AlertKind.QUOTA_LOW: True,
    AlertKind.REINSTATED: True,
    AlertKind.REMINDED_WITHOUT_URL: True,
    AlertKind.REMINDER_BY_PHONE: False,
    AlertKind.REMINDER_EXPIRED: True,
    AlertKind.REMINDER_NOT_DELIVERED: True,
    AlertKind.REMINDER_UNCERTAIN: True,
    AlertKind.RETENTION_HELD: True,
    AlertKind.REVIEWED_NOT_DELIVERED: True,
    AlertKind.REVIEWED_UNCERTAIN: True,
    AlertKind.ROOM_NOT_DELETED: False,
    AlertKind.ROOM_NOT_MADE: True,
    AlertKind.RUNNING_LATE: True,
    AlertKind.SAME_REGISTRATION: True,
    AlertKind.SAYS_HERE_LATE: True,
    AlertKind.SAME_ROOM: True,
    AlertKind.TO_MOVE: False,
    AlertKind.TOKEN_REFUSED: True,
    AlertKind.WITHDRAWN: True,
    AlertKind.WITHDRAWN_BY_PHONE: True,
    AlertKind.WROTE: True,
}
