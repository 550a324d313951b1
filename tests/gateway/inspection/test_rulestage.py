from __future__ import annotations

import math
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.detect import outside_rules
from gateway.detect.outside_rules import Source, samples
from gateway.inspection import rulestage
from gateway.inspection.rulestage import MAX_FILE, apart, narrowed, read


def test_only_an_answer_counts() -> None:
    """Rules that do not end stand in test_rulestaging: they take seconds."""
    assert apart("rule E { condition: nonsense }", samples()) == math.inf, "a child that fails has not said that it is quick"
    assert 0 <= apart('rule F { strings: $a = "fine" condition: $a }', samples()) < 1


def test_it_ends_with_who_asked(tmp_path: Path) -> None:
    """A command that was interrupted left it compiling for a quarter of an hour."""
    code = ("import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', 'import os, time; "
            "from gateway.inspection.rulestage import alone; os.write(alone(), b\"%d \" % os.getpid()); print(7, flush=True); time.sleep(60)'])")
    parent = subprocess.Popen([sys.executable, "-P", "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    said = os.read(parent.stdout.fileno(), 64)
    watched = os.pidfd_open(int(said))
    os.kill(parent.pid, signal.SIGKILL)
    assert select.select([watched], [], [], 20)[0] and parent.stdout.read() == b"", "and nobody else writes there"
    os.close(watched)
    parent.stdout.close()
    parent.wait()


def test_a_file_that_does_not_end_on_our_samples_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a rule that matches anything could hide in a large one."""
    source = Source("x.yar", 'rule A { condition: true }\nrule B { strings: $a = "fine" condition: $a }')
    narrowed(source)
    assert source.refused == [(1, "A: matches anything")] and source.rules == 1
    monkeypatch.setattr(rulestage, "SAMPLING", 1)
    monkeypatch.setattr(rulestage, "wide", lambda text: [None for _ in iter(int, 1)])
    narrowed(source)
    assert source.refused[1:] == [(1, "its rules do not end on our samples")] and source.rules == 0


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yar"
    path.write_bytes(b"rule A { condition: true }\n\xff\n")
    assert read(path)[0].refused == [(2, "is not UTF-8")]
    path.write_bytes(b" " * (MAX_FILE + 2))
    assert "larger" in read(path)[0].refused[0][1]


def test_files_are_judged_together_and_the_bad_ones_found(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f'rule good{n} {{ strings: $a = "evil{n}" condition: $a }}' for n in range(16)]
    texts[3] = "rule anything { condition: filesize > 10 }"
    texts[5] = 'rule broken { strings: $a = "x condition: $a }'
    files = [Source(f"{number}.yar", text) for number, text in enumerate(texts)]
    alone: list[str] = []
    monkeypatch.setattr(rulestage, "cleaned", lambda source: alone.append(source.name) or outside_rules.cleaned(source))
    rulestage.judged(files, samples())
    assert sum(source.rules for source in files) == 14
    assert files[3].refused == [(1, "anything: matches anything")] and files[5].refused[0][0] == 1
    assert {"3.yar", "5.yar"} <= set(alone) and "12.yar" not in alone
