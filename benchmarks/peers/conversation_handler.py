"""python-telegram-bot's ConversationHandler with PicklePersistence, flushed after each turn, with
1,000 people in the middle of a conversation."""

import asyncio
import datetime
import sys
import time
from pathlib import Path

from telegram import CallbackQuery, Chat, Message, Update, User, __version__
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ConversationHandler,
    ExtBot,
    PicklePersistence,
)

PEOPLE, TURNS = 1000, 300


class OfflineBot(ExtBot):
    """A bot that asks nobody who it is."""

    async def initialize(self):
        self._bot_user = User(1234567890, "Bot", is_bot=True)


async def step(update, context):
    context.user_data["turns"] = context.user_data.get("turns", 0) + 1
    return (context.user_data["turns"] % 5) + 1


def tap(number, person):
    user = User(person, "Parent", is_bot=False)
    chat = Chat(person, "private")
    message = Message(1, datetime.datetime.now(datetime.UTC), chat)
    query = CallbackQuery(str(number), user, "1", message=message, data="next")
    return Update(number, callback_query=query)


async def main():
    file = Path(sys.argv[1]) / "conversation.pickle"
    app = (
        Application.builder()
        .bot(OfflineBot("1234567890:nobody"))
        .persistence(PicklePersistence(file, update_interval=10**6))
        .updater(None)
        .build()
    )
    states = {number: [CallbackQueryHandler(step)] for number in range(1, 6)}
    app.add_handler(
        ConversationHandler(
            [CallbackQueryHandler(step)], states, [], name="booking", persistent=True
        )
    )
    await app.initialize()
    for person in range(PEOPLE):
        await app.process_update(tap(person, person + 1))
    await app.update_persistence()
    began = time.perf_counter()
    for number in range(TURNS):
        await app.process_update(tap(PEOPLE + number, number % PEOPLE + 1))
        await app.update_persistence()
        await app.persistence.flush()
    spent = (time.perf_counter() - began) / TURNS * 1000
    print(
        f"python-telegram-bot {__version__}, ConversationHandler with PicklePersistence flushed"
        f" each turn, {PEOPLE:,} people: {spent:.1f} ms a turn, no booking, no reply"
    )


asyncio.run(main())
