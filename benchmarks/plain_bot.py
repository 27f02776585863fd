"""The bot that an engineer would write in a day: python-telegram-bot's Application, one SQLModel
session and one commit a turn, the same booking conversation. An update is answered with 200 when
all is committed and the reply is sent, so that nothing is lost that was answered."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from pydantic import NaiveDatetime
from sqlalchemy import BigInteger, Engine, UniqueConstraint, event
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, create_engine, delete, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update, User
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, ExtBot

from benchmarks.load import SECRET, new_person

_COUNSELORS = 6
_TERMS = 1
_CARDS = ("e", "v")
_AHEAD_DAYS = 30
_SLOT = timedelta(minutes=30)

Buttons = list[tuple[str, str]]
Answer = tuple[str, Buttons]
# A step: the session, who presses, and the words after the verb.
Step = Callable[[Session, "Person", list[str]], Answer]


class Table(SQLModel, registry=registry()):
    """Apart from the tables of the program, which is measured beside it."""


class Person(Table, table=True):
    id: int = Field(primary_key=True, sa_type=BigInteger)
    agreed_to: int | None = None
    name: str = ""


class Declaration(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=BigInteger)
    card: str


class Shift(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    counselor: int
    weekday: int
    begins: time
    ends: time


class Closure(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)


class Booking(Table, table=True):
    __table_args__ = (UniqueConstraint("counselor", "starts_at"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, sa_type=BigInteger)
    counselor: int
    starts_at: NaiveDatetime = Field(index=True)  # local time
    companion: str


class Seen(Table, table=True):
    update_id: int = Field(primary_key=True, sa_type=BigInteger)


def terms(session: Session, person: Person, _: list[str]) -> Answer:
    buttons = [("同意する", f"agree/1:{_TERMS}"), ("今はしない", "notnow/1")]
    return "利用規約をお読みください。", buttons


def agree(session: Session, person: Person, words: list[str]) -> Answer:
    person.agreed_to = int(words[0])
    buttons = [("すべて当てはまる", "all/1:e"), ("一つずつ答える", "item/1:e")]
    return "次のすべてに当てはまりますか。", buttons


def all_hold(session: Session, person: Person, words: list[str]) -> Answer:
    session.add(Declaration(person_id=person.id, card=words[0]))
    if words[0] == _CARDS[0]:
        return "確認事項です。", [("すべて当てはまる", "all/1:v"), ("一つずつ答える", "item/1:v")]
    return "お名前と電話番号を入力してください。", [("入力しました", "next/1")]


def show_days(session: Session, person: Person, _: list[str]) -> Answer:
    if not _may_book(session, person):
        return terms(session, person, [])
    days: dict[str, int] = {}
    for starts_at, _counselor in free_slots(session):
        days[f"{starts_at:%Y%m%d}"] = days.get(f"{starts_at:%Y%m%d}", 0) + 1
    return "日にちを選んでください。", [
        (f"{day} ({count})", f"day/1:consultation:{day}") for day, count in list(days.items())[:10]
    ]


def show_times(session: Session, person: Person, words: list[str]) -> Answer:
    times = [slot for slot in free_slots(session) if f"{slot[0]:%Y%m%d}" == words[1]]
    return "時間を選んでください。", [
        (f"{starts_at:%H:%M}", f"time/1:consultation:{starts_at:%Y%m%d%H%M}:{counselor}")
        for starts_at, counselor in dict(reversed(times)).items()
    ]


def ask(session: Session, person: Person, words: list[str]) -> Answer:
    starts_at, counselor = _slot(words)
    if (starts_at, counselor) not in free_slots(session):
        return "その時間は埋まりました。", [("予約する", "book/1")]
    return f"{starts_at:%m/%d %H:%M} を予約しますか。", [
        ("予約する", f"confirm/1:consultation:{words[1]}:{words[2]}:alone:1"),
        ("他の時間", f"day/1:consultation:{starts_at:%Y%m%d}"),
    ]


def confirm(session: Session, person: Person, words: list[str]) -> Answer:
    starts_at, counselor = _slot(words)
    if not _may_book(session, person):
        return terms(session, person, [])
    if (starts_at, counselor) not in free_slots(session):
        return "その時間は埋まりました。", [("予約する", "book/1")]
    session.add(
        Booking(person_id=person.id, counselor=counselor, starts_at=starts_at, companion=words[3])
    )
    return f"{starts_at:%m/%d %H:%M} に予約しました。", [("予約を見る", "mine/1")]


def mine(session: Session, person: Person, _: list[str]) -> Answer:
    found = session.exec(select(Booking).where(Booking.person_id == person.id)).all()
    return "予約: " + "、".join(f"{each.starts_at:%m/%d %H:%M}" for each in found), [
        ("キャンセル", f"cancel/1:{each.id}") for each in found
    ]


STEPS: dict[str, Step] = {
    "terms": terms,
    "agree": agree,
    "all": all_hold,
    "next": show_days,
    "book": show_days,
    "days": show_days,
    "day": show_times,
    "time": ask,
    "confirm": confirm,
    "mine": mine,
}


def free_slots(session: Session) -> list[tuple[datetime, int]]:
    """Return every start in the coming days at which a counselor works and is free."""
    today = datetime.now(UTC).date()
    days = [today + timedelta(days=number + 1) for number in range(_AHEAD_DAYS)]
    shifts = session.exec(select(Shift)).all()
    closed = set(session.exec(select(col(Closure.day)).where(col(Closure.day) > today)).all())
    after = datetime.combine(today, time(0))
    booked = session.exec(select(Booking).where(Booking.starts_at > after)).all()
    taken = {(each.starts_at, each.counselor) for each in booked}
    found = []
    for day in days:
        for shift in shifts if day not in closed else ():
            if shift.weekday == day.weekday():
                starts_at = datetime.combine(day, shift.begins)
                while starts_at + _SLOT <= datetime.combine(day, shift.ends):
                    if (starts_at, shift.counselor) not in taken:
                        found.append((starts_at, shift.counselor))
                    starts_at += _SLOT
    return sorted(found)


def _may_book(session: Session, person: Person) -> bool:
    declared = session.exec(select(Declaration).where(Declaration.person_id == person.id)).all()
    has_declared = {each.card for each in declared} >= set(_CARDS)
    return person.agreed_to == _TERMS and has_declared and bool(person.name)


def _slot(words: list[str]) -> tuple[datetime, int]:
    return datetime.strptime(words[1], "%Y%m%d%H%M"), int(words[2])  # noqa: DTZ007  # local


class QuietBot(ExtBot[None]):
    """A bot that asks nobody who it is."""

    async def get_me(self, *_: Any, **__: Any) -> User:
        self._bot_user = User(1234567890, "Bot", is_bot=True)
        return self._bot_user


async def plain_bot(url: str, platforms: int) -> Starlette:
    """Return the bot with its webhook, and with what the benchmark must know of it."""
    engine = _engine(url)
    bot = QuietBot("1234567890:nobody", base_url=f"http://127.0.0.1:{platforms}/bot")
    app: Any = Application.builder().bot(bot).updater(None).build()
    for verb, step in STEPS.items():
        handler = CallbackQueryHandler[Any, None](_turn(engine, step), pattern=f"^{verb}/")
        app.add_handler(handler)
    await app.initialize()

    async def webhook(request: Request) -> Response:
        if request.headers.get("x-telegram-bot-api-secret-token") != SECRET:
            return Response(status_code=401)
        await app.process_update(Update.de_json(await request.json(), app.bot))
        return Response()

    routes = [Route("/webhooks/telegram", webhook, methods=["POST"])]
    return Starlette(routes=[*routes, *_bench(engine)])


def _turn(
    engine: Engine, step: Step
) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
    async def handle(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None
        with Session(engine) as session:
            if session.get(Seen, update.update_id) is not None:
                return
            person = session.get(Person, query.from_user.id) or Person(id=query.from_user.id)
            session.add(person)
            session.add(Seen(update_id=update.update_id))
            text, buttons = step(session, person, str(query.data).split(":")[1:])
            session.commit()
        await query.answer()
        await query.edit_message_text(text, reply_markup=_keyboard(buttons))

    return handle


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data)] for label, data in buttons]
    )


def _engine(url: str) -> Engine:
    if url.startswith("postgresql"):
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    else:
        engine = create_engine(url)

        @event.listens_for(engine, "connect")
        def durable(connection: Any, _: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    Table.metadata.create_all(engine)
    with Session(engine) as session:
        for counselor in range(1, _COUNSELORS + 1):
            for weekday in range(5):
                shift = Shift(counselor=counselor, weekday=weekday, begins=time(10), ends=time(16))
                session.add(shift)
        session.commit()
    return engine


def _bench(engine: Engine) -> list[Route]:
    """Return the routes by which the benchmark asks for people, slots and bookings."""

    async def form(request: Request) -> Response:
        with Session(engine) as session:
            session.get_one(Person, int(request.path_params["person"])).name = "広島 花子"
            session.commit()
        return Response()

    async def crowd(request: Request) -> Response:
        people = [new_person("telegram") for _ in range(request.path_params["count"])]
        with Session(engine) as session:
            for each in map(int, people):
                session.add(Person(id=each, agreed_to=_TERMS, name="広島 花子"))
                session.flush()
                session.add_all(Declaration(person_id=each, card=card) for card in _CARDS)
            session.commit()
        return PlainTextResponse(" ".join(people))

    async def slots(
        _: Request, *, which: Callable[[Session], Sequence[tuple[datetime, int]]]
    ) -> Response:
        with Session(engine) as session:
            words = [f"{starts_at:%Y%m%d%H%M}:{number}" for starts_at, number in which(session)]
        return PlainTextResponse(" ".join(words))

    async def clear(_: Request) -> Response:
        with Session(engine) as session:
            session.exec(delete(Booking))
            session.commit()
        return Response()

    async def waiting(_: Request) -> Response:
        return PlainTextResponse("0")  # a reply is sent before its update is answered

    def sold(session: Session) -> Sequence[tuple[datetime, int]]:
        return session.exec(select(Booking.starts_at, Booking.counselor)).all()

    return [
        Route("/bench/form/telegram/{person}", form),
        Route("/bench/crowd/telegram/{count:int}", crowd),
        Route("/bench/free", partial(slots, which=free_slots)),
        Route("/bench/sold", partial(slots, which=sold)),
        Route("/bench/clear", clear),
        Route("/bench/waiting", waiting),
    ]
