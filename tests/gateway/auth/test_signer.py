"""Which keys sign which mail on which day; dkimpy must agree with what they make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dkim as dkimpy
import pytest

from gateway.auth.names import ascii_name
from gateway.auth.signer import DatedKey, MailSigner, read_keys
from gateway.config.senders import Auth, DkimKey
from gateway.model.errors import ConfigError
from tests.builders.certificates import files, pem
from tests.builders.sealed import MAIL, head, record, relaxed_hash, signing_key

IDN = ascii_name("銀行.example")
DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
RESULTS = "mx.bank.example; dmarc=pass header.from=partner.example"


def key(domain: str = "bank.example", selector: str = "s1", kind: str = "rsa", first: date | None = None,
        last: date | None = None) -> DatedKey:
    return DatedKey(signing_key(domain, kind, selector), first, last)


def signer(*keys: DatedKey, now: datetime = DAY, seal: str = "") -> MailSigner:
    return MailSigner(keys, lambda: now, seal)


def signed_by(made: bytes) -> list[str]:
    return [line.partition(b"d=")[2].partition(b";")[0].decode() + "/" + line.partition(b"s=")[2].partition(b";")[0].decode()
            for line in made.split(b"\r\n") if b"\td=" in line]


def mail(author: str) -> bytes:
    return MAIL.replace(b"Wang <wang@bank.example>", author.encode())


@pytest.mark.parametrize(("author", "wanted"), [
    ("Wang <wang@bank.example>", ["bank.example/s1"]), ("wang@BANK.example.", ["bank.example/s1"]),
    ("a@branch.bank.example", ["bank.example/s1"]), ("a@card.bank.example", ["card.bank.example/c1"]),
    ("a@x.card.bank.example", ["card.bank.example/c1"]), ("a@other.example", []), ("a@notbank.example", []), ("a@example", []),
    ("a@bank.example, b@other.example", []), ("a@bank.example\r\nFrom: b@other.example", []), ("<a@銀行.example>", [f"{IDN}/z1"]),
    ("Undisclosed", []),
])
def test_the_author_chooses_the_key(author: str, wanted: list[str]) -> None:
    content = mail(author)
    made = signer(key(), key("card.bank.example", "c1"), key(IDN, "z1")).sign(head(content), relaxed_hash(content))
    assert signed_by(made) == wanted


def test_no_author_no_signature() -> None:
    content = MAIL.replace(b"From:", b"Sender:")
    assert signer(key()).sign(head(content), relaxed_hash(content)) == b""
    assert signer(key()).sign(head(MAIL), "") == b"", "a body that nobody hashed"


JANUARY, MARCH = date(2027, 1, 1), date(2027, 3, 1)
ROTATION = (key(selector="old", last=MARCH), key(selector="new", first=JANUARY))


@pytest.mark.parametrize(("day", "wanted"), [
    (date(2026, 12, 31), "old"), (JANUARY, "new"), (MARCH, "new"), (MARCH + timedelta(days=1), "new"),
])
@pytest.mark.parametrize("turned", [False, True])
def test_a_new_selector_takes_over_on_its_first_day(day: date, wanted: str, turned: bool) -> None:
    keys = ROTATION[::-1] if turned else ROTATION
    now = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
    assert [k.selector for k in signer(*keys, now=now).keys_for("bank.example")] == [wanted]


def test_a_key_past_its_last_day_signs_no_more() -> None:
    assert signer(key(last=date(2026, 11, 20))).keys_for("bank.example") == []
    assert signer(key(last=date(2026, 11, 21))).keys_for("bank.example")


def test_both_kinds_sign_and_dkimpy_believes_each() -> None:
    made = signer(key(selector="e1", kind="ed25519"), key()).sign(head(MAIL), relaxed_hash(MAIL))
    assert signed_by(made) == ["bank.example/s1", "bank.example/e1"]
    for index, kind in enumerate(("rsa", "ed25519")):
        assert dkimpy.DKIM(made + MAIL).verify(idx=index, dnsfunc=lambda name, timeout=5, kind=kind: record(kind))


def test_a_seal_on_mail_that_we_changed() -> None:
    changed = MAIL.replace(b"Subject: Hello", b"Subject: [external] Hello")
    made = signer(key("bank.example", "e1", "ed25519"), key(), seal="bank.example").seal(head(changed), relaxed_hash(changed), RESULTS, "none")
    assert b"a=rsa-sha256" in made, "the kind that every verifier knows"
    assert dkimpy.arc_verify(made + changed, dnsfunc=lambda name, timeout=5: record())[0] == dkimpy.CV_Pass


@pytest.mark.parametrize("chain", ["temperror", "permerror", "", "policy"])
def test_what_is_not_known_is_not_sealed(chain: str) -> None:
    assert signer(key(), seal="bank.example").seal(head(MAIL), relaxed_hash(MAIL), RESULTS, chain) == b""


def test_without_a_key_nothing_is_sealed() -> None:
    for one in (signer(key()), signer(seal="bank.example"), signer(key("other.example"), seal="bank.example")):
        assert one.seal(head(MAIL), relaxed_hash(MAIL), RESULTS, "none") == b""
    assert signer(key(), seal="bank.example").seal(head(MAIL), "", RESULTS, "none") == b""


def test_a_chain_sealed_as_failed_gets_no_further_set() -> None:
    one = signer(key(), seal="bank.example")
    broken = one.seal(head(MAIL), relaxed_hash(MAIL), RESULTS, "fail") + MAIL
    assert broken.startswith(b"ARC-Seal: i=1;") and b"cv=fail" in broken
    assert one.seal(head(broken), relaxed_hash(broken), RESULTS, "fail") == b""


def test_keys_of_the_configuration(tmp_path: Path) -> None:
    paths = files(tmp_path, good=pem(), junk=b"junk")
    entry = DkimKey(domain="銀行.example", selector="s1", key_file=paths["good"], from_=JANUARY, until=None)
    (read,) = read_keys([entry])
    assert (read.key.domain, read.key.selector, read.first, read.last) == (IDN, "s1", JANUARY, None)
    for path, reason in ((paths["junk"], "is no private key in PEM"), (tmp_path / "none", "No such file")):
        with pytest.raises(ConfigError, match=reason) as caught:
            read_keys([DkimKey(domain="bank.example", selector="s1", key_file=path, from_=None, until=None)])
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("seal", "sealed"), [("changed", True), ("always", True), ("never", False)])
def test_sealing_can_be_turned_off(tmp_path: Path, seal: str, sealed: bool) -> None:
    path = files(tmp_path, good=pem())["good"]
    auth = Auth(nameservers=(), timeout=5.0, trusted_sealers=(), partner_domains=(), protected_names=(), trusted_relays=(),
                authserv_ids=(), seal_domain="bank.example", seal=seal, history=0.0, learning=0.0)
    made = MailSigner.of([DkimKey(domain="bank.example", selector="s1", key_file=path, from_=None, until=None)], auth, lambda: DAY)
    assert bool(made.seal(head(MAIL), relaxed_hash(MAIL), RESULTS, "none")) is sealed
    assert made.sign(head(MAIL), relaxed_hash(MAIL))
