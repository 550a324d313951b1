"""Mail full of numbers that are nobody's: one function a family, none may be held."""

from __future__ import annotations

import json
import random
import string
import uuid
from collections.abc import Callable

from tests.builders.leak_people import name_of, person, phone_of
from tests.gateway.identifiers import makers

Family = Callable[[random.Random], str]
FAMILIES: dict[str, Family] = {}


def family(function: Family) -> Family:
    FAMILIES[function.__name__] = function
    return function


def digits(rng: random.Random, n: int, head: str = "") -> str:
    return head + "".join(rng.choice(string.digits) for _ in range(n - len(head)))


def times(rng: random.Random, make: Callable[[], str], least: int = 10, most: int = 60) -> str:
    return "\n".join(make() for _ in range(rng.randrange(least, most)))


def table(rng: random.Random, head: str, make: Callable[[], tuple[str, ...]], least: int = 10, most: int = 60) -> str:
    mark = rng.choice(("\t", ",", " | ", ";"))
    return "\n".join((mark.join(head.split("|")), *(mark.join(make()) for _ in range(rng.randrange(least, most)))))


def ean(rng: random.Random, head: str) -> str:
    stem = digits(rng, 12, head)
    return stem + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(stem)) % 10)


def luhn(rng: random.Random, n: int, head: str = "") -> str:
    stem = digits(rng, n - 1, head)
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(stem)))
    return stem + str(-total % 10)


@family
def orders(rng):
    n = rng.choice((8, 9, 10, 11, 12, 13, 14, 15, 16, 18))
    return table(rng, rng.choice(("訂單編號|金額|狀態", "Order No|Amount|Status", "注文番号|金額|状態", "订单号|金额|状态")), lambda: (digits(rng, n), f"{rng.randrange(99999)}", "OK"))


@family
def orders_with_names(rng):
    """Recipients beside numbers, fewer than fifty."""
    n = rng.choice((10, 12, 13, 14, 16, 18))
    return "\n".join(f"{name_of(rng, rng.choice(('tw', 'cn', 'jp')))} 訂單 {digits(rng, n)}" for _ in range(20))


@family
def trackings(rng):
    make = rng.choice((lambda: digits(rng, 12), lambda: "SF" + digits(rng, 13), lambda: "1Z" + "".join(rng.choice(string.ascii_uppercase + string.digits) for _ in range(16)),
                       lambda: "YT" + digits(rng, 13), lambda: digits(rng, 20, "92"), lambda: "-".join((digits(rng, 4), digits(rng, 4), digits(rng, 4))), lambda: "RR" + digits(rng, 9) + "TW"))
    return rng.choice(("運單號碼：", "Tracking:\n", "お問い合わせ番号\n", "以下為今日出貨：\n", "")) + times(rng, make)


@family
def invoices(rng):
    return table(rng, "發票號碼|統編|金額", lambda: ("".join(rng.choice(string.ascii_uppercase) for _ in range(2)) + rng.choice(("", "-")) + digits(rng, 8), digits(rng, 8), str(rng.randrange(10**6))))


@family
def invoices_in_prose(rng):
    return times(rng, lambda: f"發票 {''.join(rng.choice(string.ascii_uppercase) for _ in range(2))}{digits(rng, 8)} 金額 {rng.randrange(10**5):,} 元已開立")


@family
def japanese_invoices(rng):
    return times(rng, lambda: f"登録番号 T{digits(rng, 13)} 請求番号 {digits(rng, 10)} 合計 {rng.randrange(10**6):,}円")


@family
def isbns(rng):
    return times(rng, lambda: ean(rng, "978") if rng.random() < 0.5 else f"ISBN 978-{digits(rng, 3)}-{digits(rng, 4)}-{digits(rng, 2)}-{digits(rng, 1)}")


@family
def barcodes(rng):
    return table(rng, rng.choice(("條碼|品名|數量", "JANコード|品名|数量", "EAN|Item|Qty")), lambda: (ean(rng, rng.choice(("471", "490", "690"))), "商品", str(rng.randrange(99))))


@family
def imeis(rng):
    return times(rng, lambda: luhn(rng, 15, rng.choice(("35", "86"))) + rng.choice(("", " " + luhn(rng, 19, "8988"))))


@family
def loyalty_cards(rng):
    """Numbers with Luhn's check digit of no issuer."""
    return table(rng, "會員卡號碼|點數", lambda: (luhn(rng, 16, rng.choice(("27", "90", "10"))), str(rng.randrange(9999))))


@family
def hashes(rng):
    n = rng.choice((32, 40, 64, 128))
    return times(rng, lambda: "".join(rng.choice("0123456789abcdef") for _ in range(n)) + "  file" + digits(rng, 3) + ".bin")


@family
def uuids(rng):
    return times(rng, lambda: str(uuid.UUID(int=rng.getrandbits(128))) + rng.choice(("", " ok")))


