"""Zoom's webhooks: proven by their signature, read without what they say of persons."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from bot.video.base import Forged
from models.sighting import Seen, Sighting

# Art. 6(6) hangs on it: an older signature may be a replay.
_OLDEST = timedelta(minutes=5)

_SEEN = {
    "meeting.started": Seen.STARTED,
    "meeting.ended": Seen.ENDED,
    "meeting.participant_joined": Seen.JOINED,
    "meeting.participant_left": Seen.LEFT,
    "meeting.participant_joined_waiting_room": Seen.WAITING,
    "meeting.participant_left_waiting_room": Seen.LEFT_WAITING,
    "meeting.participant_jbh_waiting": Seen.WAITING,
    "meeting.participant_jbh_joined": Seen.WAITING,  # before the host: it opens nothing
}
_TIMES = ("join_time", "leave_time", "date_time")


def check_signature(
    body: bytes, headers: Mapping[str, str], secret: SecretStr, now: datetime
) -> None:
    """See that Zoom has signed these very bytes within 5 minutes. Raises Forged."""
    stamp = headers.get("x-zm-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise Forged("no timestamp")
    if abs(now.timestamp() - int(stamp)) > _OLDEST.total_seconds():
        raise Forged("signed too long ago")
    ours = f"v0={_hmac(secret, b'v0:' + stamp.encode() + b':' + body)}"
    if not hmac.compare_digest(ours.encode(), headers.get("x-zm-signature", "").encode()):
        raise Forged("not Zoom's signature")


def validation(payload: Mapping[str, Any], secret: SecretStr) -> dict[str, str]:
    """Return the answer to `endpoint.url_validation`."""
    plain = str(payload["plainToken"])
    return {"plainToken": plain, "encryptedToken": _hmac(secret, plain.encode())}


def sighting(event: Mapping[str, Any]) -> Sighting | None:
    """Return what an event tells, or None for one that we make nothing of. Raises ValueError or
    KeyError for one that cannot be read."""
    seen = _SEEN.get(str(event["event"]))
    if seen is None:
        return None
    meeting = event["payload"]["object"]
    if "id" not in meeting:
        return None  # Zoom need not say which meeting: nothing follows from it
    person = meeting.get("participant")
    return Sighting(
        room=str(meeting["id"]),
        seen=seen,
        by_host=person is None or _is_host(person, str(meeting["host_id"])),
        at=_when(event, meeting, person or {}),
    )


def _is_host(person: Mapping[str, Any], host: str) -> bool:
    return host in (person.get("id"), person.get("participant_user_id"))


def _when(
    event: Mapping[str, Any], meeting: Mapping[str, Any], person: Mapping[str, Any]
) -> datetime:
    sent = datetime.fromtimestamp(int(event["event_ts"]) / 1000, UTC)
    told = [person[name] for name in _TIMES if person.get(name)]
    if told:
        return instant(told[0])
    if event["event"] == "meeting.ended" and meeting.get("end_time"):
        return instant(meeting["end_time"])
    return sent  # the start time of "started" may be the one that was planned


def instant(told: object) -> datetime:
    """Return a time as Zoom writes it, in UTC. Raises ValueError."""
    return datetime.fromisoformat(str(told).replace("Z", "+00:00")).astimezone(UTC)


def _hmac(secret: SecretStr, of: bytes) -> str:
    return hmac.new(secret.get_secret_value().encode(), of, hashlib.sha256).hexdigest()
