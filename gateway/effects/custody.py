"""The keeper as others see it: KeeperClient for the edge and the console (asyncio), KeeperDesk for the command line."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.effects.wire import READ, Channel, FrameError, Inbox, connect, encode
from gateway.model.custody import Actor, Admission, Admitted
from gateway.model.deadline import Clock, Deadline
from gateway.model.errors import CustodyUnavailable, GatewayFault, SekishoError
from quarantine.lifecycle import Refusal, Refused
from quarantine.shapes import admission_to_json

PATIENCE = 30.0                          # seconds for what has no deadline of its own
QUICK = 1.0                              # for advice: without it mail is judged all the same
SILENCE = 5.0                            # without a word before the keeper is asked whether it lives; the same again for its answer
PING = {"verb": "ping"}
SILENT = "the keeper does not answer"
LONG = 3600.0                            # for verbs that go through everything: audit, keys, retention, backup


@dataclass(frozen=True, slots=True)
class Answered:
    """The keeper's answer; `fd` is the receiver's to close."""

    body: dict[str, Any]
    fd: int | None = None


def checked(body: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer, or the error it carries."""
    error = body.get("error")
    if error is None:
        return body
    if error["kind"] == "refused":
        raise Refused(Refusal(error["code"], error["text"]))
    if error["kind"] == "unavailable":
        raise CustodyUnavailable(error["text"])
    if error["kind"] == "fault":
        raise GatewayFault(error["text"])
    raise SekishoError(error["text"])


def acting(actor: Actor) -> dict[str, Any]:
    """What is said of an actor on the wire; roles are looked up by the keeper."""
    return {"name": actor.name, "via": actor.via, "system": actor.system}


