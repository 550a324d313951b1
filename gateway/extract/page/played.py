"""Plays the scripts of a page in a pretended browser and tells what they do: files they write, pages they make, where they go.

The engine is QuickJS, an interpreter without a compiler to machine code, files or network; the browser is written in its
language (`browser/*.js`). It is a person's desktop with a file just opened, at a fixed time; the web answers nothing.
Bounded in CPU, memory and what is told. `docs/decisions/0061-scripts-of-pages-are-played.md` has the reasons.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import _quickjs  # not `quickjs`: that module starts a thread

from gateway.extract.effort import Stage
from gateway.extract.page.thin import thinned

PARTS = ("guard", "events", "nodes", "markup", "selectors", "octets", "addresses", "streams", "requests", "selection", "elements",
         "properties", "arrivals", "going", "document", "scripts", "channels", "navigator", "things", "play")
"""In the order in which they build on one another."""
BROWSER = "\n".join((
    "(function () { 'use strict';",
    *((Path(__file__).with_name("browser") / f"{part}.js").read_text("utf-8") for part in PARTS),
    "return (name, ...given) => entries[name](...given); })()"))
SECONDS = 0.3                            # CPU of one page; one that does anything takes a hundredth of it
LEAST_SECONDS = 0.02
WASTED = 4                               # pages that took most of their time after which what was not played is held like one
SLACK = 0.3                              # for what is left to tell
MEMORY = 112 << 20
STACK = 512 << 10
LARGEST = 8 << 20
"""Characters of a page that is played, without mere mass: beyond stand pages with several chart libraries."""
JOBS = 5000                              # steps of promises
TICKS = 800                              # timers; the browser has fewer
FURTHER = 0.03
RETRIES = 3                              # names that a script lacks and that are made up for it
ANY_WORD = "Passw0rd!"
MOST_WORDS = 8                           # of the mail that are typed into the fields of a page
FAILED = (_quickjs.JSException, _quickjs.StackOverflow, ValueError, TypeError)
"""What calls of the engine raise: errors of scripts, and texts and values that have no like in Python."""
UNASKED = frozenset({"load", "stir"})
"""Phases in which a reader has done no more than open the page and move about."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a script did."""

    kind: str        # goes frame submits asks tells library calls page file copies deciphers pixels died lacks
    phase: str       # load; stir: whatever a reader does without meaning to; click
    detail: str
    more: str

    @property
    def unasked(self) -> bool:
        return self.phase in UNASKED

    @property
    def octets(self) -> bytes:
        """Of a file."""
        return base64.b64decode(self.more) if self.kind == "file" else b""


@dataclass(frozen=True, slots=True)
class Play:
    """What came of it."""

    acts: tuple[Act, ...] = ()
    shown: str = ""                      # words to read in the end
    asks: bool = False                   # for a password, in the end
    markup: str = ""                     # of the page in the end, without scripts, where these wrote any
    ended: bool = False                  # by itself: no bound was reached, and all of it could be told
    spent: bool = False                  # its time, its memory, its timers or its elements were used up

    @property
    def followed(self) -> bool:
        """Whether every script came to its end, and lacked nothing: what the page does not do here it does nowhere."""
        return self.ended and not self.of("died", "lacks")

    def of(self, *kinds: str) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if act.kind in kinds)


class _Spent(Exception):
    """A bound was reached."""


_ready: list[tuple[_quickjs.Context, Callable[..., object]]] = []
"""One browser made ahead: the process that all children are forked from has made it for each of them."""


def _opened() -> tuple[_quickjs.Context, Callable[..., object]]:
    if _ready:
        return _ready.pop()
    context = _quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_max_stack_size(STACK)
    return context, context.eval(BROWSER)


def make_ready() -> None:
    if not _ready:
        _ready.append(_opened())


