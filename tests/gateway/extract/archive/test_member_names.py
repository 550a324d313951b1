import pytest

from gateway.extract.archive.member_names import escapes, link_escapes, readings


@pytest.mark.parametrize("charset", ["utf-8", "cp950", "gb18030", "cp932", "cp949"])
def test_every_code_page_is_a_candidate(charset):
    name = "보고서" if charset == "cp949" else "請求書" if charset == "cp932" else "報告"
    assert name in readings(name.encode(charset))


def test_flagged_names_have_one_reading():
    assert readings("報告".encode(), utf8=True) == ("報告",)
    assert readings(b"a.txt") == ("a.txt",)
    assert "報告" in readings("報告".encode("cp950"), utf8=True)     # the flag lies


@pytest.mark.parametrize(("name", "code"), [
    ("../a", "MEMBER-TRAVERSAL"), ("a/../../b", "MEMBER-TRAVERSAL"), ("..\\a", "MEMBER-TRAVERSAL"), ("C:a", "MEMBER-TRAVERSAL"),
    ("\\\\host\\share", "MEMBER-TRAVERSAL"), ("/data/x", "MEMBER-ABSOLUTE"), ("\\x", "MEMBER-ABSOLUTE"),
    ("/home/li/report.txt", "MEMBER-ABSOLUTE"), ("/var/log/syslog", "MEMBER-ABSOLUTE"), ("/etc/cron.d/x", "MEMBER-TRAVERSAL"),
    ("/home/li/.bashrc", "MEMBER-TRAVERSAL"), ("\\Windows\\x.txt", "MEMBER-TRAVERSAL"), ("/Users/li/Library/x.plist", "MEMBER-TRAVERSAL")])
def test_escapes(name, code):
    assert [o.code for o in escapes([name])] == [code]


@pytest.mark.parametrize("name", ["a/b", "./a", "a/../b", "a..b", "...", "報告/書.txt", "a/./b", ".. "[:1]])
def test_ordinary_names(name):
    assert escapes([name]) == []


def test_links():
    assert link_escapes("a/l", "../../x") and link_escapes("l", "/x") and link_escapes("l", "C:\\x")
    assert not link_escapes("a/l", "../x") and not link_escapes("l", "x/y")


@pytest.mark.parametrize(("name", "code"), [
    ("//203.0.113.9/s/a.txt", "MEMBER-TRAVERSAL"), ("\\\\host\\s\\a.txt", "MEMBER-TRAVERSAL"), ("/a/b.txt", "MEMBER-ABSOLUTE"), ("///a", "MEMBER-ABSOLUTE"), ("a//b", ""),
])
def test_names_on_shares(name: str, code: str) -> None:
    assert {o.code for o in escapes([name])} == ({code} if code else set())
