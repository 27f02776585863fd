"""One server of a benchmark, in a process of its own: `python -m benchmarks.server '{…}'`."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import uvloop

from benchmarks import yardsticks
from benchmarks.counter import LINE_TOKEN, Counter
from benchmarks.plain_bot import plain_bot
from benchmarks.platforms import line, platforms
from bot.http_server import http_server, spare_what_stays, stop_on_signals
from bot.logs import set_up


async def serve(port: int, side: str, **given: Any) -> None:
    """Serve one side until told to stop."""
    async with contextlib.AsyncExitStack() as stack:
        match side:
            case "platforms":
                app = platforms()
            case "line":
                app = line(LINE_TOKEN)
            case "bare":
                app = yardsticks.bare()
            case "plain":
                app = await plain_bot(given["url"], given["platforms"])
            case "sqlite":
                app = yardsticks.sqlite_driver(
                    Path(given["folder"]), group=given["group"], posts_to=given.get("posts_to")
                )
            case "postgresql":
                app = yardsticks.postgresql_driver(given["url"])
            case _:
                counter = Counter(**given)
                await stack.enter_async_context(counter.running())
                app = counter.app.web.app
        server = http_server(app, "127.0.0.1", port)
        stop_on_signals(server)
        spare_what_stays()
        await server.serve()


if __name__ == "__main__":
    set_up()
    uvloop.run(serve(**json.loads(sys.argv[1])))
