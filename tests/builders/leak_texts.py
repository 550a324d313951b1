"""Ways in which people write customers into the body of a mail: one function a family, each must be held."""

from __future__ import annotations

import base64
import json
import random
import urllib.parse
from collections.abc import Callable, Iterable

from tests.builders.leak_people import Person, amex, licence, name_of, people
from tests.gateway.identifiers import makers

Family = Callable[[random.Random], tuple[str, dict[str, int]]]
"""The text of a body and the number of distinct values of each type."""

FAMILIES: dict[str, Family] = {}

HEADS = {
    "tw": ("身分證字號", "身份證字號", "ID No.", "身分證", "證號", "國民身分證統一編號", "客戶ID:", "身分證號碼"),
    "cn": ("身份证号", "身份证号码", "居民身份证", "证件号码", "ID Number", "公民身份号码"),
    "hk": ("香港身份證號碼", "身份證號碼", "HKID", "HKID No.", "身分證號碼"),
    "jp": ("マイナンバー", "個人番号", "My Number", "個人番号（マイナンバー）"),
    "kr": ("주민등록번호", "RRN", "주민번호"),
}
NAMES = {"tw": "姓名", "cn": "姓名", "hk": "姓名", "jp": "氏名", "kr": "이름"}
BORN = {"tw": "出生日期", "cn": "出生日期", "hk": "出生日期", "jp": "生年月日", "kr": "생년월일"}
PHONES = {"tw": "手機", "cn": "手机", "hk": "電話", "jp": "電話番号", "kr": "전화"}
TYPE = {"tw": "tw.national_id", "cn": "cn.resident_id", "hk": "hk.id", "jp": "jp.my_number", "kr": "kr.rrn"}
WIDE = str.maketrans({i: i + 0xFEE0 for i in range(0x21, 0x7F)})


def family(function: Family) -> Family:
    FAMILIES[function.__name__] = function
    return function


def some(rng: random.Random, *countries: str) -> tuple[str, list[Person], dict[str, int]]:
    country = rng.choice(countries or ("tw", "cn", "hk", "jp", "kr"))
    found = people(rng, country)
    return country, found, {TYPE[country]: len(found)}


def shown(rng: random.Random, p: Person) -> str:
    """The number as its country writes it."""
    i = p.id
    forms = {"tw": (i, i, f"{i[0]}-{i[1:4]}-{i[4:7]}-{i[7:]}", i.lower()), "cn": (i, f"{i[:6]} {i[6:14]} {i[14:]}", i.lower()),
             "hk": (f"{i[:7]}({i[7]})", f"{i[:7]}({i[7]})", i, f"{i[:7]} ({i[7]})", f"{i[0]} {i[1:7]} ({i[7]})", f"{i[:7]}-{i[7]}", f"{i[:7]}（{i[7]}）"),
             "jp": (i, f"{i[:4]}-{i[4:8]}-{i[8:]}", f"{i[:4]} {i[4:8]} {i[8:]}", i.translate(WIDE)), "kr": (f"{i[:6]}-{i[6:]}", i)}
    return rng.choice(forms[p.country])


def lines(rows: Iterable[Iterable[str]], between: str) -> str:
    return "\n".join(between.join(row) for row in rows)


@family
def vertical_form(rng):
    c, found, types = some(rng)
    mark, gap = rng.choice(("：", ": ", " : ", "=", "\t", "　")), rng.choice(("\n\n", "\n---\n", "\n==========\n", "\n\n\n"))
    head = rng.choice(HEADS[c])
    return gap.join("\n".join((f"{NAMES[c]}{mark}{p.name}", f"{head}{mark}{shown(rng, p)}", f"{BORN[c]}{mark}{p.born}", f"{PHONES[c]}{mark}{p.phone}"))
                    for p in found), types


@family
def label_above_value(rng):
    c, found, types = some(rng)
    head = rng.choice(HEADS[c])
    return "\n\n".join(f"{NAMES[c]}\n{p.name}\n{head}\n{shown(rng, p)}\n{PHONES[c]}\n{p.phone}" for p in found), types


