"""Exceptions made in the console: checked, recorded, in a file that the configuration reads; the file of the house is not touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.config import ConfigProblems, load
from gateway.keeper import exceptions as module
from gateway.keeper.exceptions import Exceptions
from gateway.model.errors import CustodyUnavailable
from gateway.policy import load_policy
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord
from quarantine.service import QuarantineService
from tests.builders.console import CONFIG
from tests.builders.custody import ADMIN, ANNA, AUDITOR, House

WANTED: dict[str, Any] = {"rule": "block-executables", "owner": "it@bank.example", "until": "2026-12-31", "reason": 'vendor "signs" its\n files 印',
                          "scope": {"sender": ["vendor.example"], "auth": {"dmarc": ["pass"]}, "nonsense": ["x"], "finding": []}}


@pytest.fixture
def file(house: House) -> Path:
    path = house.directory / "sekisho.toml"
    path.write_text(CONFIG.format(state=house.directory, url="http://127.0.0.1:8080"))
    return path


@pytest.fixture
def reloads() -> list[str]:
    return []


@pytest.fixture
def exceptions(file: Path, reloads: list[str]) -> Exceptions:
    config = load(file)
    return Exceptions(lambda: config, lambda: reloads.append("reload"))


def test_one_is_made_and_ended(service: QuarantineService, exceptions: Exceptions, file: Path, reloads: list[str]) -> None:
    id = exceptions.make(service, ADMIN, WANTED)["id"]
    one, = load_policy(load(file)).exceptions
    assert (one.id, one.rule, one.owner, one.reason) == (id, "block-executables", "it@bank.example", 'vendor "signs" its files 印')
    assert one.where.startswith(str(exceptions.path)) and len(one.scope) == 2 and reloads == ["reload"]
    assert file.read_text() == CONFIG.format(state=file.parent, url="http://127.0.0.1:8080")
    assert exceptions.path.stat().st_mode & 0o077 == 0
    exceptions.end(service, ADMIN, id, "no longer")
    assert load_policy(load(file)).exceptions == () and len(reloads) == 2
    assert list(AuditRecord.objects.filter(action__startswith="exception").order_by("id").values_list("action", "actor")) == [("exception-make", "admin"), ("exception-end", "admin")]


@pytest.mark.parametrize(("change", "code"), [
    ({"rule": "block-nothing"}, "EXCEPTION"), ({"owner": "nobody"}, "EXCEPTION"), ({"until": "2026-11-01"}, "EXCEPTION"), ({"until": "2029-01-01"}, "EXCEPTION"),
    ({"until": "soon"}, "EXCEPTION"), ({"scope": {}}, "EXCEPTION"), ({"scope": {"sender": ["not an address@@"]}}, "EXCEPTION"), ({"scope": "x"}, "EXCEPTION"),
    ({"reason": "  "}, "NO-REASON")])
def test_what_is_wrong_leaves_everything_as_it_was(service: QuarantineService, exceptions: Exceptions, reloads: list[str], change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        exceptions.make(service, ADMIN, WANTED | change)
    assert refused.value.code == code and not exceptions.path.exists() and reloads == []
    assert not AuditRecord.objects.filter(action="exception-make").exists()


@pytest.mark.parametrize("actor", [ANNA, AUDITOR])
def test_only_an_admin_may(service: QuarantineService, exceptions: Exceptions, actor: Any) -> None:
    for call in (lambda: exceptions.make(service, actor, WANTED), lambda: exceptions.end(service, actor, "x", "y")):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code == "FORBIDDEN"


def test_what_is_not_there_cannot_be_ended(service: QuarantineService, exceptions: Exceptions) -> None:
    with pytest.raises(Refused) as refused:
        exceptions.end(service, ADMIN, "x", "y")
    assert refused.value.code == "NOT-FOUND"


def test_a_file_that_cannot_be_read_is_never_begun_anew(service: QuarantineService, exceptions: Exceptions) -> None:
    exceptions.path.write_text("[[exception")
    with pytest.raises(CustodyUnavailable):
        exceptions.make(service, ADMIN, WANTED)
    assert exceptions.path.read_text() == "[[exception"


def test_only_what_fits_the_policy_in_force_is_written(service: QuarantineService, exceptions: Exceptions, file: Path, reloads: list[str]) -> None:
    """Whatever stands in the configuration file meanwhile; and a row that was written by hand and is wrong is named."""
    file.write_text("[[rule]] half a rule")
    id = exceptions.make(service, ADMIN, WANTED)["id"]
    exceptions.path.write_text(exceptions.path.read_text() + '[[exception]]\nid = "by-hand"\nrule = "nothing-such"\n')
    before, reloads[:] = exceptions.path.read_text(), []
    for call in (lambda: exceptions.make(service, ADMIN, WANTED), lambda: exceptions.end(service, ADMIN, id, "no longer")):
        with pytest.raises(Refused, match=r"^exceptions\.toml:\d+: .*needs `scope`") as refused:
            call()
        assert "\n" not in str(refused.value)
    assert exceptions.path.read_text() == before and reloads == []
    exceptions.end(service, ADMIN, "by-hand", "wrong")
    assert reloads == ["reload"]


def test_the_file_holds_exceptions_only(exceptions: Exceptions, file: Path) -> None:
    exceptions.path.write_text('[gateway]\nhostname = "evil.example"\n')
    with pytest.raises(ConfigProblems, match=r"holds \[\[exception\]\] tables only"):
        load(file)


def test_there_is_an_end_to_it(service: QuarantineService, exceptions: Exceptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    exceptions.make(service, ADMIN, WANTED)
    with pytest.raises(Refused, match="exceptions already"):
        exceptions.make(service, ADMIN, WANTED)


def test_values_as_toml() -> None:
    assert module.written({"id": "a", "until": date(2026, 1, 2), "scope": {"from domain": ["x\u202e\x7f"], "auth": {"dmarc": ["pass"]}}}) == (
        '\n[[exception]]\nid = "a"\nuntil = 2026-01-02\nscope = { "from domain" = ["x"], auth = { dmarc = ["pass"] } }\n')
