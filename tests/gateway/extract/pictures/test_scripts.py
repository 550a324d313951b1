from __future__ import annotations

import pytest

from gateway.extract.pictures.scripts import korean, language, other


@pytest.mark.parametrize(("text", "languages"), [
    ("お世話になっております", "jpn"), ("請協助確認客戶資料", "chi_tra"), ("请审核客户资料", "chi_sim"), ("Please check", "chi_tra")])
def test_the_language_of_the_headings_is_that_of_the_mail(text, languages):
    assert language([text]) == languages


@pytest.mark.parametrize(("heard", "first", "second"), [
    (["ご確認のお願い", "附上客戶資料，請協助確認。"], "chi_tra", "jpn"), (["確認", "お世話になっております。資料をお送りします。"], "jpn", ""),
    (["请确认", "お世話になっております。"], "jpn", "chi_sim"), (["キャンペーン 客戶資料請確認，商品名稱如附件所列之各項產品說明與價格一覽表請參考，其他資訊亦請參閱官網公告內容"], "chi_tra", ""),
    (["list", "see attached"], "chi_tra", ""), ([], "chi_tra", ""), (["氏名一覧", "名簿"], "chi_tra", "")])
def test_a_subject_in_another_language_does_not_choose(heard, first, second):
    assert (language(heard), other(heard)) == (first, second)


def test_hangul_is_korean():
    assert korean(["list", "자료 확인 부탁드립니다."])
    assert not korean(["please see", "お世話になっております", "資料", "x" * 5000 + "자료"])


def test_ideographs_alone_are_japanese_in_a_japanese_mail() -> None:
    mail, form = "お世話になっております。添付のとおりお送りいたします。", "口座振替依頼書 金融機関名 銀行 梅田支店 普通 口座番号 電話番号" * 9
    assert (language([mail, form]), other([mail, form])) == ("jpn", "")
    assert language([form]) == "chi_tra"
    assert other([mail, form.replace("号", "號")]) == "jpn"