@family
def box_form(rng):
    c, found, types = some(rng, "tw", "cn", "jp")
    head = " ".join(rng.choice(HEADS[c]))
    return "\n".join(f"□ {head} ： {' '.join(p.id)}\n□ {' '.join(NAMES[c])} ： {p.name}" for p in found), types


@family
def boxed_digits(rng):
    c, found, types = some(rng, "tw", "cn", "jp")
    box = rng.choice(("|", "│", "[]", "｜"))
    def boxed(v): return "".join(f"[{d}]" for d in v) if box == "[]" else box + box.join(v) + box
    return "\n".join(f"{NAMES[c]} {p.name}  {rng.choice(HEADS[c])} {boxed(p.id)}" for p in found), types


@family
def one_line_each(rng):
    _c, found, types = some(rng)
    between = rng.choice((" ", "　", ", ", "、", "/", " | ", "；", " - ", "\t", "  "))
    return "附上名單：\n" + lines(((p.name, shown(rng, p), p.born, p.phone) for p in found), between), types


@family
def numbered_list(rng):
    _c, found, types = some(rng)
    mark = rng.choice(("{}. ", "{}、", "({}) ", "No.{} ", "#{} "))
    return "\n".join(mark.format(n) + f"{p.name} {shown(rng, p)}" for n, p in enumerate(found, 1)), types


@family
def ids_only(rng):
    _c, found, types = some(rng, "tw", "cn")
    return rng.choice(("\n", ", ", ";", " ", "、", "，")).join(p.id for p in found), types


@family
def glued(rng):
    _c, found, types = some(rng, "tw", "cn", "jp")
    return "".join(f"客户{p.name}证件{p.id}电话{p.phone}，" for p in found), types


@family
def two_records_a_row(rng):
    c, found, _types = some(rng)
    if len(found) % 2:
        found = found[:-1]
    head, between = rng.choice(HEADS[c]), rng.choice(("\t", " | ", "    ", ","))
    rows = [(a.name, shown(rng, a).replace(",", ""), b.name, shown(rng, b)) for a, b in zip(found[::2], found[1::2], strict=True)]
    return lines([(NAMES[c], head, NAMES[c], head), *rows], between), {TYPE[c]: len(found)}


@family
def side_by_side(rng):
    _c, found, types = some(rng, "tw", "hk", "jp", "cn")
    return "\n".join("      ".join(f"{p.name} {p.id}" for p in found[n:n + 3]) for n in range(0, len(found), 3)), types


@family
def transposed_table(rng):
    """People as columns."""
    c, found, types = some(rng)
    between = rng.choice(("\t", ",", " | "))
    return lines([(NAMES[c], *(p.name for p in found)), (rng.choice(HEADS[c]), *(shown(rng, p) for p in found)), (PHONES[c], *(p.phone for p in found))], between), types


@family
def drawn_table(rng):
    c, found, types = some(rng)
    edge, cross = rng.choice((("|", "+"), ("│", "┼"), ("║", "╬"), ("┃", "╋"), ("｜", "＋")))
    rule = cross + cross.join("-" * 12 for _ in range(3)) + cross
    rows = [(NAMES[c], rng.choice(HEADS[c]), PHONES[c]), *((p.name, shown(rng, p), p.phone) for p in found)]
    return f"\n{rule}\n".join(edge + edge.join(f" {v} " for v in row) + edge for row in rows), types


@family
def markdown_table(rng):
    c, found, types = some(rng)
    return f"|{NAMES[c]}|{rng.choice(HEADS[c])}|\n|---|:--:|\n" + "\n".join(f"|{p.name}|`{shown(rng, p)}`|" for p in found), types


