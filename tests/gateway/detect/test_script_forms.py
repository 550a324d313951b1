"""Files of octets that the desktop or an interpreter follows, and data of the same formats."""

from __future__ import annotations

from gateway.detect.script_forms import NOTES, pickled, picture_script, property_list, task


def test_tasks_of_old_windows() -> None:
    head = b"\1\6\1\0" + bytes(16) + b"F\0" + bytes(90)
    assert task(head) and not task(head.replace(b"F\0", b"G\0")) and not task(b"\1\7" + head[2:]) and not task(b"")


def test_property_lists() -> None:
    assert property_list(b"bplist00\xd3\1\2\3_\x10\x10ProgramArguments") and property_list(b"bplist00\xd2\1\2^PayloadContent")
    assert property_list(b"bplist00\xd1\1\2SURL_\x10\x11file:///Volumes/a")
    assert not property_list(b"bplist00\xd2\1\2SURLTName") and not property_list(b"ProgramArguments")


def test_pickles() -> None:
    assert pickled(b"cos\nsystem\n(S'calc'\ntR.") and pickled(b"\x80\2cposix\nsystem\nq\0X\4\0\0\0calcq\1\x85q\2Rq\3.")
    assert pickled(b"\x80\4\x95\x1d\0\0\0\0\0\0\0\x8c\2nt\x94\x8c\6system\x94\x93\x94\x8c\4calc\x94\x85\x94R\x94.")
    array = b"\x93NUMPY\1\0v\0{'descr': '|O', 'shape': (1,), }\n"
    assert pickled(array + b"\x80\4\x8c\5posix\x94\x8c\6system\x94\x93\x94.") and not pickled(array + b"\x80\4K\1.")
    assert not pickled(b"\x80\4\x95\5\0\0\0\0\0\0\0K\1.") and not pickled(b"cost\nsystem\n") and not pickled(b"\x80\2cnumpy\nndarray\nq\0.")


def test_remarks_in_front() -> None:
    text = "; a\n# b\nrem c\n[Shell]\n"
    found = NOTES.match(text)
    assert found and text[found.end():] == "[Shell]\n"
    assert NOTES.match("#!/bin/sh\n") is None is NOTES.match("#include <a.au3>\n")


def test_scripts_that_begin_as_a_picture() -> None:
    assert picture_script(b"GIF89a/*\x9c\x01*/=0;WScript.Echo(1)") and picture_script(b"GIF89a=1;alert(1)")
    assert not picture_script(b"GIF89a\x2a\x00=\x00\x80") and not picture_script(b"GIF89a") and not picture_script(b"/*GIF89a/*")
