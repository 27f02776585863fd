"""What the database may say instead of doing the work."""

from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATE classes and codes of PostgreSQL.
_ROLLED_BACK = "40"  # a deadlock or a conflict with another transaction: try again
_READ_ONLY = "25006"  # a former primary: the next try must find the new one


class Conflict(Exception):
    """A constraint of the database said no."""


class DatabaseUnavailable(Exception):
    """The database did not take the work: nothing was changed, and it may be tried again."""


def is_unavailable(error: BaseException) -> bool:
    """Return whether an error is the database's state, and not the work's fault."""
    of_state = (OperationalError, PoolTimeout, InvalidatePoolError, OSError)
    return isinstance(error, of_state) or is_read_only(error)


def has_lost_a_race(error: BaseException) -> bool:
    """Return whether PostgreSQL rolled a transaction back because of another one."""
    return _sqlstate(error).startswith(_ROLLED_BACK)


def is_read_only(error: BaseException) -> bool:
    """Return whether the server takes no writes any more."""
    return _sqlstate(error) == _READ_ONLY


def unavailable(error: BaseException) -> DatabaseUnavailable:
    """Return an error to raise: only the kind, since the driver's message can hold values."""
    return DatabaseUnavailable(type(_of_driver(error)).__name__)


def _sqlstate(error: BaseException) -> str:
    return getattr(_of_driver(error), "sqlstate", None) or ""


def _of_driver(error: BaseException) -> BaseException:
    return (error.orig or error) if isinstance(error, DBAPIError) else error
