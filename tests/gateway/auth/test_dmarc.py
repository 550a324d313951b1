"""DMARC: records, the tree walk, alignment, hostile authors. The zones are those of the appendices where they have one."""

import pytest

from gateway.auth.dmarc import Evaluation, Record, parse
from gateway.model.author import Authors, authors
from gateway.model.transaction import AuthResult
from tests.builders.zones import TIMEOUT, Names


def names(records):
    return Names({n if n.startswith("host:") else f"_dmarc.{n}": [("TXT", t)] for n, t in records.items() if not n.startswith("host:")}
                 | {n[5:]: t for n, t in records.items() if n.startswith("host:")})


def who(*domains):
    return authors(("From: " + ", ".join(f"a@{d}" for d in domains) + "\r\n").encode())


async def judge(records, domain, *facts, ours=()):
    evaluation = Evaluation(names(records), ours)
    return await evaluation.judge(who(domain) if isinstance(domain, str) else domain, list(facts))


def spf(domain, result="pass"):
    return AuthResult("spf", result, domain)


def dkim(domain, result="pass"):
    return AuthResult("dkim", result, domain)


@pytest.mark.parametrize(("texts", "record"), [
    ([b"v=DMARC1; p=reject"], Record("reject")),
    ([b"v=DMARC1;p=quarantine;sp=none;np=reject;adkim=s;aspf=s;t=y;psd=n"], Record("quarantine", "none", "reject", True, True, True, "n")),
    ([b"v=DMARC1; P=Reject; adkim=r; pct=0"], Record("reject", testing=True)),
    ([b"v=DMARC1; rua=mailto:a@b.example"], Record("none")),
    ([b"v=DMARC1; p=odd; rua=mailto:a@b.example; sp=odd"], Record("none")),
    ([b"v=DMARC1; p=reject; unknown=1; =; ;;x"], Record("reject")),
    ([b"v=DMARC1; p=none; p=reject"], Record("none")),
    ([b"other", b"v=DMARC1; p=none"], Record("none")),
    ([b"v=DMARC1"], None), ([b"v=DMARC1; p=odd"], None), ([b"v=DMARC2; p=reject"], None), ([b"p=reject; v=DMARC1"], None),
    ([b"v=DMARC12; p=reject"], None), ([b"v=DMARC1; p=none", b"v=DMARC1; p=reject"], None), ([], None), ([b"\xff\xfe"], None),
    ([b"v=DMARC1; p=reject;" + b" " * 9000], None),
])
def test_records(texts, record):
    assert parse(texts) == record


def test_a_record_of_blanks_costs_little():
    assert parse([b"v=DMARC1; p=reject" + b" " * 8000 + b"x"]) is None


@pytest.mark.parametrize(("facts", "wanted"), [
    ([spf("example.com")], "pass"), ([spf("mail.example.com")], "pass"), ([dkim("example.com")], "pass"),
    ([spf("example.net"), dkim("example.com")], "pass"), ([spf("example.net")], "fail"), ([], "fail"),
    ([spf("example.com", "softfail"), dkim("example.com", "fail")], "fail"), ([dkim("badexample.com")], "fail"),
    ([spf("com")], "fail"), ([spf("")], "fail"), ([dkim("EXAMPLE.com.")], "pass"),
    ([spf("example.com", "temperror")], "temperror"), ([dkim("example.com", "temperror"), spf("example.com")], "pass"),
    ([spf("evil.example", "temperror"), dkim("evil.example", "temperror")], "fail"),
    ([dkim("example.com", "policy")], "fail"),
])
async def test_relaxed_alignment(facts, wanted):
    [result] = await judge({"example.com": "v=DMARC1; p=reject"}, "example.com", *facts)
    assert (result.result, result.domain, result.detail) == (wanted, "example.com", "p=reject")


@pytest.mark.parametrize(("author", "facts", "wanted"), [
    ("news.example.com", [dkim("example.com")], "pass"), ("news.example.com", [dkim("other.example.com")], "pass"),
    ("a.b.example.com", [spf("b.example.com")], "pass"), ("example.com.tw", [spf("com.tw")], "fail"),
])
async def test_relatives_are_aligned(author, facts, wanted):
    [result] = await judge({"example.com": "v=DMARC1; p=reject", "example.com.tw": "v=DMARC1; p=reject"}, author, *facts)
    assert result.result == wanted


@pytest.mark.parametrize(("record", "facts", "wanted"), [
    ("adkim=s", [dkim("mail.example.com")], "fail"), ("adkim=s", [dkim("example.com")], "pass"),
    ("aspf=s", [spf("mail.example.com")], "fail"), ("aspf=s", [spf("example.com")], "pass"),
    ("aspf=s", [dkim("mail.example.com")], "pass"), ("adkim=s", [spf("mail.example.com")], "pass"),
])
async def test_strict_alignment(record, facts, wanted):
    [result] = await judge({"example.com": f"v=DMARC1; p=reject; {record}"}, "example.com", *facts)
    assert result.result == wanted


