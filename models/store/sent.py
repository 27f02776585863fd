"""Messages of ours of which a reply can be read."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from models.database import Transaction, change, insert_once, query
from models.tables import SentMessage, table

_sent = table(SentMessage).c

_ADD = insert_once(table(SentMessage))
_FORGET = change(
    delete(table(SentMessage)).where(
        _sent.channel == bindparam("on"),
        _sent.chat == bindparam("of"),
        _sent.message_id == bindparam("message"),
    )
)
_ABOUT = query(
    select(_sent.about).where(
        _sent.channel == bindparam("channel"),
        _sent.chat == bindparam("chat"),
        _sent.message_id == bindparam("message_id"),
    ),
    str,
)


class SentMessages:
    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def note(self, channel: str, chat: str, message_id: str, about: str, now: datetime) -> None:
        """Remember what a message speaks of, and no more what it spoke of before."""
        self._tx.run(_FORGET, on=channel, of=chat, message=message_id)
        if about:
            self._tx.run(
                _ADD, channel=channel, chat=chat, message_id=message_id, about=about, at=now
            )

    def about(self, channel: str, chat: str, message_id: str) -> str | None:
        """Return what a message of ours speaks of."""
        return self._tx.row(_ABOUT, channel=channel, chat=chat, message_id=message_id)
