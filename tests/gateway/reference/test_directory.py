"""The directory as CSV: what is right is read, what is wrong is refused as a whole with line and column."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.errors import ConfigError
from gateway.reference import directory
from gateway.reference.directory import TEXTS, DirectoryFaults, Fault, read

OURS = frozenset({"bank.example"})
GOOD = """mailbox,supervisor,deputies,name,department
Clerk@Bank.example,boss@bank.example,,林小姐,放款
boss@bank.example,head@bank.example,"vera@bank.example 2026-12-01..2026-12-10; wu@bank.example 2026-12-24 .. 2026-12-31",,

head@bank.example,,,"Chen, the head",
"""


@pytest.mark.parametrize("octets", [GOOD.encode(), b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()])
def test_read(octets: bytes) -> None:
    clerk, boss, head = read(octets, "staff.csv", OURS)
    assert (clerk["supervisor"], clerk["name"], clerk["department"]) == ("boss@bank.example", "林小姐", "放款")
    assert clerk["mailbox"].casefold() == "clerk@bank.example"
    assert boss["deputies"] == [["vera@bank.example", "2026-12-01", "2026-12-10"], ["wu@bank.example", "2026-12-24", "2026-12-31"]]
    assert head["supervisor"] == "" and head["name"] == "Chen, the head"


HEAD = "mailbox,supervisor,deputies\n"


@pytest.mark.parametrize(("text", "said"), [
    ("", "staff.csv:1: \"mailbox\" is missing"), ("mailbox,boss\n", '"boss" is no column'), ("mailbox\n", '"supervisor" is missing'),
    ("mailbox,supervisor,mailbox\n", '"mailbox" stands twice'), (HEAD, "nobody is in it"),
    (HEAD + "a@bank.example,b@bank.example\n", "staff.csv:2: 2 fields where the first line has 3"),
    (HEAD + "\n\nnobody,,\n", "staff.csv:4: mailbox: \"nobody\" is no address"),
    (HEAD + "a@bank.example,x@evil.example,\n", "staff.csv:2: supervisor: x@evil.example is none of our_domains"),
    (HEAD + "a@bank.example,a@bank.example,\n", "staff.csv:2: supervisor: a@bank.example cannot answer for himself"),
    (HEAD + "a@bank.example,,\na@bank.example,,\n", "staff.csv:3: mailbox: a@bank.example stands in line 2 already"),
    (HEAD + "a@bank.example,b@bank.example,\nb@bank.example,c@bank.example,\nc@bank.example,a@bank.example,\n", "a@bank.example > b@bank.example > c@bank.example > a@bank.example"),
    (HEAD + "a@bank.example,,b@bank.example\n", "staff.csv:2: deputies: \"b@bank.example\" is not written as"),
    (HEAD + "a@bank.example,,b@bank.example 2026-13-01..2026-13-02\n", "are no two days"),
    (HEAD + "a@bank.example,,b@bank.example 2026-12-02..2026-12-01\n", "2026-12-02 is later than 2026-12-01"),
    (HEAD + "a@bank.example,,a@bank.example 2026-12-01..2026-12-02\n", "cannot stand in for himself"),
    (HEAD + 'a@bank.example,"open\n', "staff.csv:2: no CSV"), (HEAD + "a@bank.example\x00,,\n", "staff.csv:2")])
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text.encode(), "staff.csv", OURS)
    assert said in str(caught.value) and str(caught.value).endswith("nothing was imported") and "\n" not in str(caught.value)


def test_other_encodings_are_named_with_the_line() -> None:
    with pytest.raises(ConfigError, match=r"staff\.csv:2: is not UTF-8 text"):
        read((HEAD + "a@bank.example,,\n").encode() [:-1] + "林".encode("big5"), "staff.csv", OURS)


def test_who_read_another_file_before_changes_nothing() -> None:
    csv.field_size_limit(1 << 20)
    with pytest.raises(ConfigError, match="larger than field limit"):
        read((HEAD + "a" * 200_000 + ",,\n").encode(), "staff.csv", OURS)


def test_many_faults_are_cut() -> None:
    with pytest.raises(ConfigError, match="and 15 more"):
        read((HEAD + "x,,\n" * 25).encode(), "staff.csv", OURS)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | st.text(alphabet='a@b.,;"\n2026-1', max_size=120).map(lambda t: (HEAD + t).encode()))
def test_anything_else_is_a_clear_refusal(octets: bytes) -> None:
    try:
        assert read(octets, "f.csv", OURS)
    except ConfigError as error:
        assert "f.csv" in str(error)


@pytest.mark.parametrize(("octets", "faults"), [
    ((HEAD + "x,y,\na@bank.example,,\n").encode(), [(2, "mailbox", "NO-ADDRESS"), (2, "supervisor", "NO-ADDRESS")]),
    (b"mailbox,boss,mailbox\n", [(1, "", "COLUMN-UNKNOWN"), (1, "", "COLUMN-MISSING"), (1, "", "COLUMN-TWICE")]),
    ((HEAD + "a@bank.example,,\n").encode() + b"\xff", [(3, "", "NOT-UTF-8")]), ((HEAD + '"a@bank.example\n').encode(), [(2, "", "QUOTE-OPEN")]),
    (b"mailbox,supervisor,name,department\na@bank.example,,x\0,\0\n", [(2, "department", "NUL"), (2, "name", "NUL")]),
    ((HEAD + '"a"@bank.example,,\n').encode(), [(2, "", "QUOTE-INSIDE")]), ((HEAD + "a" * 140_000 + ",,\n").encode(), [(2, "", "FIELD-LONG")]),
    ((HEAD + "a@bank.example,,b@bank.example 2026-02-30..2026-03-01; x\n").encode(), [(2, "deputies", "DEPUTY"), (2, "deputies", "NO-DAYS")])])
def test_faults_are_values(octets: bytes, faults: list[tuple[int, str, str]]) -> None:
    with pytest.raises(DirectoryFaults) as caught:
        read(octets, "staff.csv", OURS)
    assert sorted((f.line, f.column, f.code) for f in caught.value.faults) == sorted(faults)
    assert all(f.at("staff.csv") in str(caught.value) and f.text == TEXTS[f.code] % f.said for f in caught.value.faults)


def test_all_faults_are_there_in_the_order_of_the_file() -> None:
    with pytest.raises(DirectoryFaults) as caught:
        read((HEAD + "x,,\n" * 250).encode(), "staff.csv", OURS)
    assert [fault.line for fault in caught.value.faults] == list(range(2, 252)) and "and 240 more" in str(caught.value)


def test_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "LONGEST", 1 << 20)
    with pytest.raises(DirectoryFaults, match=r"^staff\.csv: larger than 1 MiB; nothing was imported$"):
        read(b"x" * ((1 << 20) + 1), "staff.csv", OURS)
    monkeypatch.setattr(directory, "MOST", 2)
    with pytest.raises(DirectoryFaults, match=r"^staff\.csv:4: more than 2 people; nothing was imported$"):
        read((HEAD + "".join(f"{who}@bank.example,,\n" for who in "abc")).encode(), "staff.csv", OURS)


def test_what_stands_in_the_file_is_no_template() -> None:
    assert Fault(3, "mailbox", "NO-ADDRESS", {"text": "%(who)s %s {x}"}).at("f") == 'f:3: mailbox: "%(who)s %s {x}" is no address'
