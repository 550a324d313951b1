from __future__ import annotations

import pytest

from gateway.extract.pictures import spelled
from gateway.identifiers.terms import Labels


@pytest.mark.parametrize(("text", "read"), [
    ("氏名 在禄カードNo.", "氏名 在留カードNo."), ("本人碧認番号", "本人確認番号"), ("在留カー ド等番号", "在留カード等番号"), ("個人番号カ一 ド", "個人番号カード"),
    ("固人番号 : 729400520747", "個人番号 : 729400520747"), ("回人番号 個入番号", "個人番号 個人番号"),
    ("社会保陣号码 姓名", "社会保障号码 姓名"), ("外僑居留讓", "外僑居留證"),
    ("日座番号  6487116", "口座番号  6487116"), ("種別    当座\n番号    5066912", "種別    当座\n口座番号    5066912"),
    ("戶名 銀行代碼 帳講 存款餘額", "戶名 銀行代碼 帳號 存款餘額"), ("名義 座番号", "名義 口座番号"), ("□座名義", "口座名義"),       # a box among boxes
    ("戶名 江秀英\n咀號 565-93-986164-7 號碼 1", "戶名 江秀英\n帳號 565-93-986164-7 號碼 1"), ("局號 3488144 咕號7616478", "局號 3488144 咕號7616478"),
    ("普久  3116801 普 普下 | 8599463", "普通  3116801 普 普通 | 8599463"),
    ("在宙カード番号", "在留カード番号"), ("在留カード憲号 国生", "在留カード番号 国生"),             # what is right of it is a label too
])
def test_one_misread_character_of_a_label_is_put_right(text, read):
    assert spelled.labels(text, Labels()) == read


@pytest.mark.parametrize("text", [
    "法人番号欄 新式統一編號", "社員証番号 学生証番号 会員証番号", "注文番号一覧 発券番号",               # other labels, short words
    "本日は本人碧認番号を記した書類を確認しましたので送付いたします",                                      # a sentence
    "店名 当座\n番号 506691", "戶名 帳戶 帳單 對帳講", "帳講 12", "講座番号 12 口座番号 当座番号", "本日座席番号 普段 12 普及 31168011", "会員カード番号 銀行口座番号", "法人番号 求人番号 固定電話 入番号",
    "お問い合わせ番号 請求書番号", "Residence card No.",
])
def test_other_words_stay(text):
    assert spelled.labels(text, Labels()) == text
