"""Tidying up: what was kept long enough is deleted by itself, unless the clock may be wrong or much
would go at once; then an admin says so."""

from handlers.staff import desk
from models.chat import Message
from models.store import Store
from models.store.retention import ALLOWED
from models.tables import AlertKind
from models.turn import Turn


def allow(turn: Turn, store: Store, alert_id: int) -> list[Message]:
    """Note that the date is right, and let what is old go."""
    found = store.alerts.by_id(alert_id)
    if found is None or found.kind != AlertKind.RETENTION_HELD or found.is_closed:
        return desk.stale_button(turn)
    store.daily.claim(ALLOWED, turn.today)
    store.alerts.close_one(alert_id, turn.now)
    store.audit.note(turn.contact, "tidy", turn.now, subject=f"alert {alert_id}")
    return [Message(text=turn.say("tidy.allowed", day=turn.say.day_and_year(turn.today)))]
