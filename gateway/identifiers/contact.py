"""What makes a contact record: names, e-mail addresses, telephone numbers, postal addresses."""

from __future__ import annotations

import re

import numpy as np

from gateway.identifiers.characters import LETTER, MARGIN, Characters, ahead

EMAIL = re.compile(r"(?<![0-9A-Za-z._%+\-])[0-9A-Za-z._%+\-]{1,64}@(?:[0-9A-Za-z\-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![0-9A-Za-z])")
# Mobile and land lines as people write them: Taiwan, China, Japan, Hong Kong, Korea, with or without country code; North America
# only with its customary punctuation. Toll-free numbers (0800, 0120, 400-, 800-) belong to companies.
PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9+(][0-9 ()\-.]{7})(?:"        # what all begin with: a place that has it not costs one look
    r"(?:\+|00)(?:886|86|81|852|853|82|65|1|44)[ \-.]?\(?0?\)?[1-9][0-9](?:[ \-]?[0-9]){6,9}"
    r"|09[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{3}"
    r"|1[3-9][0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}"
    r"|0[5-9]0[ \-]?[0-9]{4}[ \-]?[0-9]{4}"
    r"|01[016789][ \-]?[0-9]{3,4}[ \-]?[0-9]{4}"
    r"|\(?0[2-9][0-9]{0,3}\)?[ \-][0-9]{2,4}[ \-]?[0-9]{4}"
    r"|\(?[2-9][0-9]{2}\)?[ \-.][2-9][0-9]{2}[ \-.][0-9]{4}"
    r"|(?:(?<![0-9]{4} )|(?<=[0-9] [0-9]{4} ))[2-9][0-9]{3} [0-9]{4}(?! [0-9]{4}(?! ?[0-9]))"   # three of four are no two
    r")(?![0-9A-Za-z])")
_PHONISH = re.compile(
    r"(?=[0-9+(])(?<![0-9\-])(?!(?:19|20)[0-9]{2}[-.][01]?[0-9][-.])[+(]{0,2}[0-9][0-9 ()\-.]{6,18}[0-9](?![0-9])")
_PUNCTUATION = str.maketrans("", "", " ()-.+")
TOLL_FREE = re.compile(r"^\(?(?:0800|0120|0570|0809|0508|400|800|1800|1888|1877)[\- )]")
_STATE = re.compile(r"[A-Z]{2} [0-9]{5}(?![0-9])")
_WESTERN_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{1,6} [A-Z][A-Za-z]+(?: [A-Z][A-Za-z.]+){0,5}.{0,30}?,? [A-Z]{2} [0-9]{5}(?![0-9])")
ADDRESS = re.compile(
    r"[縣市区區郡州省府都道][^\t,、。:;]{1,24}?(?:[路街段巷弄村鄉镇鎮町]|丁目|番地)[^\t,。:;]{0,16}?[0-9一二三四五六七八九十]"
    r"|[路街段巷弄道][0-9]{1,4}[號号]|[0-9]{1,2}丁目[0-9]{1,3}番"
    r"|(?:[都道府県][^\t,、。:;0-9]{1,8}[市区郡]|市[^\t,、。:;0-9]{1,6}区)[^\t,、。:;0-9]{1,16}[0-9]{1,4}-[0-9]{1,4}(?![0-9])"
    r"|[시군구읍면동] [가-힣0-9]{1,12}(?:[로길동] ?|거리 |가 )(?:지하)?[0-9]{1,5}(?![0-9])"
    "|" + _WESTERN_ADDRESS.pattern)
_FIRMS = (
    "公司", "株式", "有限", "会社", "集団", "集团", "集團", "銀行", "银行", "分行", "支行", "支店", "營業", "营业", "電視",
    "大學", "大学", "學校", "学校", "協會", "协会", "財團", "法人", "商店", "工業", "工业", "科技", "实业", "實業", "診所",
    "诊所", "醫院", "医院", "藥局", "药房", "薬局", "クリニック", "飯店", "饭店", "酒店", "旅館", "旅馆", "ホテル", "餐廳",
    "餐厅", "事務所", "事务所")
_LATIN_FIRMS = (
    "ltd", "inc", "llc", "plc", "corp", "co", "group", "bank", "gmbh", "company", "and sons", "university", "center", "centre",
    "office", "branch", "dept", "clinic", "hospital", "pharmacy", "hotel", "restaurant")


def _table(characters: set[str]) -> np.ndarray:
    table = np.zeros(0x10000, bool)
    table[[ord(c) for c in characters]] = True
    return table


