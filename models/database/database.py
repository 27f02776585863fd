"""A database: runs work in a transaction, and returns after its commit."""

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import Session
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database.engine import async_engine_for, engine_for
from models.database.errors import has_lost_a_race, is_read_only, is_unavailable, unavailable
from models.database.group_commit import GroupCommit
from models.database.transaction import Result, Transaction, Work

# How often work is tried that PostgreSQL rolls back because of another transaction.
_ATTEMPTS = 5


class Database:
    """A database. `run` is for async code, `run_now` for the command line."""

    def __init__(self, url: str) -> None:
        self.engine = engine_for(url)
        self._runner: GroupCommit | _Pool = (
            GroupCommit(self.engine)
            if self.engine.dialect.name == "sqlite"
            else _Pool(async_engine_for(url))
        )

    async def run(self, work: Work[Result]) -> Result:
        """Run the work in one transaction; returns after its commit. Raises what the work raises,
        or DatabaseUnavailable; either way nothing of it is stored."""
        return await self._runner.run(work)

    def run_now(self, work: Work[Result]) -> Result:
        """Run the work once likewise, for code that is not async."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                return work(Transaction(session))
        except Exception as error:
            if is_unavailable(error):
                raise unavailable(error) from error
            raise

    async def close(self) -> None:
        """Finish what is being committed, and let go of the database. To be called where `run`
        is called."""
        await self._runner.close()
        self.engine.dispose()


class _Pool:
    """PostgreSQL: work has a connection of its own. While that waits for the server, the event
    loop goes on with other work."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, work: Work[Result], attempts: int = _ATTEMPTS) -> Result:
        session = AsyncSession(self._engine, expire_on_commit=False)
        try:
            async with session, session.begin():
                return await session.run_sync(lambda _: work(Transaction(session.sync_session)))
        except Exception as error:
            if attempts > 1 and has_lost_a_race(error):
                return await self.run(work, attempts - 1)
            if is_read_only(error):
                await self._engine.dispose()  # its connections lead to a former primary
            if is_unavailable(error):
                raise unavailable(error) from error
            raise

    async def close(self) -> None:
        await self._engine.dispose()
