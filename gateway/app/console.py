"""The console process: the web pages. Reads the database, acts through the keeper; no master key, no hostile parser."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.app.brief import Brief
from gateway.app.common import Tools, obey, pushing, started, take_sockets
from gateway.app.custody import database_url, secret_of
from gateway.config import Config
from gateway.console import settings as web
from gateway.console.book import Book
from gateway.console.server import WebServer
from gateway.model.deadline import Clock
from gateway.model.errors import GatewayFault
from gateway.model.ports import Events
from gateway.ops import log

BOOK = "console.db"


class Pages:
    """Django's WSGI application. Made once in a process, because Django's settings are the process'; `change` reloads."""

    def __init__(self, brief: Brief, clock: Clock) -> None:
        config = brief.config
        web.setup(config, database_url(config), secret_of(config.gateway.state_dir / "console.secret"))
        from django.conf import settings  # Django's models can be imported only now
        from django.core.wsgi import get_wsgi_application

        from gateway.console.state import Console, Desks

        settings.CONSOLE = Console(Desks(brief.keeper), Book(config.gateway.state_dir / BOOK, clock), clock, config)
        self.answer = get_wsgi_application()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        return self.answer(environ, start)

    def change(self, config: Config) -> None:
        """Languages, times, zone, address and proxies of a new configuration. The new handler forgets what it knew of the old."""
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        for name, value in web.site(config).items():
            setattr(settings, name, value)
        settings.CONSOLE = replace(settings.CONSOLE, config=config)
        self.answer = get_wsgi_application()


def watch(events: Events) -> Any:
    """A page that broke is an incident: kind and place of the error, never its text, which may quote mail. Keep the result."""
    from django.core.signals import got_request_exception

    def broken(**_: Any) -> None:
        kind, _error, trace = sys.exc_info()
        last = traceback.extract_tb(trace)[-1] if trace else None
        place = f"{Path(last.filename).name}:{last.lineno}" if last else ""
        events.emit("incident", part="console", reason=f"{kind.__name__ if kind else ''} at {place}")

    got_request_exception.connect(broken)
    return broken


async def run(name: str, control: socket.socket) -> None:
    brief = await started(control)
    tools = Tools(name)
    log.configure(tools.events)
    logging.getLogger("django").setLevel(logging.CRITICAL)       # its lines quote requests; refusals are in the audit chain
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    pages = Pages(brief, tools.clock)
    server = WebServer(pages, take_sockets(brief)["console"])
    watching = watch(tools.events)           # Django keeps only a weak reference

    async def reload(fresh: Brief) -> None:
        pages.change(fresh.config)

    serving = asyncio.create_task(asyncio.to_thread(server.run))
    async with pushing(tools, brief):
        obeying = asyncio.create_task(obey(control, reload, reload))
        await asyncio.wait([serving, obeying], return_when=asyncio.FIRST_COMPLETED)
        ended = serving.done() and not obeying.done()
        server.stop()
        obeying.cancel()
        await asyncio.gather(serving, obeying, return_exceptions=True)
    del watching
    if ended:
        raise GatewayFault("the web server ended by itself")
