from __future__ import annotations

import pytest

from gateway.extract.page.markup import expanded, mirrored


@pytest.mark.parametrize("page", [
    '<bdo dir="rtl">987654321A</bdo>', "<BDO DIR=rtl><b>987</b>654321A</BDO>", '<span style="unicode-bidi:bidi-override; direction: rtl">987654321A</span>',
    '<style>.x{direction:rtl;unicode-bidi:isolate-override}</style><span class="a x">987654321A</span>',
    'İİİ<bdo dir="rtl">987654321A</bdo>', '<p dir="rtl" style="unicode-bidi:bidi-override">987654321A</p>',
    '<h1 style="direction:rtl;unicode-bidi:bidi-override">987654321A</h1>'])
def test_text_that_is_set_backwards(page):
    assert ">A123456789<" in mirrored(page)


@pytest.mark.parametrize("page", [
    "<p>987654321A</p>", '<bdo dir="ltr">987654321A</bdo>', '<p dir="rtl">987654321A</p>', '<span style="direction:rtl">987654321A</span> override',
    '<bdo dir="rtl">987654321A'])
def test_text_that_is_not(page):
    assert mirrored(page) == page


def test_marks_of_markup_stay_marks():
    assert mirrored('<bdo dir="rtl">&gt;1&lt;</bdo>') == '<bdo dir="rtl">&lt;1&gt;</bdo>'


def test_declared_entities():
    assert expanded('<!DOCTYPE x [<!ENTITY a "12">]><x>&a;</x>').endswith("<x>12</x>")