@family
def chat_log(rng):
    c, found, types = some(rng)
    return "\n".join(f"[2026/05/{n + 1:02d} {rng.randrange(9, 18)}:{rng.randrange(60):02d}] {rng.choice(('小美', 'Kevin', '経理'))}: {p.name} 的 {rng.choice(HEADS[c])} {shown(rng, p)} 麻煩確認一下"
                     for n, p in enumerate(found)), types


@family
def prose(rng):
    c, found, types = some(rng, "tw", "cn", "hk")
    return "".join(f"另外{p.name}先生（{rng.choice(HEADS[c])} {shown(rng, p)}，{p.roc}生）希望提高額度，請協助辦理。" for p in found), types


@family
def japanese_prose(rng):
    found = people(rng, "jp")
    return "\n".join(f"{p.name}様のマイナンバーは{shown(rng, p)}です。生年月日は{p.era}です。" for p in found), {"jp.my_number": len(found)}


@family
def japanese_without_label(rng):
    found = people(rng, "jp", 6, 14)
    return "\n".join(f"{p.name}　{p.era}　{p.id}" for p in found), {"jp.my_number": len(found)}


@family
def japanese_licences(rng):
    found = people(rng, "jp")
    head = rng.choice(("免許証番号", "運転免許証番号", "免許証の番号", "免許番号"))
    return "\n".join(f"{p.name} {p.era}生 {head} {rng.choice(('第{}号', '{}', '第 {} 号'))}".format(licence(rng)) for p in found), {"jp.driver_licence": len(found)}


@family
def japanese_accounts(rng):
    found = people(rng, "jp")
    form = rng.choice(("{name}　{bank}銀行 {n}支店 普通 {v}", "{bank}銀行　{n}支店　普通預金　口座番号{v}　名義 {name}", "{bank}信用金庫 {n}支店 （普）{v} {name}", "{name} {bank}銀行 店番{n:03d} 当座 {v}"))
    return "\n".join(form.format(name=p.name, bank=rng.choice(("みずほ", "三菱UFJ", "りそな", "横浜")), n=rng.randrange(100, 999), v=f"{rng.randrange(10**6, 10**7)}") for p in found), {"jp.bank_account": len(found)}


@family
def japanese_yucho(rng):
    found = people(rng, "jp")
    return "\n".join(f"{p.name} ゆうちょ銀行 記号 1{rng.randrange(1000):03d}0 番号 {rng.randrange(10**7, 10**8) // 10 * 10 + 1}" for p in found), {"jp.bank_account": len(found)}


@family
def japanese_cards_and_passports(rng):
    kind = rng.choice(("jp.residence_card", "jp.passport"))
    found = people(rng, "jp")
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    two = lambda: rng.choice(letters) + rng.choice(letters)  # noqa: E731
    make = (lambda: f"{two()}{rng.randrange(10**8):08d}{two()}") if kind == "jp.residence_card" else (lambda: f"T{rng.choice('KRSZ')}{rng.randrange(10**7):07d}")
    head = rng.choice(("在留カード番号", "在留カードNo.", "Residence Card No.") if kind == "jp.residence_card" else ("旅券番号", "パスポートNo.", "Passport No."))
    if rng.random() < 0.5:
        return lines([("氏名", head), *((p.name, make()) for p in found)], "\t"), {kind: len(found)}
    return "\n".join(f"{p.name}\n{head}：{make()}" for p in found), {kind: len(found)}


@family
def taiwanese_accounts(rng):
    found = people(rng, "tw")
    form = rng.choice(("{name} 台灣銀行(004) 帳號 {a}-{b}", "戶名：{name} 銀行：玉山銀行 808 分行：信義 帳號：{a}{b}", "{name}\t國泰世華 013\t帳號{a}-{b}", "{name} 郵局(700) 局號 {c} 帳號 {d}"))
    return "\n".join(form.format(name=p.name, a=f"{rng.randrange(1000):03d}", b=f"{rng.randrange(10**9, 10**10)}", c=f"{rng.randrange(10**7):07d}", d=f"{rng.randrange(10**7):07d}") for p in found), {}