@family
def digits_hashes(rng):
    return times(rng, lambda: f"id={rng.getrandbits(64)} ts={rng.randrange(16 * 10**11, 18 * 10**11)}")


@family
def snowflakes(rng):
    return json.dumps([{"id": rng.randrange(10**17, 2 * 10**18), "author_id": str(rng.randrange(10**17, 10**18)), "name": "bot"} for _ in range(30)])


@family
def logs(rng):
    return times(rng, lambda: f"2026-05-{rng.randrange(1, 29):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:12.{digits(rng, 6)}Z [{digits(rng, 5)}] req={digits(rng, 12)} user=U{digits(rng, 9)} 10.1.{rng.randrange(256)}.{rng.randrange(256)} {digits(rng, 13)}")


@family
def measurements(rng):
    return table(rng, rng.choice(("time|x|y|z", "時間|溫度|壓力|讀數", "No|測定値1|測定値2|測定値3")), lambda: (f"{rng.random() * 1e5:.6f}", f"{rng.gauss(0, 1e3):.8f}", f"{rng.random():.12f}", f"{rng.randrange(10**12)}"))


@family
def matrix(rng):
    return "\n".join(" ".join(rng.choice("01") for _ in range(20)) for _ in range(20))


@family
def decimals(rng):
    return "\n".join(" ".join(digits(rng, rng.choice((4, 6, 8))) for _ in range(6)) for _ in range(20))


@family
def coordinates(rng):
    return times(rng, lambda: f"{rng.uniform(21, 46):.7f},{rng.uniform(100, 146):.7f}")


@family
def parts(rng):
    make = rng.choice((lambda: f"{rng.choice(string.ascii_uppercase)}{digits(rng, 9)}", lambda: f"{rng.choice(string.ascii_uppercase)}{digits(rng, 7)}", lambda: f"{rng.choice(string.ascii_uppercase)}{digits(rng, 8)}",
                       lambda: f"{digits(rng, 3)}-{digits(rng, 4)}-{digits(rng, 3)}", lambda: f"{rng.choice(string.ascii_uppercase)}{rng.choice(string.ascii_uppercase)}{digits(rng, 7)}", lambda: f"{digits(rng, 5)}-{digits(rng, 5)}"))
    return rng.choice(("料號：\n", "品番一覧\n", "Part numbers:\n", "")) + times(rng, make)


@family
def staff_phones(rng):
    """The firm's own telephone list."""
    return "姓名\t分機\t信箱\t手機\n" + "\n".join(f"{name_of(rng, 'tw')}\t{digits(rng, 4)}\tu{n}@bank.example\t{phone_of(rng, 'tw')}" for n in range(70))


@family
def extensions(rng):
    return "\n".join(f"{name_of(rng, 'tw')} (02) 2345-6789 分機 {digits(rng, 4)}" for _ in range(70))


@family
def branches(rng):
    return "\n".join(f"{rng.choice(('信義', '大安', '板橋', '中山'))}分行 (0{rng.randrange(2, 8)}) {digits(rng, 4)}-{digits(rng, 4)} 台北市信義路{rng.randrange(300)}號" for _ in range(70))


@family
def attendees(rng):
    """Names with numbers of seats."""
    return "\n".join(f"{n}. {name_of(rng, rng.choice(('tw', 'jp', 'cn')))} {rng.randrange(10, 99)}{rng.choice('ABCD')} 員工編號 {digits(rng, 6)}" for n in range(80))


@family
def signature(rng):
    p = person(rng, "tw")
    return f"您好，\n\n請參考附件。\n\n{p.name} 經理\n○○銀行 信義分行\nTel: (02) 2345-{digits(rng, 4)} ext. 123\nMobile: {p.phone}\n統一編號 {digits(rng, 8)}\n台北市信義區松仁路{rng.randrange(99)}號\n{p.email}\n"


@family
def two_people(rng):
    """Two are fewer than three."""
    c = rng.choice(("tw", "cn", "jp", "hk", "kr"))
    return "\n".join(f"{p.name} 身分證 {p.id} 電話 {p.phone} 卡號 {p.card}" for p in (person(rng, c), person(rng, c)))


@family
def one_person_everything(rng):
    p = person(rng, rng.choice(("tw", "jp", "cn")))
    passport = digits(rng, 9, "3")
    form = f"姓名：{p.name}\n身分證字號：{p.id}\n護照號碼：{passport}\n信用卡號：{p.card}\n銀行帳號：{digits(rng, 12)}\n手機：{p.phone}\n"
    return form * rng.randrange(1, 6)


@family
def reply_chain(rng):
    p = person(rng, "tw")
    return "\n".join(f"{'> ' * n}關於 {p.name} 身分證 {p.id} 的申請" for n in range(12))


