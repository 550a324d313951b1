"""Whether what was read of a picture makes sense."""

from __future__ import annotations

from gateway.extract.pictures import sense

PROSE = "The gateway takes each message apart and judges what it finds by the policy of the house, dated 12 June 2026.\n"


def test_prose_that_was_read_whole_needs_no_second_look() -> None:
    assert sense.fluent(PROSE * 8)
    assert not sense.fluent((PROSE * 8)[:300])                                           # too little to tell
    assert not sense.fluent("9y1 qw4e7a aU pus uM0p 3p1s sd8N aBessaW v saxe1\n" * 30)  # a page on its head
    assert not sense.fluent("SABMAS | BER Bit FR ARB / — = ~ , 2026 | — . 5 3 | FR — ; : , .\n" * 20)
    assert not sense.fluent("comers jomieeno_leozessa ekeamnon axe juanoesoa _isrsna_osesarosce na\n" * 20)          # a ruled table
    assert sense.spelled(PROSE) and not sense.spelled("SABMAS BER Bit FR ARB 2026")


def test_numbers_that_are_right_make_sense() -> None:
    assert sense.legible("4579 4718 0996 2802") > sense.legible("4579 4718 0996 2803")
    assert sense.legible("name 12345678") > sense.legible("nam3 1234 5678")


def test_labels() -> None:
    assert sense.labelled("通知カード 個人番号 3215") and not sense.labelled("巴日7/下て考Sb同") and not sense.labelled("")


def test_what_has_far_more_letters_than_words_was_not_read() -> None:
    assert sense.lost("Customer list\n\n5430 6531 2297 8112 (300) 555-5567", 70)
    assert not sense.lost("Name Card number Phone\n" + "Emily White 5591 1034 1884 3187 (644) 555-7077\n" * 8, 94)
    assert not sense.lost("", 0)