@family
def taiwanese_residents(rng):
    """New and old numbers of foreigners in one list."""
    found = people(rng, "tw")
    from gateway.identifiers import tw
    def old():
        while True:
            stem = rng.choice("ABCDEFGH") + rng.choice("ABCD") + f"{rng.randrange(10**7):07d}"
            for d in "0123456789":
                if tw.resident_id(stem + d):
                    return stem + d
    head = rng.choice(("居留證號碼", "統一證號", "ARC No.", "居留證"))
    return "\n".join(f"{p.name} {head} {makers.tw_resident(rng) if n % 2 else old()}" for n, p in enumerate(found)), {"tw.resident_id": len(found)}


@family
def taiwanese_papers(rng):
    found = people(rng, "tw")
    head, kind, make = rng.choice((("護照號碼", "tw.passport", lambda: f"{rng.randrange(3 * 10**8, 4 * 10**8)}"), ("健保卡號", "tw.nhi_card", lambda: f"0000{rng.randrange(10**8):08d}"),
                                   ("Passport No.", "tw.passport", lambda: f"{rng.randrange(3 * 10**8, 4 * 10**8)}")))
    return lines([("姓名", head, "生日"), *((p.name, make(), p.roc) for p in found)], rng.choice(("\t", ",", " | "))), {kind: len(found)}


@family
def chinese_old_numbers(rng):
    found = people(rng, "cn")
    form = rng.choice(("{} 身份证号 {}", "姓名：{}，身份证：{}"))
    return "\n".join(form.format(p.name, p.id[:6] + p.id[8:17]) for p in found), {"cn.resident_id": len(found)}


@family
def chinese_passports_and_cards(rng):
    found = people(rng, "cn")
    if rng.random() < 0.5:
        return "\n".join(f"{p.name} 护照号码：{rng.choice('EG')}{rng.randrange(10**7, 10**8)}" for p in found), {"cn.passport": len(found)}
    cards = [makers.card(rng, "6225") for _ in found]
    return "\n".join(f"户名：{p.name} 开户行：中国工商银行上海{n}支行 账号：{c[:4]} {c[4:8]} {c[8:12]} {c[12:]}" for n, (p, c) in enumerate(zip(found, cards, strict=True))), {"card": len(found)}


@family
def payment_cards(rng):
    found = people(rng, rng.choice(("tw", "jp", "cn", "hk")))
    def grouped(v):
        cut = (4, 10, 15) if len(v) == 15 else (4, 8, 12, 16)
        mark = rng.choice((" ", "-", "", "."))
        return mark.join(v[a:b] for a, b in zip((0, *cut), cut, strict=False))
    cards = [amex(rng) if rng.random() < 0.2 else p.card for p in found]
    form = rng.choice(("{name} {card} {exp} {cvv}", "Card: {card} Exp: {exp} CVV: {cvv} ({name})", "{card}|{exp}|{cvv}|{name}", "持卡人{name}卡號{card}有效期{exp}末三碼{cvv}"))
    return "\n".join(form.format(name=p.name, card=grouped(c), exp=f"{rng.randrange(1, 13):02d}/{rng.randrange(27, 32)}", cvv=rng.randrange(100, 999)) for p, c in zip(found, cards, strict=True)), {"card": len(found)}


@family
def korean_new_numbers(rng):
    """Since October 2020 the last digits are random: the label speaks."""
    found = people(rng, "kr")
    return "\n".join(f"{p.name} {rng.choice(HEADS['kr'])}: {p.id[:7]}{rng.randrange(10**6):06d}"[:60] for p in found), {"kr.rrn": len(found)}


@family
def american_numbers(rng):
    found = [name_of(rng, "us") for _ in range(rng.randrange(4, 12))]
    ssn = lambda: f"{rng.randrange(100, 665):03d}-{rng.randrange(1, 99):02d}-{rng.randrange(1, 9999):04d}"  # noqa: E731
    form = rng.choice(("{} SSN {}", "{}, SSN: {}", "{}\tSocial Security No. {}"))
    return "\n".join(form.format(n, ssn()) for n in found), {"us.ssn": len(found)}


