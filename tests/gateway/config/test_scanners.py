from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config import check, load
from gateway.config.values import Endpoint

ONE = '[[scanner]]\nname = "av"\nkind = "clamd"\n'


def test_addresses(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(f'{ONE}address = "127.0.0.1:3310"\n' + ONE.replace("av", "b") + 'address = "/run/c.sock"\n')
    assert [one.address for one in load(file).scanners] == [Endpoint("127.0.0.1", 3310), Path("/run/c.sock")]


@pytest.mark.parametrize(("text", "said"), [
    (ONE, "address"),
    (f'{ONE}address = "run/c.sock"\n', "address"),
    (f'{ONE}address = 7\n', "address"),
    (f'{ONE}address = "/a"\nfail = "open"\n', "fail"),
    (f'{ONE}address = "/a"\ntimeout = "2m"\n', "final_reply"),
    (f'{ONE}address = "/a"\n{ONE}address = "/b"\n', "names must differ"),
    ('[scanner]\nname = "x"\n', "[[scanner]]"),
])
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(text)
    problems = [p for p in check(file) if not p.warning]
    assert len(problems) == 1 and said in problems[0].message and problems[0].where.startswith(str(file))
