"""The examples of RFC 7208 section 7.4."""

import ipaddress

import pytest

from gateway.auth.spf_macro import Sender, dotted, expand

V4 = Sender(ipaddress.ip_address("192.0.2.3"), "strong-bad", "email.example.com", "mx.example.com")
V6 = Sender(ipaddress.ip_address("2001:db8::cb01"), "strong-bad", "email.example.com", "mx.example.com")


async def named():
    return "mx.example.org"


@pytest.mark.parametrize(("spec", "wanted"), [
    ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"), ("%{d}", "email.example.com"),
    ("%{d4}", "email.example.com"), ("%{d3}", "email.example.com"), ("%{d2}", "example.com"), ("%{d1}", "com"),
    ("%{dr}", "com.example.email"), ("%{d2r}", "example.email"), ("%{l}", "strong-bad"), ("%{l-}", "strong.bad"),
    ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"), ("%{h}", "mx.example.com"), ("%{p}", "mx.example.org"),
    ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"), ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
    ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
    ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
    ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"), ("a%%b%_c%-d", "a%b c%20d"),
    ("%{S}", "strong-bad%40email.example.com"), ("x.example.", "x.example"), ("%{d99999999999}", "email.example.com"),
])
async def test_expansion(spec, wanted):
    assert await expand(spec, V4, "email.example.com", named) == wanted


async def test_an_address_of_version_six_is_spelt_in_nibbles():
    assert await expand("%{ir}.%{v}._spf.%{d2}", V6, "email.example.com", named) == (
        "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com")
    assert dotted(V6.address).startswith("2.0.0.1.0.D.B.8")


@pytest.mark.parametrize(("name", "wanted"), [("a." * 130 + "x.example", "a." * 122 + "x.example"), ("x" * 300, "x" * 253)])
async def test_long_names_lose_their_first_labels(name, wanted):
    assert await expand(name, V4, "d.example", named) == wanted
