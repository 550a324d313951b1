"""Scripts of forms by their words: what reckons and fills fields is told from all else."""

from __future__ import annotations

import pytest

from gateway.extract.pdf.vocabulary import LENGTH, ordinary
from tests.builders.growth import linear


@pytest.mark.parametrize("script", [
    "", "var f = this.getField('Date');\nif (f.value == '') f.value = util.printd('yyyy/mm/dd', new Date());",
    "this.getField(\"total\").readonly = true; // sum\nthis.calculateNow();",
    "function pmt(rate, n) { var x = Math.pow(1 + rate, n); return x * rate / (x - 1); }\nevent.value = pmt(0.02, 240).toFixed(2);",
    "for (var i = 0; i < 10; i++) { this.getField('Row' + i).display = display.hidden; }",
    "if (app.viewerVersion >= 8) { this.zoom = 100; }", "total = 0;\ntotal += Number(this.getField('a').value);",
    "var parts = event.value.split('/'); event.value = parts[0] + '-' + parts[1];", "var days = ['Sun', \"Mon\"];",
    "AFNumber_Format(2, 0, 0, 0, '', true);", "event.target.fillColor = color.transparent; event.rc = 1.5 > .5;",
    "var d = new Date(); d.setDate(d.getDate() + 14);", "/* x */ var n = 0x10;"])
def test_words_of_forms(script: str) -> None:
    assert ordinary(script)


@pytest.mark.parametrize("script", [
    "app.alert('lab');", "var a = app; a.alert(1)", "app", "this.exportDataObject({cName: 'a'})", "exportDataObject({})",
    "this['export' + x]({})", "this[n]({})", "var k = 'a'; event[k]()", "foo['bar']()", "foo(1)", "x.constructor('a')()", "eval('a')",
    "this.getField('a').buttonImportIcon()", "this.info.title", "`${a}`", "a = b;", "'a\\x41'", "var re = /a/i.exec('b');",
    "app.viewerVersion.constructor", "app\n.launchURL('a')", "x.viewerVersion", "a@b", "'unclosed", "getField('a')['value']",
    "var a = 1; (a)[b]", "console.show()", "global.x = 1", "var importTextData; importTextData('a')", "var f = getURL; f('a')", "var f = 1; f('a')",
    "var importIcon = importIcon; 'a'.replace('a', importIcon)", "this.print(true)"])
def test_other_words(script: str) -> None:
    assert not ordinary(script)


def test_long_scripts_are_not_looked_at() -> None:
    assert ordinary("var a = 1;" + " " * (LENGTH - 10))
    assert not ordinary("var a = 1;" + " " * LENGTH)


def test_growth() -> None:
    assert linear(ordinary, lambda count: "var a=1;" * count, 500)
    assert linear(ordinary, lambda count: "/*" * count, 2000)