@dataclass(slots=True)
class _Theatre:
    """One play while it goes on."""

    stage: Stage
    context: _quickjs.Context
    take: Callable[..., object]
    allowed: float
    began: float = field(init=False)
    jobs: int = 0
    further: float = FURTHER             # seconds of CPU for steps of timers beyond the first
    guessing: bool = False               # words of the mail are tried: what takes long now is no trick of the page

    def __post_init__(self) -> None:
        self.began = self.stage.clock()

    def limit(self) -> None:
        """Each call of the engine may take what is left of this page's time."""
        left = self.allowed - (self.stage.clock() - self.began)
        if left <= 0:
            raise _Spent
        self.context.set_time_limit(left)

    def ask(self, name: str, *given: str) -> object:
        self.limit()
        return self.take(name, *given)

    def settle(self) -> None:
        """Promises go on until none is left."""
        self.limit()
        while True:
            try:
                if not self.context.execute_pending_job():
                    return
            except FAILED as error:
                _stop(error)
            self.jobs += 1
            if self.jobs > JOBS:
                raise _Spent

    def scripts(self) -> None:
        """The page's own scripts, each in the window itself, so that they share what they declare."""
        while isinstance(script := self.ask("next"), str):
            for attempt in range(RETRIES + 1):
                self.limit()
                try:
                    made = self.context.eval(script if not attempt else f"{{{script}\n}}")
                    if isinstance(made, _quickjs.Object):
                        self.limit()
                        self.take("came", made, script)
                    break
                except (ValueError, TypeError):
                    break                                # it ended with a value that has no like in Python
                except FAILED as error:
                    _stop(error)
                    if not self.ask("died", "script", _text(str(error).partition("\n")[0])):
                        break
            self.settle()

    def go_on(self) -> None:
        self.settle()
        for _ in range(TICKS):
            if not self.ask("tick"):
                break
            self.settle()
        self.go_further()

    def go_further(self) -> None:
        """Steps beyond those of ordinary pages, as long as all of them together cost next to nothing: bars that fill."""
        begun = self.stage.clock()
        while self.further > 0 and self.ask("further"):
            self.settle()
            self.further -= self.stage.clock() - begun
            begun = self.stage.clock()

    def all(self, source: str, words: Sequence[str]) -> None:
        self.ask("open", source, json.dumps(list(words)))
        self.scripts()
        for phase in ("loaded", "stir"):
            self.ask(phase)
            self.go_on()
        self.click(ANY_WORD)
        if words and self.ask("fields"):
            self.guessing = True
            for word in words:
                self.click(word)

    def click(self, word: str) -> None:
        """Everything is filled in and pressed once."""
        self.ask("click", word)
        self.go_on()


def _stop(error: Exception) -> None:
    """Raises _Spent for what ends all: time and memory."""
    if _spends(error):
        raise _Spent


def _spends(error: Exception) -> bool:
    return str(error).startswith(("InternalError: interrupted", "InternalError: out of memory", "null"))


def play(source: str, stage: Stage, words: Sequence[str] = ()) -> Play | None:
    """What the scripts of a page do; None where it is not played, `spent` where endless pages before it used up the time.
    `words`: what its reader may be asked for."""
    allowed = min(SECONDS, stage.left / 2)                # others that come later are played as well
    if not stage.open:
        return None
    if len(source) > LARGEST and not (source := thinned(source, LARGEST)):
        return None
    if allowed < LEAST_SECONDS:
        return Play(spent=True) if stage.wasted >= WASTED else None
    context, take = _opened()
    theatre = _Theatre(stage, context, take, allowed)
    ended, spent = True, False
    with stage.fence(allowed + SLACK):
        try:
            theatre.all(_text(source), [_text(word) for word in words[:MOST_WORDS]])
        except FAILED as error:
            ended = False
            spent = _spends(error) and not theatre.guessing
        except _Spent:
            ended, spent = False, not theatre.guessing
        play = _told(theatre, ended)
        play = replace(play, spent=play.spent or spent)
    used = stage.clock() - theatre.began
    stage.spend(used)
    stage.wasted += play.spent or used > allowed / 2
    return play


def _text(source: str) -> str:
    """Text without what the engine cannot be given."""
    return source.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _told(theatre: _Theatre, ended: bool) -> Play:
    theatre.context.set_time_limit(LEAST_SECONDS * 5)
    log = end = None
    try:
        log = theatre.take("acts")
        end = theatre.take("end")
    except FAILED:
        ended = False
    try:
        log = log if isinstance(log, str) else theatre.take("log")
    except FAILED:
        ended = False
    acts = tuple(Act(*map(str, json.loads(line))) for line in str(log or "").split("\n") if line)
    last = json.loads(end) if isinstance(end, str) else {}
    return Play(acts, str(last.get("shown", "")), last.get("asks") is True, str(last.get("markup", "")),
                ended and last.get("full") is False, last.get("spent") is True and not theatre.guessing)