class KeeperClient:
    """One connection to the keeper, shared by all tasks of a process and made again when it breaks.

    Implements `gateway.model.ports.Custody`; `call` reaches every verb of `quarantine.desk`. Work may take as long as its
    asker waits: a disk may be slow. A keeper that does not even answer a ping within two times `silence` seconds is given up
    for all who wait, and nobody waits for it until it speaks again.
    """

    def __init__(self, path: Path, clock: Clock, silence: float = SILENCE) -> None:
        self.path, self.clock, self.silence = path, clock, silence
        self._channel: Channel | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Answered]] = {}
        self._numbers = itertools.count(1)
        self._connecting = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._heard = 0                  # frames of the keeper
        self._silent = False             # it was given up and has not spoken since

    async def admit(self, admission: Admission, fd: int, deadline: Deadline) -> Admitted:
        """Durable custody, or CustodyUnavailable (answered 451)."""
        request = {"verb": "admit", "admission": admission_to_json(admission)}
        try:
            answer = await self.ask(request, (fd,), deadline.left(self.clock))
        except CustodyUnavailable:
            raise
        except SekishoError as error:    # whatever it is, the mail is not in custody
            raise CustodyUnavailable(str(error)) from error
        return Admitted(answer.body["id"], answer.body["duplicate"])

    async def confirm(self, id: str) -> None:
        await self.ask({"verb": "confirm", "id": id})

    async def drop(self, id: str) -> None:
        await self.ask({"verb": "drop", "id": id})

    async def use_mark(self, line: str, recipients: list[str], sha256: str) -> bool:
        """True once: this message is a release of ours (see quarantine.marks); the caller hashed what stands below the line."""
        answer = await self.ask({"verb": "use-mark", "line": line, "recipients": recipients, "sha256": sha256})
        return bool(answer.body["genuine"])

    async def recall(self, words: Sequence[str]) -> list[bool] | None:
        """Which of these words of the history were seen (see gateway.auth.acquaintance); None while nobody can say."""
        answer = await self.ask({"verb": "recall", "words": list(words)}, patience=QUICK)
        known = answer.body["known"]
        return None if known is None else [bool(k) for k in known]

    async def acquaint(self, words: Sequence[str]) -> None:
        await self.ask({"verb": "acquaint", "words": list(words)}, patience=QUICK)

    async def free_mark(self, line: str, recipients: list[str]) -> None:
        """The message that the mark let pass was not taken: it counts once more."""
        await self.ask({"verb": "free-mark", "line": line, "recipients": recipients})

    async def words(self, sender: str, recipients: Sequence[str]) -> list[str]:
        """Passwords that earlier mail between these people announced. Raises CustodyUnavailable."""
        asked = {"verb": "words", "sender": sender, "recipients": list(recipients)}
        return [str(word) for word in (await self.ask(asked, patience=QUICK)).body["words"]]

    async def remember(self, sender: str, recipients: Sequence[str], words: Sequence[str]) -> None:
        """Keep announced words; held mail that they may open is judged again. Raises CustodyUnavailable."""
        await self.ask({"verb": "remember", "sender": sender, "recipients": list(recipients), "words": list(words)})

    async def call(self, verb: str, actor: Actor, patience: float = PATIENCE, **arguments: Any) -> Answered:
        """A verb of the desk on behalf of somebody. Raises Refused, CustodyUnavailable."""
        return await self.ask({"verb": verb, "actor": acting(actor), **arguments}, patience=patience)

    async def ask(self, request: dict[str, Any], fds: tuple[int, ...] = (), patience: float = PATIENCE) -> Answered:
        number = next(self._numbers)
        answered: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        channel: Channel | None = None
        try:
            async with asyncio.timeout(patience):
                channel = await self._connected()
                if self._silent:
                    raise CustodyUnavailable(SILENT)
                self._waiting[number] = answered
                if self._watching is None or self._watching.done():
                    self._watching = asyncio.create_task(self._watch())
                await channel.send(request | {"n": number}, fds)
                answer = await answered
        except TimeoutError as error:
            raise CustodyUnavailable("the keeper did not answer in time") from error
        except FrameError:
            if channel is self._channel:
                self._lost("the keeper is gone")
            raise
        finally:
            self._waiting.pop(number, None)
        return Answered(checked(answer.body), answer.fd)

    async def _connected(self) -> Channel:
        async with self._connecting:
            if self._channel is None:
                self._channel = Channel(connect(self.path, timeout=0.0))
                self._reader = asyncio.create_task(self._read(self._channel))
                if self._silent:         # its answer ends the silence
                    await self._channel.send(PING)
            return self._channel

    async def _watch(self) -> None:
        """While somebody waits."""
        while self._waiting:
            heard, channel = self._heard, self._channel
            await asyncio.sleep(self.silence)
            if self._waiting and self._heard == heard:
                with contextlib.suppress(CustodyUnavailable):
                    await self.ask(PING, patience=self.silence)
                if self._heard == heard and self._channel is channel:
                    self._give_up()

    def _give_up(self) -> None:
        """What was sent may still be done: a retry of held mail is recognised."""
        self._silent = True
        if self._channel is not None and self._channel.congested:
            self._lost(SILENT)           # frees who waits to send
        self._fail(SILENT)

    async def _read(self, channel: Channel) -> None:
        try:
            while (frame := await channel.receive()) is not None:
                self._arrived(*frame)
        except FrameError:
            pass                         # the same as the end of the stream
        if self._channel is channel:
            self._silent = False         # the next one is another process
            self._lost("the keeper is gone")

    def _arrived(self, body: dict[str, Any], fds: list[int]) -> None:
        self._heard, self._silent = self._heard + 1, False
        waiting = self._waiting.pop(int(body.pop("n", 0)), None)
        for fd in fds[1:] if waiting is not None and not waiting.done() else fds:
            os.close(fd)                 # nobody waits for it any more
        if waiting is not None and not waiting.done():
            waiting.set_result(Answered(body, fds[0] if fds else None))

    def _lost(self, why: str) -> None:
        """The connection broke: whoever waits does not know whether it was done, and is answered 451."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
        self._fail(why)

    def _fail(self, why: str) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(CustodyUnavailable(why))
        self._waiting.clear()

    async def close(self) -> None:
        for task in (self._reader, self._watching):
            if task is not None:
                task.cancel()
        self._reader = self._watching = None
        self._lost("closed")


class KeeperDesk:
    """The same verbs for code without a loop: one connection, one question at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket: socket.socket | None = None
        self._inbox = Inbox()

    def call(self, verb: str, actor: Actor, patience: float = PATIENCE, **arguments: Any) -> Answered:
        return self.ask({"verb": verb, "actor": acting(actor), **arguments}, patience)

    def ask(self, request: dict[str, Any], patience: float = PATIENCE) -> Answered:
        """A keeper that does not answer a ping is not waited for: some verbs may take an hour."""
        if self._socket is None:
            self._socket = connect(self.path, timeout=5.0)
            self._inbox = Inbox()
            self._exchange(self._socket, PING, 2 * SILENCE)
        body, fds = self._exchange(self._socket, request, patience)
        return Answered(checked(body), fds[0] if fds else None)

    def _exchange(self, connection: socket.socket, request: dict[str, Any], patience: float) -> tuple[dict[str, Any], list[int]]:
        connection.settimeout(patience)
        try:
            connection.sendall(encode(request | {"n": 1}))
            body, fds = self._receive(connection)
        except (OSError, FrameError) as error:
            self.close()
            raise CustodyUnavailable(f"{self.path}: the keeper does not answer: {error}") from error
        body.pop("n", None)
        return body, fds

    def _receive(self, connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
        while (frame := self._inbox.frame()) is None:
            data, fds, _, _ = socket.recv_fds(connection, READ, 4)
            if not data:
                raise FrameError("the connection was closed")
            self._inbox.feed(data, fds)
        return frame

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._inbox.close()


def is_running(path: Path) -> bool:
    """True where a keeper listens there."""
    try:
        connect(path, timeout=1.0).close()
    except CustodyUnavailable:
        return False
    return True


def read_all(answer: Answered) -> bytes:
    """The octets of an answer with a descriptor, which is closed."""
    if answer.fd is None:
        return b""
    with os.fdopen(answer.fd, "rb") as file:
        file.seek(0)
        return file.read()
