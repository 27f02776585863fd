"""Keys: whether DATA_KEY opens what is stored."""

from sqlalchemy import ColumnElement, func, literal_column, select

from models.database import Statement, Transaction, query
from models.tables import InboxEvent, JobSeeker, Note, Question, table
from models.vault import KEY_ID_BYTES, Vault


def _keys_of(column: ColumnElement[bytes]) -> Statement[tuple[bytes, int]]:
    # Written out, since PostgreSQL takes two parameters for two different values.
    key = func.substr(column, literal_column("1"), literal_column(str(KEY_ID_BYTES)))
    return query(
        select(key, func.count()).where(column.is_not(None)).group_by(key),
        lambda found, count: (bytes(found), int(count)),
    )


_USED = tuple(
    _keys_of(column)
    for column in (
        table(JobSeeker).c.name,
        table(Note).c.body,
        table(Question).c.body,
        table(InboxEvent).c.body,
    )
)


def unreadable(tx: Transaction, vault: Vault) -> int:
    """Return how many stored values are sealed with a key that DATA_KEY does not hold."""
    return sum(count for keys in _USED for key, count in tx.rows(keys) if key not in vault.key_ids)