@family
def mixed_types(rng):
    """One person of each country: none alone is a list."""
    found = [p for c in ("tw", "cn", "hk", "jp", "kr") for p in people(rng, c, 1, 2)]
    rng.shuffle(found)
    return "\n".join(f"{p.name} {rng.choice(HEADS[p.country])}: {shown(rng, p)} {p.phone}" for p in found), {TYPE[p.country]: 1 for p in found}


@family
def json_records(rng):
    _c, found, types = some(rng)
    key = rng.choice(("idNo", "id_no", "nationalId", "idNumber", "identityNo", "personalId", "idCard", "身分證", "certNo"))
    made = {"result": {"list": [{"custName": p.name, key: p.id, "mobile": p.phone, "birth": p.born} for p in found]}}
    return json.dumps(made, ensure_ascii=rng.random() < 0.5, indent=rng.choice((None, 2))), types


@family
def sql_updates(rng):
    _c, found, types = some(rng)
    form = rng.choice(("UPDATE customer SET name='{}', id_no='{}' WHERE seq={};", "INSERT INTO cust VALUES('{}','{}',{});", "INSERT INTO `t` (`n`,`i`,`s`) VALUES ('{}', '{}', {});"))
    return "\n".join(form.format(p.name, p.id, n) for n, p in enumerate(found)), types


@family
def sql_copy(rng):
    _c, found, types = some(rng)
    return "COPY public.customer (id, name, id_no, born) FROM stdin;\n" + "\n".join(f"{n}\t{p.name}\t{p.id}\t{p.born}" for n, p in enumerate(found)) + "\n\\.\n", types


@family
def xml_soap(rng):
    _c, found, types = some(rng)
    return '<?xml version="1.0"?><Env><Body>' + "".join(f"<Cust><Nm>{p.name}</Nm><IdNo>{p.id}</IdNo><Tel>{p.phone}</Tel></Cust>" for p in found) + "</Body></Env>", types


@family
def yaml_ini(rng):
    _c, found, types = some(rng)
    if rng.random() < 0.5:
        return "customers:\n" + "\n".join(f"  - name: {p.name}\n    id_no: \"{p.id}\"\n    tel: {p.phone}" for p in found), types
    return "\n".join(f"[cust{n}]\nname={p.name}\nid_no={p.id}\n" for n, p in enumerate(found)), types


@family
def fixed_width(rng):
    """As a mainframe writes it: fields without anything between."""
    _c, found, types = some(rng, "tw", "cn")
    return "\n".join(f"D{n:06d}  {p.id}  {p.year}{p.month:02d}{p.day:02d}{rng.choice('MF')}  {p.phone.replace('-', '')}" for n, p in enumerate(found)), types


@family
def quoted_reply(rng):
    _c, found, types = some(rng)
    return "FYI\n\n> On Monday X wrote:\n" + "\n".join(f"> > {p.name}: {shown(rng, p)}" for p in found), types


@family
def url_parameters(rng):
    _c, found, types = some(rng)
    return "\n".join("https://crm.bank.example/q?" + urllib.parse.urlencode({"name": p.name, "idno": p.id, "born": p.born}) for p in found), types


@family
def encoded_twice(rng):
    _c, found, types = some(rng, "tw", "cn")
    text = "\n".join(f"{p.name},{p.id}" for p in found).encode()
    inner = base64.b64encode(text)
    return rng.choice((lambda: base64.b64encode(inner).decode(), lambda: inner.hex(), lambda: base64.b32encode(text).decode(), lambda: text.hex(" "),
                       lambda: base64.b85encode(text).decode() if False else base64.urlsafe_b64encode(text).decode()))(), types


@family
def full_width(rng):
    _c, found, types = some(rng)
    return "\n".join(f"{p.name}　{p.id.translate(WIDE)}" for p in found), types


