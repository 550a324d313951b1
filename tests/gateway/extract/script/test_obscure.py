"""Scripts that nobody can read."""

from __future__ import annotations

import pytest

from gateway.extract.script.obscure import obscured, unpacked


@pytest.mark.parametrize(("script", "how"), [
    ("[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]]" * 60, "signs"),
    ('$=~[];$={___:++$,$$$$:(![]+"")[$]};' + "$.$_$_+" * 400, "signs"),
    ("\uff9f\u03c9\uff9f\uff89= /`m\u00b4)\uff89 ~;", "faces"),
    ("var _0x4f2a=['a','b'];_0x4f2a[_0x5d1c('0x1')](_0x3b[0x2]);" * 20, "made-up"),
    ("var p='" + "\u200b\u200c" * 300 + "'", "invisible"), ("var p='" + "\u3164\uffa0" * 300 + "'", "invisible"),
])
def test_obscured(script, how):
    assert how in obscured(script)


@pytest.mark.parametrize("script", [
    "", "!function(t,e){\"object\"==typeof exports?module.exports=e():t.C=e()}(this,function(){return 1});" * 40,
    "var d=[[0,1],[2,3],[4,5]];" * 100, "// ----------------\n" * 20 + "var a = 1;" * 50, "x='\u200d\u200d';" * 20, "[](){}" * 20,
    "var _0x1=1;_0x1++;" + "function longer(argument) { return argument + 1; }\n" * 300,
])
def test_ordinary(script):
    assert obscured(script) == ""


EDWARDS = "eval(function(p,a,c,k,e,d){while(c--)if(k[c])p=p.replace(k[c]);return p}('%s',%d,%d,'%s'.split('|'),0,{}))"


def test_packed_scripts():
    assert unpacked(EDWARDS % ("0.1=\\'2://3.4/\\'", 10, 5, "location|href|https|h|example")) == ("location.href='https://h.example/'", True)
    assert unpacked(EDWARDS % ("a 10 Z", 62, 63, "|" * 10 + "ten" + "|" * 51 + "last")) == ("ten 10 last", True)
    assert unpacked("a.split('|')") == unpacked("") == ("", True)


@pytest.mark.parametrize("script", [
    EDWARDS % ("0 " * 90_000, 10, 1, "x" * 190_000), (EDWARDS % ("0", 10, 1, "x")) * 101, (EDWARDS % ("a " * 60_000, 16, 1, "x")) * 4])
def test_more_packed_text_than_any_page_has(script):
    text, whole = unpacked(script)
    assert not whole
    assert len(text) <= 2_200_000


@pytest.mark.parametrize("script", [
    EDWARDS % ("0", 99, 1, "x"), "}('" * 100_000 + ".split('|')", "}('" + "\\a" * 300_000 + ".split('|')"])
def test_hostile_packing_is_linear(script):
    assert unpacked(script)[1]
