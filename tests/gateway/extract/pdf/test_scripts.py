from __future__ import annotations

import pytest

from gateway.extract.pdf.scripts import SEEN, acts, checks_version, harmless, only_functions, only_talks, tame
from tests.builders.growth import linear


@pytest.mark.parametrize("script", [
    "", "this.print(true);", "this.print({bUI: true, bSilent: false, bShrinkToFit: true});", "this.zoomType = zoomtype.fitW;",
    'AFNumber_Format(2, 0, 0, 0, "NT$", true);', 'AFDate_FormatEx("yyyy/mm/dd");', 'AFSimple_Calculate("SUM", new Array ("a", "b"));',
    'event.value = AFMakeNumber(getField("a").value);', "var pp = this.getPrintParams();\npp.interactive = pp.constants.interactionLevel.silent;\nthis.print(pp);",
    "/* form */ this.pageNum = 0;",
])
def test_ordinary(script: str) -> None:
    assert harmless(script)


@pytest.mark.parametrize("script", [
    "app.alert('x');", "this.exportDataObject({cName:'a.docm',nLaunch:2});", "eval(unescape('%75'))", "app.launchURL('http://h.example')",
    "var a = 'x'; foo(a);", "this.submitForm('http://h.example')", "x" * 5000,
])
def test_not_ordinary(script: str) -> None:
    assert not harmless(script)


def test_what_it_does() -> None:
    assert acts("this.exportDataObject({nLaunch:2})") == ["launches or opens files"]
    assert "builds code" in acts("eval(x)") and "attacks the reader" in acts("Collab.getIcon('x')")
    assert acts("AFNumber_Format(2)") == []


def test_functions_without_calls() -> None:
    assert only_functions("function sum(a, b) { if (a) { return a + b; } }\nvar rate = 5;")
    assert not only_functions("function f() { return 1; }\nf();")
    assert not only_functions("function f() { ")


def test_long_input_is_linear() -> None:
    assert not harmless("AFa(" * 900)
    assert acts("(" * 100_000) == []


def test_comments_within_comments_are_read_one_way() -> None:
    """Each added two ways to read the others: forty of them took longer than any mail may."""
    assert not harmless("/*/" * 1_300 + "x") and harmless("/* a * b ** / */ print(); /**/ // end")


@pytest.mark.parametrize(("script", "builds"), [
    ("app['al' + 'ert'](1)", True), ("this[\"exportData\" + x](1)", True), ("this['total'] = 1", False), ("rows['a' + i] = 1", False),
    ('var a=app;a["laun"+x](1)', True), ("var a=app;a['laun' + 'chURL']('http://h.example')", False), ("app[n](1)", True),
    ('var k=["expo","rtDataO"].join("");d[k]({})', True), ("new this.constructor.constructor(t)", True), ("(0)['constructor']('x')", False),
    ("total[i] (2)", False), ("days[d.getDay()]", False), ("rate['TW'](1)", False), ("app.alert('see [note \\'a\\'] (1)')", False),
    ("names[i](1)", False), ("if (a.constructor == Array) f(1)", False), ("this[i] = names.join('')", False),
])
def test_members_named_piece_by_piece(script: str, builds: bool) -> None:
    assert ("builds code" in acts(script)) == builds


@pytest.mark.parametrize("script", [
    "var a=app;a['laun' + 'chURL']('http://h.example')", 'var n="\\x6caunch\\u0055RL";q(n)', 'd["export" +\n "DataObject"]({})'])
def test_names_in_pieces_and_escapes(script: str) -> None:
    assert "launches or opens files" in acts(script)


NEEDS = """if (typeof(ADBE.{0}_Need_Version) == "undefined" || ADBE.{0}_Need_Version < {1}) {{ ADBE.{0}_Need_Version = {1};
ADBE.{0}_Value_New_Version_URL = "{2}";
ADBE.SYSINFO = "?p=" + app.platform + "&v=" + app.viewerVersion + "&l=" + app.language + "&c=" + app.viewerType + "&r=" + ADBE.{0}_Need_Version; }}
"""


def version_check(version: str, address: str) -> str:
    """As LiveCycle Designer writes it."""
    asked = "".join(f'if (typeof(ADBE.{who}_Value_Asked) == "undefined") ADBE.{who}_Value_Asked = false;\n' for who in ("Reader", "Viewer"))
    return asked + "".join(NEEDS.format(who, version, address) for who in ("Reader", "Viewer"))


def test_the_check_of_versions_that_every_xml_form_has() -> None:
    assert checks_version(version_check("9.0", "http://cgi.adobe.com/special/acrobat/update"))
    assert checks_version(version_check("11", "https://www.adobe.com/x"))
    assert not checks_version(version_check("9.0", "http://h.example/update"))
    assert not checks_version(version_check("9.0", "http://cgi.adobe.com.h.example/"))
    assert not checks_version(version_check("9.0", "http://cgi.adobe.com/") + "app.alert(1);")


@pytest.mark.parametrize(("script", "shown"), [("this.mailDoc(true);", True), ("app.alert('x');this.mailForm();", True), ("this.submitForm('http://h.example');", False)])
def test_acts_that_show_the_reader_a_window(script: str, shown: bool) -> None:
    assert acts(script) and SEEN.issuperset(acts(script)) == shown


@pytest.mark.parametrize(("script", "found"), [
    ("this.importIcon('a', '\\\\\\\\h.example\\\\s\\\\a.pdf');", True), ('xfa.host.importData("file://h.example/a.xml")', True), ("RSS.addFeed(u)", True),
    ("var c = ADBC.newConnection('x')", True), ("this.getField('a').buttonImportIcon()", False), ("event.value = 'https://h.example/'", False),
    ("f.value = '\\\\\\\\fs01\\\\s'", False), ("x = 'C:\\\\a'", False),
])
def test_shares_and_feeds(script: str, found: bool) -> None:
    assert bool(acts(script)) == found


def test_what_may_run_by_itself() -> None:
    assert tame("function f(a) { b(a); }") and tame("this.getField('d').value = util.printd('yyyy', new Date());")
    assert not tame("app.alert('lab');") and not tame("f(1);")


@pytest.mark.parametrize(("script", "talks"), [
    ("app.alert('x');", True), ("app.beep(0); app.alert(\"x\" + event.value)", True), ("if (a) app.alert('x')", False), ("app.beep(0)", False),
    ("app.alert('x'); this.print()", False), ("app.alert('x');" * 1_000, False),
])
def test_scripts_that_only_talk(script: str, talks: bool) -> None:
    assert only_talks(script) == talks
    assert linear(lambda text: only_talks(text), lambda size: "app.alert(" + " " * size, 200)