@family
def zero_width_and_marks(rng):
    c, found, types = some(rng, "tw", "cn", "jp")
    mark = rng.choice(("\u200b", "\u2060", "\u00ad", "\ufeff", "\u200d", "\u034f", "\u180e", "\u2063", "\U000e0020", "\u0336"))
    return "\n".join(f"{p.name} {rng.choice(HEADS[c])} {mark.join(p.id)}" for p in found), types


@family
def odd_separators(rng):
    c, found, types = some(rng, "tw", "cn", "jp")
    mark = rng.choice((".", "·", "_", " ", "  ", "-", "/", "•", "～", "*", "‧", "\u3000", "\u00a0"))
    return "\n".join(f"{p.name} {rng.choice(HEADS[c])}: {mark.join(p.id)}" for p in found), types


@family
def hanzi_numerals(rng):
    c, found, types = some(rng, "tw", "cn", "jp")
    table = str.maketrans("0123456789", rng.choice(("零一二三四五六七八九", "〇一二三四五六七八九", "零壹貳參肆伍陸柒捌玖", "零壹贰叁肆伍陆柒捌玖", "○一二三四五六七八九")))
    return "\n".join(f"{p.name} {rng.choice(HEADS[c])}：{p.id.translate(table)}" for p in found), types


@family
def keycaps_and_circles(rng):
    c, found, types = some(rng, "tw", "jp")
    styles = ("⓪①②③④⑤⑥⑦⑧⑨", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟬𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "⓿❶❷❸❹❺❻❼❽❾")
    table = str.maketrans("0123456789", rng.choice(styles))
    keycap = rng.random() < 0.2
    return "\n".join(f"{p.name} {rng.choice(HEADS[c])} " + ("".join(d + "\ufe0f\u20e3" if d.isdigit() else d for d in p.id) if keycap else p.id.translate(table)) for p in found), types


@family
def shortened_headings(rng):
    """Headings as systems abbreviate them, columns without any order."""
    c, found, types = some(rng, "tw", "cn", "hk", "jp")
    head = {"tw": "CUST_ID", "cn": "CERT_NO", "hk": "HKID", "jp": "MYNO"}[c]
    return lines([("SEQ", "CUST_NM", head, "TEL"), *((str(n), p.name, p.id, p.phone) for n, p in enumerate(found))], rng.choice(("\t", ",", "|", ";", "^", "~", "\x01"))), types


@family
def bilingual_heading(rng):
    c, found, types = some(rng, "hk", "tw", "jp")
    head = {"hk": "香港身份證號碼 HKID No.", "tw": "身分證字號/ID Number", "jp": "個人番号(My Number)"}[c]
    return lines([("姓名 Name", head, "電話 Tel"), *((p.name, shown(rng, p), p.phone) for p in found)], "\t"), types


@family
def contacts_blocks(rng):
    """Fifty customers and more, a few lines each."""
    c = rng.choice(("tw", "cn", "jp"))
    found = people(rng, c, 60, 90)
    return "\n\n".join(f"{NAMES[c]}：{p.name}\n{PHONES[c]}：{p.phone}\nE-mail：{p.email}" for p in found), {}


@family
def contacts_addresses(rng):
    """`Name <mail>` sixty times."""
    c = rng.choice(("tw", "cn", "jp", "us"))
    found = [(name_of(rng, c), f"a{n}.{rng.randrange(1000)}@web{n % 7}.example") for n in range(rng.randrange(60, 90))]
    return rng.choice(("; ", ",\n", "\n")).join(f'"{n}" <{m}>' for n, m in found), {}


@family
def contacts_lines(rng):
    c = rng.choice(("tw", "cn", "jp", "hk"))
    found = people(rng, c, 60, 90)
    between = rng.choice((" ", "\t", ",", "／", " / ", "："))
    return "\n".join(f"{p.name}{between}{p.phone}" for p in found), {}