@pytest.mark.parametrize(("records", "author", "detail"), [
    ({"example.com": "v=DMARC1; p=reject; sp=quarantine"}, "example.com", "p=reject"),
    ({"example.com": "v=DMARC1; p=reject; sp=quarantine", "host:a.example.com": [("A", "192.0.2.1")]}, "a.example.com",
     "p=quarantine at example.com"),
    ({"example.com": "v=DMARC1; p=none; sp=quarantine; np=reject"}, "no.example.com", "p=reject at example.com"),
    ({"example.com": "v=DMARC1; p=none; np=reject", "host:a.example.com": [("A", "192.0.2.1")]}, "a.example.com", "p=none at example.com"),
    ({"example.com": "v=DMARC1; p=reject; t=y"}, "example.com", "p=quarantine testing"),
    ({"example.com": "v=DMARC1; p=reject", "a.example.com": "v=DMARC1; p=none"}, "a.example.com", "p=none"),
    ({"example.com": "v=DMARC1; p=reject", "a.example.com": "v=DMARC1; p=quarantine"}, "b.a.example.com", "p=reject at example.com"),
    ({"example.com": "v=DMARC1; p=reject", "a.example.com": "v=DMARC1; p=none; psd=n"}, "b.a.example.com", "p=none at a.example.com"),
    ({"bank": "v=DMARC1; p=reject; psd=y"}, "example.bank", "p=reject at bank"),
    ({"com.tw": "v=DMARC1; p=reject"}, "example.com.tw", "no record"),
    ({"example.com": "v=DMARC1; p=reject"}, "a.b.c.d.e.f.g.h.i.j.example.com", "p=reject at example.com"),
    ({}, "example.com", "no record"),
])
async def test_discovery(records, author, detail):
    [result] = await judge(records, author)
    assert result.detail == detail


async def test_relatives_below_a_registry_are_strangers():
    records = {"bank": "v=DMARC1; p=reject; psd=y", "a.bank": "v=DMARC1; p=reject"}
    assert (await judge(records, "a.bank", spf("b.bank")))[0].result == "fail"
    assert (await judge(records, "x.a.bank", spf("y.a.bank")))[0].result == "pass"
    assert (await judge(records, "x.c.bank", spf("y.c.bank")))[0].result == "pass"
    divided = {"example.com": "v=DMARC1; p=reject", "a.example.com": "v=DMARC1; p=none; psd=n"}
    assert (await judge(divided, "example.com", spf("x.a.example.com")))[0].result == "fail"
    assert (await judge(divided, "x.a.example.com", spf("example.com")))[0].result == "fail"


async def test_the_walk_is_short():
    lookup = names({})
    await Evaluation(lookup).judge(who("a." * 100 + "example.com"), [])
    assert len(lookup.asked) <= 8
    assert [n for n, _ in lookup.asked][1] == "_dmarc.a.a.a.a.a.example.com"


@pytest.mark.parametrize(("facts", "wanted"), [
    ([spf("bank.example")], "none"), ([dkim("mail.bank.example")], "none"), ([spf("evil.example"), dkim("evil.example")], "policy"),
    ([], "policy"), ([spf("bank.example", "temperror")], "temperror"), ([spf("evil.example", "temperror")], "policy"),
])
async def test_our_own_domain_needs_no_record_to_be_ours(facts, wanted):
    for author in ("bank.example", "branch.bank.example"):
        [result] = await judge({}, author, *facts, ours=["bank.example"])
        assert (result.result, result.domain) == (wanted, author)


async def test_strangers_without_record_are_nobodys_business():
    assert (await judge({}, "notbank.example", ours=["bank.example"]))[0].result == "none"


async def test_several_authors_pass_together_or_not_at_all():
    records = {"bank.example": "v=DMARC1; p=reject", "evil.example": "v=DMARC1; p=none"}
    both = who("bank.example", "evil.example")
    results = await judge(records, both, dkim("evil.example"))
    assert [(r.domain, r.result) for r in results] == [("bank.example", "fail"), ("evil.example", "policy")]
    results = await judge(records, both, dkim("evil.example"), spf("bank.example"))
    assert [r.result for r in results] == ["pass", "pass"]
    many = await judge({}, who(*(f"d{n}.example" for n in range(9))))
    assert len(many) == 5 and many[-1].result == "permerror"


@pytest.mark.parametrize("block", [
    b"From: a@bank.example\r\nFrom: b@evil.example\r\n", b"From: <b@evil.example>, <@bank.example:c@evil.example>\r\n",
    b"From: a@bank.example\x00@evil.example\r\n", b"Sender: a@bank.example\r\n",
])
async def test_hostile_authors_are_errors_of_every_domain_they_touch(block):
    records = {"bank.example": "v=DMARC1; p=reject", "evil.example": "v=DMARC1; p=none"}
    results = await judge(records, authors(block), dkim("evil.example"), spf("evil.example"))
    assert {r.result for r in results} == {"permerror"} and "bank.example" in {r.domain for r in results}


@pytest.mark.parametrize("more", ["", "From: b@evil.example\r\n"])
async def test_our_own_domain_is_not_crowded_out(more):
    many = ", ".join(f"a@d{n}.example" for n in range(9)) + ", ceo@bank.example"
    results = await judge({}, authors(f"From: {many}\r\n{more}".encode()), ours=["bank.example"])
    assert results[0].domain == "bank.example" and results[0].result in ("policy", "permerror")


async def test_no_author_and_no_domain():
    assert (await judge({}, Authors()))[0].result == "permerror"
    assert (await judge({}, "localhost"))[0].result == "none"
    assert (await judge({}, "[192.0.2.1]"))[0] == AuthResult("dmarc", "none", "", "no domain that could have a record")


async def test_trouble_with_the_record_is_temporary():
    evaluation = Evaluation(Names({"_dmarc.example.com": [("TXT", TIMEOUT)]}))
    [result] = await evaluation.judge(who("example.com"), [spf("example.com")])
    assert (result.result, result.domain) == ("temperror", "example.com")


async def test_names_outside_ascii():
    lookup = Names({"_dmarc.xn--r8jz45g.test": [("TXT", "v=DMARC1; p=reject")]})
    [result] = await Evaluation(lookup).judge(who("例え.test"), [spf("xn--r8jz45g.test")])
    assert (result.result, result.domain) == ("pass", "例え.test")
