"""Scripts that nobody can read."""

from __future__ import annotations

import pytest

from gateway.extract.obscure import obscured


@pytest.mark.parametrize(("script", "how"), [
    ("[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]]" * 60, "signs"),
    ('$=~[];$={___:++$,$$$$:(![]+"")[$]};' + "$.$_$_+" * 400, "signs"),
    ("\uff9f\u03c9\uff9f\uff89= /`m\u00b4)\uff89 ~;", "faces"),
    ("var p='" + "\u200b\u200c" * 300 + "'", "invisible"), ("var p='" + "\u3164\uffa0" * 300 + "'", "invisible"),
])
def test_obscured(script, how):
    assert how in obscured(script)


@pytest.mark.parametrize("script", [
    "", "!function(t,e){\"object\"==typeof exports?module.exports=e():t.C=e()}(this,function(){return 1});" * 40,
    "var d=[[0,1],[2,3],[4,5]];" * 100, "// ----------------\n" * 20 + "var a = 1;" * 50, "x='\u200d\u200d';" * 20, "[](){}" * 20,
])
def test_ordinary(script):
    assert obscured(script) == ""