_FIRST = _table({firm[0] for firm in _FIRMS})
_PAIRS = frozenset(ord(firm[0]) << 32 | ord(firm[1]) for firm in _FIRMS)
_COMPANY = re.compile(f"(?:{'|'.join(_FIRMS)})(?![路街道巷園园區区城])|(?<![a-z])(?:{'|'.join(_LATIN_FIRMS)})(?![a-z])", re.I)
# The hundred commonest surnames of Taiwan, China and Hong Kong in both scripts, and two-character ones.
_SURNAMES = frozenset(
    "陳陈林黃黄張张李王吳吴劉刘蔡楊杨許许鄭郑謝谢郭洪邱曾廖賴赖徐周葉叶蘇苏莊庄呂吕江何蕭萧羅罗高潘簡简朱鍾钟彭游詹胡施沈余盧卢梁趙赵顏颜柯翁魏孫孙"
    "戴范方宋鄧邓杜傅侯曹薛丁馬马蔣蒋唐阮董馮冯韓韩袁姚石于程夏任姜汪田金崔譚谭白秦陸陆湯汤涂崔康連连毛邵孟尹易賀贺賈贾龔龚文鐘锺藍蓝倪溫温歐欧巫"
    "史顧顾萬万段雷錢钱黎武龍龙常向古喬乔穆俞嚴严季梅熊章樊芦鲁喻殷單单管齊齐苗花牛焦柴桂申隋柳耿岳母舒司裴闫况冉勾纪覃"
    "付邹鄒郝陶莫葛邢伍聂聶翟祝霍骆駱靳鲍鮑祁滕屈饶饒牟尤卓缪繆麦麥褚娄婁窦竇戚岑佟臧闵閔邬鄔卞栾欒隋庞龐甄邝鄺孔左甘涂")
SURNAMES = _table(set(_SURNAMES))
"""Of the basic plane, as an array."""
_DOUBLE = frozenset({"歐陽", "欧阳", "司馬", "司马", "上官", "諸葛", "诸葛", "司徒", "夏侯", "皇甫", "尉遲", "公孫",
                     "張簡", "范姜"})
# The commonest Japanese surnames (明治安田生命 全国同姓調査), for names written without a blank.
_JAPANESE = frozenset(re.findall(r"\S+", """
    佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上
    木村 斎藤 斉藤 齋藤 齊藤 清水 山崎 阿部 池田 橋本 山下 森 石川 中島 前田 藤田 小川 後藤
    岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川 中野
    原田 小野 田村 竹内 金子 和田 中山 石田 上田 森田 原 柴田 酒井 工藤 横山 宮崎 宮本 内田
    高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 増田 平野 大塚 千葉 久保 松井
    小島 岩崎 桜井 木下 野口 松尾 菊地 菊池 野村 佐野 渡部 新井 古川 杉本 大西 浜田 市川 小松
    高野 水野 吉川 山内 西田 西川 北村 五十嵐 安田 福島 川口 平田 川崎 飯田 本田 久保田 東 中田
    川村 吉村 熊谷 辻 永井 関 岩田
"""))
_CJK_NAME = re.compile(r"[\u3400-\u9fff々〆ヶ]{1,4}[ \u3000]?(?!-)[\u3400-\u9fff々\u3041-\u3096\u30a1-\u30fa-]{1,5}")
_NO_NAMES = frozenset(re.findall(r"\S+", """
    金額 金额 單位 单位 單號 单号 方式 方法 方案 文件 文號 文号 程序 程式 高雄 高级 高級 馬上 马上 季度 萬元 万元
    任務 任务 連線 連結 管理 管道 成員 時間
"""))
_APPLIED = re.compile("申[請请訴诉報报購购告辦办領领]")
"""Words that begin as surnames do."""
_KOREAN_NAME = re.compile("[가-힣]{2,4}")
# Nine in ten Koreans (통계청 인구총조사 2015); names have three syllables as a rule.
_KOREAN = frozenset("김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진")
_KOREAN_WORDS = frozenset((
    "이메일", "전화번", "주문번", "고객명", "성명", "주소", "연락처", "이름", "전화", "주문", "문의", "안내", "정보"))
_CAPITALS = re.compile(r"[A-Z]{2,12},?(?: [A-Z][a-z'’\-]{1,20}){1,3}|(?:[A-Z][a-z'’\-]{1,20},? ){1,3}[A-Z]{2,12}")
"""The surname in capitals, before or behind: CHAN Tai Man, Tai Man CHAN."""
_WESTERN = re.compile(r"(?:(?:Mr|Ms|Mrs|Dr|Miss)\.? )?[A-Z][a-z'’\-]{1,20}(?: [A-Z]\.?)?(?: [A-Z][a-zA-Z'’\-]{1,20}){1,3}")


def _latin_starts() -> np.ndarray:
    """The first three letters of the Latin words, each as its number in the alphabet; of a short word anything behind it."""
    table = np.zeros((32, 32, 32), bool)
    for word in _LATIN_FIRMS:
        one, two, *more = (ord(c) & 31 for c in word[:3])
        table[one, two, more[0] if more else slice(None)] = True
    return table


