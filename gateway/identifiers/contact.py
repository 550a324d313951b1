"""What makes a contact record: names, e-mail addresses, telephone numbers, postal addresses."""

from __future__ import annotations

import re

EMAIL = re.compile(r"(?<![0-9A-Za-z._%+\-])[0-9A-Za-z._%+\-]{1,64}@(?:[0-9A-Za-z\-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![0-9A-Za-z])")
# Mobile and land lines as people write them: Taiwan, China, Japan, Hong Kong, with or without country code; North America
# only with its customary punctuation. Toll-free numbers (0800, 0120, 400-, 800-) belong to companies.
PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+|00)(?:886|86|81|852|853|82|65|1|44)[ \-.]?\(?0?\)?[1-9][0-9](?:[ \-]?[0-9]){6,9}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])09[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])1[3-9][0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])0[5-9]0[ \-]?[0-9]{4}[ \-]?[0-9]{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])\(?0[2-9][0-9]{0,3}\)?[ \-][0-9]{2,4}[ \-]?[0-9]{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])\(?[2-9][0-9]{2}\)?[ \-.][2-9][0-9]{2}[ \-.][0-9]{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])[2-9][0-9]{3} [0-9]{4}(?![0-9A-Za-z])")
_PHONISH = re.compile(r"(?<![0-9\-])(?!(?:19|20)[0-9]{2}[-.][01]?[0-9][-.])[+(]{0,2}[0-9][0-9 ()\-.]{6,18}[0-9](?![0-9])")
TOLL_FREE = re.compile(r"^\(?(?:0800|0120|0570|0809|0508|400|800|1800|1888|1877)[\- )]")
ADDRESS = re.compile(
    r"[縣市区區郡州省府都道][^\t,、。:;]{1,24}?(?:[路街段巷弄村鄉镇鎮町]|丁目|番地)[^\t,。:;]{0,16}?[0-9一二三四五六七八九十]"
    r"|[路街段巷弄][0-9]{1,4}[號号]|[0-9]{1,2}丁目[0-9]{1,3}番"
    r"|(?<![0-9A-Za-z])[0-9]{1,6} [A-Z][A-Za-z]+(?: [A-Z][A-Za-z.]+){0,5}.{0,30}?,? [A-Z]{2} [0-9]{5}(?![0-9])")
_COMPANY = re.compile(
    r"公司|株式|有限|会社|集団|集团|集團|銀行|银行|分行|支行|支店|營業|营业|電視|大學|大学|學校|学校|協會|协会|財團|法人|商店|工業|工业|科技|实业|實業|"
    r"(?<![a-z])(?:ltd|inc|llc|plc|corp|co|group|bank|gmbh|company|and sons|"
    r"university|center|centre|office|branch|dept)(?![a-z])", re.I)
# The hundred commonest surnames of Taiwan, China and Hong Kong in both scripts, and two-character ones.
_SURNAMES = frozenset(
    "陳陈林黃黄張张李王吳吴劉刘蔡楊杨許许鄭郑謝谢郭洪邱曾廖賴赖徐周葉叶蘇苏莊庄呂吕江何蕭萧羅罗高潘簡简朱鍾钟彭游詹胡施沈余盧卢梁趙赵顏颜柯翁魏孫孙"
    "戴范方宋鄧邓杜傅侯曹薛丁馬马蔣蒋唐阮董馮冯韓韩袁姚石于程夏任姜汪田金崔譚谭白秦陸陆湯汤涂崔康連连毛邵孟尹易賀贺賈贾龔龚文鐘锺藍蓝倪溫温歐欧巫"
    "史顧顾萬万段雷錢钱黎武龍龙常向古喬乔穆俞嚴严季梅熊章樊芦鲁喻殷單单管齊齐苗花牛焦柴桂申隋柳耿岳母舒司裴闫况冉勾纪覃")
_DOUBLE = frozenset({"歐陽", "欧阳", "司馬", "司马", "上官", "諸葛", "诸葛", "司徒", "夏侯", "皇甫", "尉遲", "公孫",
                     "張簡", "范姜"})
_CJK_NAME = re.compile(r"[\u3400-\u9fff々〆ヶ]{1,4}[ \u3000]?[\u3400-\u9fff々\u3041-\u3096\u30a1-\u30fa-]{1,5}")
_WESTERN = re.compile(r"(?:(?:Mr|Ms|Mrs|Dr|Miss)\.? )?[A-Z][a-z'’\-]{1,20}(?: [A-Z]\.?)?(?: [A-Z][a-zA-Z'’\-]{1,20}){1,3}")


def company(text: str) -> bool:
    return _COMPANY.search(text) is not None


def person_name(text: str, headed: bool = False) -> bool:
    """A person's name and nothing else. `headed`: the column or label says name, so the surname need not be known."""
    text = text.strip()
    if not 2 <= len(text) <= 40 or company(text):
        return False
    if _CJK_NAME.fullmatch(text):
        return headed or (text[0] in _SURNAMES and len(text) <= 4) or text[:2] in _DOUBLE or (" " in text and len(text) >= 4)
    return _WESTERN.fullmatch(text) is not None


def phone(text: str) -> str:
    """The first telephone number in the text as digits, '' where there is none or it is toll-free."""
    for candidate in _PHONISH.finditer(text):
        start, end = candidate.span()
        if sum(map(str.isdigit, candidate.group())) < 8:
            continue
        match = PHONE.match(text, start) or PHONE.search(text, start, end + 1)
        if match and not TOLL_FREE.match(match.group()):
            return "".join(filter(str.isdigit, match.group()))
    return ""


def email(text: str) -> str:
    match = EMAIL.search(text) if "@" in text else None
    return match.group().lower() if match else ""


def address(text: str) -> bool:
    return ADDRESS.search(text) is not None
