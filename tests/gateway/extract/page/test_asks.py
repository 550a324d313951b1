"""Whether a page asks for a password."""

from __future__ import annotations

import pytest

from gateway.extract.page.asks import asks_password, met, speaks_of_secret, without_files
from tests.builders.growth import linear


@pytest.mark.parametrize("markup", [
    "<input name=p type=password>", "<INPUT id=a TYPE = 'Password'>", "<style>.k{-webkit-text-security : disc}</style><input class=k>",
    "<input name=cvv maxlength=3>", "<input id=a autocomplete='one-time-code'>", "<input name='otp'>", "<input autocomplete=cc-number>",
    "<div contenteditable style='-webkit-text-security:disc'>", "<input id=q><script>q.type='password'</script>",
    "<script>h('form', {}, h('input', {name: 'p', type: 'password'}))</script>",
    "<script>i=document.createElement('input');i.setAttribute('type','password')</script>",
    '<input placeholder="a<b" type=password>', "<input placeholder='>' type=password>", '<input type="pass&#119;ord">', "<input type=&#x70;assword>",
    '<input data-x="' + "y" * 5000 + '" type=password>', "type=password " * 5000,
])
def test_asks(markup):
    assert asks_password(markup)


@pytest.mark.parametrize("markup", [
    "<input type=text><p>type=password", "<b type=password>", "<style>.k{-webkit-text-security:disc}</style><b class=k>x</b>",
    "<script>o.type='password'</script><p>x", "<script>rules = {type: 'password'}</script>",
    "<input name=otpion>", "<p>autocomplete=cc-number", "<input name=name autocomplete=name>", "<input data-name=otp>",
    "&#60;input type=password&#62;", "<input a='>'> type=password",
    "<p>Your password expires</p><input type=text>",
])
def test_does_not_ask(markup):
    assert not asks_password(markup)


def test_octets_of_a_picture_are_no_words():
    picture = "data:image/png;base64," + "otp/type=password+cvv" * 200
    assert without_files(f'<img src="{picture}">') == '<img src="data:image/png;base64,">'
    assert not asks_password(f'<input value="{picture}">')
    assert asks_password(f'<img src="{picture}"><input type=password>')
    assert without_files("base64,abc") == "base64,abc"


@pytest.mark.parametrize("words", [0, 10, 3000])
def test_among_other_places_of_the_words(words: int) -> None:
    """As many as are looked at one by one, and more."""
    talk = "reset(password); " * words
    assert asks_password(f"é{talk}<input name=p autocomplete = 'current-password'>{talk}")
    assert asks_password(f"{talk}autocomplete=\"cc-number\"<input name='otp'>")
    assert not asks_password(f"{talk}<input type=text>{talk}")


def test_words_for_secrets():
    for said in ("Email password", "PIN:", "Card number", "Enter the 6-digit code", "Two-step verification", "We sent you a code", "We have texted a new code", "your 12-word recovery phrase", "\u4fe1\u7528\u5361\u5361\u53f7", "\u9a57\u8b49\u78bc", "\u6697\u8a3c\u756a\u53f7", "CVV"):
        assert speaks_of_secret(said), said
    for said in ("spinning", "PIN code 110001", "postcode", "the card, number two", "Dear customer", "We sent you a parcel", "two-sided print", "the code sent by our team"):
        assert not speaks_of_secret(said), said


FIELD = "<input type=password>"


@pytest.mark.parametrize("markup", [
    f"<!-- {FIELD} -->", f"<!-- {FIELD}", f"<template>{FIELD}</template>", f"<NOSCRIPT>{FIELD}</NOSCRIPT>", f"<div hidden>{FIELD}</div>",
    f"<form style='visibility: hidden'> <input name=u> {FIELD}</form>", "<input type=password hidden>", "<input style='opacity:0' type=password>",
    "<input type=password style='position:absolute;top:-9999px'>", "<input type=password width=1 height=1>",
])
def test_fields_that_nobody_meets(markup):
    assert asks_password(markup) and not asks_password(met(markup))


@pytest.mark.parametrize("markup", [
    FIELD, f"<div hidden></div>{FIELD}", f"<p style='display:none'>x</p><label>Password {FIELD}</label>", "<input type=password class=hidden-xs>",
    "<input type=password style='opacity:0.9;width:100px;height:1.5em'>", f"<!-- a -->{FIELD}<!-- b -->",
])
def test_fields_that_are_met(markup):
    assert asks_password(met(markup))


@pytest.mark.parametrize("piece", ["<!--", "<noscript ", "<template>", "<div hidden><input ", "<input a ", "<form ><input ><input >"])
def test_markup_left_open_is_read_once(piece):
    assert linear(met, lambda n: piece * n, 8_000)