@family
def masked(rng):
    return times(rng, lambda: rng.choice((lambda i: i[:4] + "****" + i[-2:], lambda i: "*" * 6 + i[-4:], lambda i: i[:2] + "XXXX" + i[6:], lambda i: i[:3] + "●●●●" + i[-3:]))(makers.tw_id(rng)) + " " + name_of(rng, "tw"))


@family
def companies(rng):
    """Companies' numbers are no persons'."""
    from gateway.identifiers import tw
    def ubn():
        while True:
            v = digits(rng, 8)
            if tw.ubn(v):
                return v
    return table(rng, "公司名稱|統一編號|電話", lambda: (rng.choice(("大同", "永豐", "宏碁")) + "股份有限公司", ubn(), f"02-{digits(rng, 4)}-{digits(rng, 4)}"), 10, 40)


@family
def corporate_numbers(rng):
    from stdnum.jp import cn
    def number():
        stem = digits(rng, 12, "0")
        return cn.calc_check_digit(stem) + stem
    return table(rng, "会社名|法人番号|電話番号", lambda: ("株式会社" + rng.choice(("山田", "東京", "大和")), number(), f"03-{digits(rng, 4)}-{digits(rng, 4)}"), 10, 40)


@family
def our_accounts(rng):
    return f"請匯款至：台灣銀行 信義分行 帳號：{digits(rng, 12)} 戶名：某某股份有限公司\n" * 3 + "".join(f"虛擬帳號 {digits(rng, 14)}\n" for _ in range(8))


@family
def flights(rng):
    return times(rng, lambda: f"{rng.choice(('BR', 'CI', 'NH', 'JL'))}{digits(rng, 3)} e-ticket {rng.choice(('695', '297', '205'))}-{digits(rng, 10)} PNR {''.join(rng.choice(string.ascii_uppercase) for _ in range(6))}")


@family
def meetings(rng):
    return "\n".join(f"Join Zoom: https://zoom.us/j/{digits(rng, 11)}?pwd=abc  Meeting ID: {digits(rng, 3)} {digits(rng, 4)} {digits(rng, 4)} Passcode: {digits(rng, 6)}\nDial-in +886 2 7741 {digits(rng, 4)}" for _ in range(8))


@family
def cases(rng):
    return times(rng, lambda: f"案號 {rng.randrange(100, 115)}年度訴字第{digits(rng, 6)}號 金管銀字第{digits(rng, 10)}號 電子公文 {digits(rng, 11)}")


@family
def prices(rng):
    return table(rng, "代號|名稱|收盤|成交量|成交金額", lambda: (digits(rng, 4), rng.choice(("台積電", "鴻海", "聯發科")), f"{rng.uniform(10, 1000):.2f}", f"{rng.randrange(10**8):,}", str(rng.randrange(10**10, 10**12))))


@family
def cas_numbers(rng):
    return times(rng, lambda: f"CAS {digits(rng, 5)}-{digits(rng, 2)}-{digits(rng, 1)} lot {digits(rng, 8)} PMID {digits(rng, 8)} doi:10.1{digits(rng, 3)}/{digits(rng, 9)}")


@family
def licence_keys(rng):
    return times(rng, lambda: "-".join("".join(rng.choice(string.ascii_uppercase + string.digits) for _ in range(5)) for _ in range(5)))


@family
def ordinary_shares(rng):
    return "普通股 1234567 股\n" + times(rng, lambda: f"普通股 {digits(rng, 7, '3')} 股，普通郵便 {digits(rng, 7)} 通、当座 {digits(rng, 3)} 億円")


@family
def meters(rng):
    return table(rng, "電號|用戶別|度數|金額", lambda: (f"{digits(rng, 2)}-{digits(rng, 2)}-{digits(rng, 4)}-{digits(rng, 2)}-{digits(rng, 1)}", "營業", digits(rng, 5), digits(rng, 7)))


@family
def epochs(rng):
    return table(rng, "epoch_ms|value|epoch_us", lambda: (str(rng.randrange(16 * 10**11, 19 * 10**11)), digits(rng, 6), str(rng.randrange(16 * 10**14, 19 * 10**14))))


@family
def phones_without_names(rng):
    return times(rng, lambda: rng.choice((phone_of(rng, "tw"), phone_of(rng, "cn"), phone_of(rng, "jp"))), 20, 200)


@family
def postal_codes(rng):
    return table(rng, "郵便番号|住所", lambda: (f"{digits(rng, 3)}-{digits(rng, 4)}", "東京都千代田区丸の内1丁目"))


@family
def versions(rng):
    return times(rng, lambda: f"{rng.randrange(20)}.{rng.randrange(99)}.{digits(rng, 5)}.{digits(rng, 4)} build {digits(rng, 8)} commit {digits(rng, 12)}")


@family
def program(rng):
    return times(rng, lambda: f"    0x{digits(rng, 8)}, {digits(rng, 10)}L, {rng.random():.15f}, // {digits(rng, 6)}")
