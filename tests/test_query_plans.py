"""What is asked at every turn and every sweep is found by an index, however much is stored."""

import re
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, bindparam, event, select
from sqlmodel import Session

from models.database import Database, Statement, Transaction, query
from models.store import (
    bookings,
    contacts,
    due,
    hearing,
    inbox,
    offer,
    outbox,
    presence,
    settled,
    terms,
)
from models.tables import OutboxRow, table
from tests.world import World

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
SPAN = {"start": NOW, "end": NOW}

# What the database asks itself when a row of the outbox is deleted.
FOLLOWERS = query(
    select(table(OutboxRow).c.id).where(table(OutboxRow).c.follows_id == bindparam("id")), int
)

PLANS: list[tuple[Statement[Any], dict[str, Any], str]] = [
    (
        offer._OFFERED_AND_TAKEN,
        {
            **SPAN,
            **{"first": NOW.date(), "last": NOW.date(), "from_weekday": 1, "to_weekday": 1},
            **{"minutes": 30, "now": NOW, "holder": 0},
        },
        "ix_bookings_active_start",
    ),
    (bookings._SINCE, {"job_seeker_id": 1, "since": NOW}, "bookings_job_seeker_id"),
    (bookings._LATEST, {"job_seeker_id": 1}, "bookings_job_seeker_id"),
    (
        bookings._COUNSELOR_OF_LAST_TIME,
        {"job_seeker_id": 1, "now": NOW},
        "bookings_job_seeker_id",
    ),
    (
        bookings._IS_TAKEN,
        {"counselor_id": 1, "starts_at": NOW},
        "uq_bookings_active_slot|ix_bookings_active_start",
    ),
    (bookings._BY_REFERENCE, {"reference": "X"}, "reference"),
    (due._DUE_REMINDERS, {"now": NOW, "count": 200}, "ix_bookings_remind_at"),
    (due._DUE_NOTICES, {"now": NOW, "count": 200}, "ix_bookings_notice_at"),
    (due._TO_JUDGE, {"started_by": NOW, "count": 200}, "ix_bookings_to_judge"),
    (contacts._FIND, {"channel": "line", "person": "U1"}, "autoindex_contacts"),
    (
        settled._OF,
        {"contact_id": 1, "job_seeker_id": 1, "today": NOW.date()},
        "declarations_contact_id",
    ),
    (outbox._DUE_ANSWERS, {"now": NOW, "count": 50}, "ix_outbox_answers"),
    (outbox._DUE_NEWS, {"now": NOW, "count": 50}, "ix_outbox_news"),
    (outbox._ANSWERS_WAITING, {}, "ix_outbox_answers"),
    (outbox._NEWS_WAITING, {}, "ix_outbox_news"),
    (bookings._DROP_NOTICES, {"booking": 1, "now": NOW}, "uq_outbox_booking_id"),
    (terms._WAITING, {"version": "1"}, "ix_outbox_news"),
    (FOLLOWERS, {"id": 1}, "ix_outbox_follows_id"),
    (inbox._LATER_ACT, {"contact_id": 1, "instant": NOW}, "inbox_contact_id"),
    (presence._SIGNS, {"booking_id": 1, "version": 1}, "attendance_signs"),
    (hearing._TOUCHING, SPAN, "watches_ends_at"),
    (due._AROUND, {"after": NOW, "until": NOW}, "ix_bookings_to_judge|ix_bookings_active_start"),
    (bookings._ACTIVE_BETWEEN, {"after": NOW, "until": NOW}, "ix_bookings_active_start"),
]


@pytest.mark.parametrize(
    ("statement", "values", "index"), PLANS, ids=[f"{number}" for number in range(len(PLANS))]
)
def test_an_index_is_used(
    database_url: str, statement: Statement[Any], values: dict[str, Any], index: str
) -> None:
    database = Database(database_url)
    plan = database.run_now(lambda tx: _plan(tx, statement, values))
    database.engine.dispose()
    if database_url.startswith("sqlite"):
        assert re.search(f"(SEARCH|SCAN) .* USING .*({index})", plan), plan
    else:  # which one, it decides by what is stored
        assert "Index" in plan
        assert "Seq Scan" not in plan, plan


# A quarter past nine is shortly after midnight in UTC: a day that was counted there once made every
# step ask for a parent's bookings twice.
@pytest.mark.parametrize("minutes", [15, 300])
async def test_a_step_asks_little_and_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    parent = await world.parent().has_settled_everything()
    await world.play(minutes=minutes)
    turns: list[list[str]] = []
    of_connection: dict[Any, list[str]] = {}
    begin = Transaction.__init__

    def begin_and_listen(tx: Transaction, session: Session) -> None:
        begin(tx, session)
        turns.append([])
        of_connection[session.connection()] = turns[-1]

    def heard(connection: Connection, _: object, sql: str, *__: object) -> None:
        if connection in of_connection and not re.search("SAVEPOINT|BEGIN", sql):
            of_connection[connection].append(sql)

    monkeypatch.setattr(Transaction, "__init__", begin_and_listen)
    event.listen(Engine, "before_cursor_execute", heard)

    async def asks_at_most(most: int, step: Awaitable[object], *, twice: int = 0) -> None:
        turns.clear()
        await step
        (asked,) = [turn for turn in turns if any("INTO inbox" in each for each in turn)]
        assert len(asked) <= most, asked
        assert len(asked) - len(set(asked)) <= twice, asked

    # What is chosen is kept for the words that may follow; the next button lets it go and keeps
    # what it chose, so that it is looked up twice.
    await asks_at_most(10, parent.taps("職業相談"))
    await asks_at_most(12, parent.taps("空き"), twice=1)
    # One of them is for the interpreter of last time.
    await asks_at_most(14, parent.taps(r"^\d+:\d\d$"), twice=1)
    await parent.taps("この内容で予約する")
    # "Move it" holds the booking first; what was read before that is read anew.
    await asks_at_most(19, parent.says("12/9 13:00に変更"), twice=3)
    event.remove(Engine, "before_cursor_execute", heard)


def _plan(tx: Transaction, statement: Statement[Any], values: dict[str, Any]) -> str:
    """How the database means to find what is asked for: it is asked first, to see the SQL."""
    connection, seen = tx.session.connection(), list[tuple[str, Any]]()

    def see(_: object, __: object, sql: str, parameters: Any, *___: object) -> None:
        seen.append((sql, parameters))

    event.listen(connection, "before_cursor_execute", see)
    tx.run(statement, **values)
    event.remove(connection, "before_cursor_execute", see)
    ((sql, parameters),) = seen
    if connection.dialect.name == "sqlite":
        explain = "EXPLAIN QUERY PLAN "
    else:
        explain = "EXPLAIN "
        # The tables are empty.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = connection.exec_driver_sql(explain + sql, parameters).fetchall()
    return "\n".join(str(cell) for row in rows for cell in row)
