from __future__ import annotations

import pytest

from gateway.extract.pictures.scripts import korean, language


@pytest.mark.parametrize(("text", "languages"), [
    ("お世話になっております", "jpn"), ("請協助確認客戶資料", "chi_tra"), ("请审核客户资料", "chi_sim"), ("Please check", "chi_tra")])
def test_the_language_of_the_headings_is_that_of_the_mail(text, languages):
    assert language([text]) == languages


def test_hangul_is_korean():
    assert korean(["list", "자료 확인 부탁드립니다."])
    assert not korean(["please see", "お世話になっております", "資料", "x" * 5000 + "자료"])
