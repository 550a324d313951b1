import pytest

from gateway.auth.spf_record import LONGEST_RECORD, Malformed, parse, select


def test_terms_are_read_in_order():
    record = parse(b"v=spf1 +mx a:x.example/24//64 -ip4:192.0.2.1/16 ip6:2001:db8::/32 ?exists:%{i}.x.example redirect=y.example  ~all ")
    assert [(m.name, m.result, m.domain) for m in record.mechanisms] == [
        ("mx", "pass", ""), ("a", "pass", "x.example"), ("ip4", "fail", ""), ("ip6", "pass", ""),
        ("exists", "neutral", "%{i}.x.example"), ("all", "softfail", "")]
    assert (record.mechanisms[1].length4, record.mechanisms[1].length6) == (24, 64)
    assert str(record.mechanisms[2].network) == "192.0.0.0/16" and record.redirect == "y.example"


@pytest.mark.parametrize("terms", [
    "a/33", "a/024", "a//129", "a:", "a:x", "a:x.1", "a:.x.example/", "mx:x.example/24/64", "ip4", "ip4:1.2.3", "ip4:01.2.3.4",
    "ip4:1.2.3.4/", "ip4:1.2.3.4/33", "ip4:1.2.3.4/+8", "ip6:2001:db8::g", "ip6:fe80::1%eth0", "ip6:::1/129", "all:x.example",
    "all/8", "include", "include:", "exists", "redirect=x.example redirect=x.example", "redirect=", "exp=x", "unknown:x.example",
    "a:%{z}.example", "a:%{c}.example", "a:%{d0}.example", "a:%{d.example", "a:%d.example", "x=%{", "-", "=x", "a:x.example\x00",
    "ptr/24", "+-all", "ａll",
])
def test_syntax_errors_anywhere_spoil_the_record(terms):
    with pytest.raises(Malformed):
        parse(f"v=spf1 {terms} all".encode())


def test_oversize_is_an_error():
    with pytest.raises(Malformed, match="too long"):
        parse(b"v=spf1 " + b"a " * LONGEST_RECORD)


def test_unknown_modifiers_are_passed_over():
    assert parse(b"v=spf1 x-y.z_1=%{d}/anything:else all").mechanisms[0].name == "all"


def test_one_record_is_chosen():
    assert select([b"v=spf10 all", b"other", b"V=SPF1 a"]) == b"V=SPF1 a" and select([b"v=spf1x"]) is None
    with pytest.raises(Malformed, match="several"):
        select([b"v=spf1", b"v=spf1 a"])