_LATIN_STARTS = _latin_starts()


def company(text: str) -> bool:
    return _COMPANY.search(text) is not None


def companies(text: str, found: Characters | None = None) -> bool:
    """False where no line of a text can name a company: cheaper than asking for each."""
    if found is None:
        lowered = text.lower()
        return any(map(text.__contains__, _FIRMS)) or any(map(lowered.__contains__, _LATIN_FIRMS))
    if found.codes.itemsize > 1:
        first = np.flatnonzero(_FIRST.take(found.inner, mode="clip")) + MARGIN
        one, two = found.codes[first].astype(np.int64), found.codes[first + 1].astype(np.int64)
        if not _PAIRS.isdisjoint((one << 32 | two).tolist()):
            return True
    letter = found.are(LETTER)
    begin = found.places(letter & ~ahead(letter, -1) & ahead(letter, 1)) + MARGIN
    second = found.codes[begin + 1].astype(np.int64) & 31
    likely = begin[_LATIN_STARTS[found.codes[begin].astype(np.int64) & 31, second, found.codes[begin + 2].astype(np.int64) & 31]]
    return any(_COMPANY.match(text, at - MARGIN) for at in likely.tolist())


def person_name(text: str, headed: bool = False, firms: bool = True) -> bool:
    """A person's name and nothing else. `headed`: the column or label says name, so the surname need not be known.
    `firms`: the text may be a company's; a caller who knows better saves the look."""
    text = text.strip()
    if not 2 <= len(text) <= 40 or (firms and company(text)):
        return False
    if _CJK_NAME.fullmatch(text):
        if text in _NO_NAMES or _APPLIED.match(text):
            return False
        return (headed or (text[0] in _SURNAMES and len(text) <= 4) or text[:2] in _DOUBLE or _japanese(text)
                or (" " in text and len(text) >= 4))
    if _KOREAN_NAME.fullmatch(text):
        return text not in _KOREAN_WORDS and (headed or (len(text) == 3 and text[0] in _KOREAN))
    return (_WESTERN.fullmatch(text) or _CAPITALS.fullmatch(text)) is not None


def passport_name(text: str) -> bool:
    """A name in capitals, as passports and lists of passengers have it: any two words in capitals, so only where a name is due."""
    return _ALL_CAPITALS.fullmatch(text) is not None


_ALL_CAPITALS = re.compile(r"[A-Z][A-Z'’\-]{1,15}(?:,? [A-Z][A-Z'’\-]{1,15}){1,3}")


def _japanese(text: str) -> bool:
    """A surname of two characters or three and one to three more."""
    return any(text[:n] in _JAPANESE and 1 <= len(text) - n <= 3 for n in (2, 3))


def phone(text: str) -> str:
    """The first telephone number in the text as digits, '' where there is none or it is toll-free."""
    first = PHONE.search(text)
    if first is None:
        return ""
    certain = alone(first)
    if certain:
        return certain
    begin, stop = first.span()
    for candidate in _PHONISH.finditer(text):
        start, end = candidate.span()
        if end <= begin:
            continue
        match: re.Match[str] | None = first
        if not start <= begin < stop <= end:
            match = PHONE.match(text, start)
        if (match is None or start < begin) and text[start:end].isdigit():
            match = None                                  # no number begins inside another one
        elif match is None:
            match = PHONE.search(text, start, end + 1)
        if match is None or (match.end() > end and len(text[start:end].translate(_PUNCTUATION)) < 8):
            continue
        written = match.group()
        if written.isdigit():
            return written
        if not TOLL_FREE.match(written):
            return written.translate(_PUNCTUATION)
    return ""


def alone(first: re.Match[str]) -> str:
    """The digits of the first match of PHONE in a text where nothing around it can make it part of another number, else ''."""
    begin, stop = first.span()
    before = first.string[begin - 1] if begin else "\n"
    written = first.group()
    if written.isdigit():
        return "" if before == "-" else written
    if before in _GOES_ON or stop - begin > _LONGEST_ALONE or TOLL_FREE.match(written):
        return ""
    return written.translate(_PUNCTUATION)


_GOES_ON = frozenset("0123456789 ()-.+")
_LONGEST_ALONE = 18
"""Characters that _PHONISH takes, whatever they begin with."""


def email(text: str) -> str:
    match = EMAIL.search(text) if "@" in text else None
    return match.group().lower() if match else ""


def address(text: str) -> bool:
    if text.isascii():
        return _STATE.search(text) is not None and _WESTERN_ADDRESS.search(text) is not None
    return ADDRESS.search(text) is not None
