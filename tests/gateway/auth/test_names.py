import pytest

from gateway.auth.names import ascii_name, is_askable, is_name, is_public_suffix, registrable


@pytest.mark.parametrize(("given", "wanted"), [
    ("Bank.Example.", "bank.example"), ("例え.test", "xn--r8jz45g.test"), ("xn--r8jz45g.test", "xn--r8jz45g.test"),
    ("bücher.example", "xn--bcher-kva.example"), ("x" * 70 + "例.test", "x" * 70 + "例.test"), ("", ""),
])
def test_ascii_name(given, wanted):
    assert ascii_name(given) == wanted


@pytest.mark.parametrize(("text", "name", "askable"), [
    ("a.example", True, True), ("_dmarc.a.example", True, True), ("a.example.", True, False), ("-a.example", False, True),
    ("a..example", False, False), ("", False, False), ("x" * 64 + ".example", False, False), ("a b.example", False, True),
    ("a." * 127 + "a", False, False), ("a\x00b.example", False, True), ("例え.test", False, False), ("[192.0.2.1]", False, True),
    ("a.example\n", False, True),
])
def test_what_is_a_name(text, name, askable):
    assert (is_name(text), is_askable(text)) == (name, askable)


@pytest.mark.parametrize(("domain", "organisation", "suffix"), [
    ("mail.bank.com.tw", "bank.com.tw", False), ("com.tw", "com.tw", True), ("a.b.example.co.jp", "example.co.jp", False),
    ("example", "example", True), ("mail.xn--fiqs8s", "mail.xn--fiqs8s", False), ("x.gov.cn", "x.gov.cn", False),
])
def test_organisation(domain, organisation, suffix):
    assert (registrable(domain), is_public_suffix(domain)) == (organisation, suffix)
