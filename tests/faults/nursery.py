"""`python -m tests.faults.nursery`: forks servers that are to be killed. It has imported everything
once, so that a new server costs a fork and not a second.

It reads one JSON object a line (settings, office, clock, boundary) and answers with the process and
the port of the new server. It ends, with all its children, when its input ends.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from bot.app import App
from bot.channels.registry import open_channels
from bot.http_server import http_server, spare_what_stays
from bot.logs import set_up
from bot.settings import Settings
from bot.video.registry import open_video
from models.office import load
from tests.faults.boundaries import install
from tests.faults.clock import SharedClock
from tests.faults.guards import take_away


async def serve(order: dict[str, Any], opened: socket.socket) -> None:
    """A server of the program, under a clock that somebody else turns."""
    settings, clock = order["settings"], SharedClock(Path(order["clock"]))
    office = load(Path(order["office"]))
    channels, video = open_channels(settings), open_video(settings, office, clock)
    app = App(Settings(**settings), office, channels, clock, video)
    take_away(order["without"])
    install(order["boundary"], app)
    async with app.running():
        await http_server(app.web.app, "127.0.0.1", 0).serve(sockets=[opened])


def main() -> None:
    set_up()
    spare_what_stays()  # else each child's collector would make a copy of all memory
    # Nobody waits for those who are killed: as long as we live their numbers stay theirs, and
    # whoever kills by number meets nobody else's process.
    children = []
    for line in sys.stdin:
        order = json.loads(line)
        opened = socket.socket(proto=socket.IPPROTO_TCP)
        opened.bind(("127.0.0.1", 0))
        opened.listen(64)
        port, pid = opened.getsockname()[1], os.fork()
        if pid == 0:
            asyncio.run(serve(order, opened))
            os._exit(0)
        opened.close()
        children.append(pid)
        print(json.dumps({"pid": pid, "port": port}), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
