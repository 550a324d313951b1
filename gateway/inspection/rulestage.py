"""`python -P -m gateway.inspection.rulestage FD < REQUEST`: compiles and profiles outside rules, in a process of its own.

The request is JSON: {"files": [paths], "samples": [paths]}. Prints one JSON object, and writes the compiled rules to the
descriptor FD. Nothing it says is believed beyond this run: the caller seals what it stores.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gateway.detect.outside_rules import Source, cleaned, compiled, harmless, leave_out, measured, profile, samples, wide
from gateway.inspection import libc
from gateway.inspection.rulestore import engine
from gateway.inspection.watch import cpu_seconds

MAX_FILE = 16 << 20                      # octets of one rule file
MAX_SAMPLE = 8 << 20                     # octets of one sample; of larger ones the beginning
MEMORY = 4 << 30                         # address space; a rule set needs some hundred megabytes
CPU = 900                                # seconds
TOGETHER = 64                            # files that are measured together before each one is
LONGEST = 2                              # CPU seconds of one measurement; a child begins with none used
SAMPLING = 120                           # CPU seconds for all rules of a file on our samples, compiling them included


def main(fd: int, request: dict[str, Any]) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    corpus = (*samples(), *(_head(Path(p), MAX_SAMPLE) for p in request["samples"]))
    sources: list[Source] = []
    hashes: dict[str, str] = {}
    for name in request["files"]:
        source, hashes[name] = read(Path(name))
        sources.append(source)
    whole = [source for source in sources if source.rules]
    for at in range(0, len(whole), TOGETHER):
        judged(whole[at:at + TOGETHER], corpus)
    kept = [source for source in sources if source.rules]
    if kept:
        octets = compiled(kept)
        with os.fdopen(fd, "wb", closefd=False) as out:
            out.write(octets)
    return {
        "engine": engine(), "rules": sum(s.rules for s in kept), "files": hashes,
        "refused": [[f"{s.name}:{line}", message] for s in sources for line, message in s.refused],
        "slow": [[f"{s.name}:{line}", message] for s in sources for line, message in s.slow],
    }


def judged(files: Sequence[Source], corpus: Sequence[bytes]) -> None:
    """Leaves out what does not compile, is slow or matches anything: of many files at once, in halves where something does."""
    if len(files) == 1:
        if cleaned(files[0]):
            profile(files[0], lambda text: apart(text, corpus))
            narrowed(files[0])
    elif aside(lambda: repr(harmless([f.text for f in files], corpus, cpu_seconds))) != repr(True):
        half = len(files) // 2
        judged(files[:half], corpus)
        judged(files[half:], corpus)


def narrowed(source: Source) -> None:
    """Leaves out what matches anything, and what refers to it. A file on which that does not end is refused as a whole."""
    heard = aside(lambda: json.dumps(wide(source.text)), SAMPLING) if source.rules else "[]"
    if heard:
        leave_out(source, json.loads(heard))
        cleaned(source)
    else:
        source.refused.append((1, "its rules do not end on our samples"))
        source.text = ""


def apart(text: str, corpus: Sequence[bytes]) -> float:
    """What rules cost; infinity where they do not end."""
    return float(aside(lambda: repr(measured(text, corpus, cpu_seconds))) or math.inf)


def aside(work: Callable[[], str], seconds: int = LONGEST) -> str:
    """What a child says that the kernel ends when it takes too long; nothing then."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(ours)
            libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            with os.fdopen(theirs, "wb") as out:
                out.write(work().encode())
            status = 0
        finally:
            os._exit(status)
    os.close(theirs)
    with os.fdopen(ours, "rb") as said:
        heard = said.read()
    _, status = os.waitpid(pid, 0)
    return "" if status else heard.decode()


def alone() -> int:
    """From here on this process dies with who started it, and standard output is for us: rules can write to it (YARA's module
    `console`), and nobody shall read that as our answer. Where the answer goes."""
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
    answer, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answer


def read(path: Path) -> tuple[Source, str]:
    """The text of a file and the hash of its octets; what is no text or too large is refused as a whole."""
    octets = _head(path, MAX_FILE + 1)
    digest = hashlib.sha256(octets).hexdigest()
    if len(octets) > MAX_FILE:
        return Source(str(path), "", [(1, f"larger than {MAX_FILE} octets")]), digest
    try:
        return Source(str(path), octets.decode("utf-8")), digest
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        return Source(str(path), "", [(line, "is not UTF-8")]), digest


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


if __name__ == "__main__":
    with os.fdopen(alone(), "w", encoding="utf-8") as told:
        told.write(json.dumps(main(int(sys.argv[1]), json.load(sys.stdin))))
