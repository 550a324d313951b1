"""How much CPU a message may cost by guessing passwords, over all of its locked files together, and by its pages' scripts.

Costs are estimates by kind of lock and by its rounds of key derivation, not measured time: the same mail is guessed at
equally far on every machine and under every load, so that its judgement is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

SECONDS = 1.5                            # of one message, where the configuration says nothing else
USUAL_SECONDS = 0.5                      # of one message: three documents of Office with two words each

# Seconds, measured on a 2-core server of 2023; other machines differ by half or double.
ZIPCRYPTO = 15e-6                        # one check octet
ZIP_AES = 1.3e-3                         # PBKDF2-SHA1, 1,000 rounds
ROUND_7Z = 26e-9                         # SHA-256 over salt, password and counter; 2^19 rounds are usual: 14 ms
ROUND_RAR5 = 260e-9                      # PBKDF2-SHA256; 2^15 rounds are usual: 9 ms
RAR4 = 10e-3                             # 2^18 rounds of SHA-1
SPIN_OFFICE = 750e-9                     # SHA-512 in Python; 100,000 rounds are usual: 75 ms
OFFICE97 = 1e-3                          # RC4 and XOR
PDF_GUESS = 7e-3                         # the file is opened anew; revision 6 is the dearest


USUAL_WORD = 10
"""Characters of a password up to which the figures hold where every round hashes the word itself (7z, RAR 4)."""


def longer(word: str) -> float:
    """How much dearer a guess of this word is than one of usual length."""
    return max(1.0, len(word) / USUAL_WORD)


@dataclass(slots=True)
class Effort:
    """What is left. `over` says that a guess was not made for want of it."""

    left: float = SECONDS
    over: bool = False
    usual: float = USUAL_SECONDS         # left for words that programs use themselves, before these count like others

    def spend(self, seconds: float) -> bool:
        """False where this guess may not be made."""
        if seconds > self.left:
            self.over = True
            return False
        self.left -= seconds
        return True

    def spend_usual(self, seconds: float) -> bool:
        """The same for a word that a program uses where nobody gave it one."""
        if seconds > self.usual:
            return self.spend(seconds)
        self.usual -= seconds
        return True


PLAY_SECONDS = 1.0                       # of one message, where the configuration says nothing else
LEAST_PLAY = 0.01                        # that each page is charged


def _still() -> float:
    return 0.0


@dataclass(slots=True)
class Stage:
    """What is left for playing the scripts of a message's pages. `clock` tells the CPU used so far, in seconds; without
    one each page has its own bound only, and their number another. Within `fence` the process ends after so much more CPU:
    some single calls of the engine cannot be broken off."""

    left: float = PLAY_SECONDS
    open: bool = field(init=False)       # False where nothing is played
    wasted: int = field(default=0, init=False)     # pages that used more than half of what they were given
    clock: Callable[[], float] = _still
    fence: Callable[[float], AbstractContextManager[object]] = nullcontext

    def __post_init__(self) -> None:
        self.open = self.left > 0

    def spend(self, seconds: float) -> None:
        self.left -= max(LEAST_PLAY, seconds)
