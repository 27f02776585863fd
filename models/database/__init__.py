"""The database: one session and one transaction a turn (docs/decisions/0017)."""

from models.database.database import Database
from models.database.engine import engine_for
from models.database.errors import Conflict, DatabaseUnavailable
from models.database.transaction import Statement, Transaction, change, insert_once, query

__all__ = [
    "Conflict",
    "Database",
    "DatabaseUnavailable",
    "Statement",
    "Transaction",
    "change",
    "engine_for",
    "insert_once",
    "query",
]
