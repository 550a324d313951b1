"""Octets to text in the charsets of mail in Taiwan, China, Hong Kong, Japan, Korea and the West.

Only names in CHARSETS are ever handed to a codec: a sender's `charset=zlib_codec` must not reach codecs.lookup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

CHARSETS: dict[str, str] = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf_8": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-8-sig": "utf-8-sig",
    "cesu-8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "iso646-us": "utf-8",
    "utf-16": "utf-16", "utf16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "unicode": "utf-16",
    "ucs-2": "utf-16", "utf-32": "utf-32", "utf-32le": "utf-32-le", "utf-32be": "utf-32-be", "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7", "big5": "cp950", "big-5": "cp950", "cn-big5": "cp950", "csbig5": "cp950",
    "x-x-big5": "cp950", "cp950": "cp950", "ms950": "cp950", "big5-hkscs": "big5hkscs", "big5hkscs": "big5hkscs",
    "hkscs": "big5hkscs", "big5-eten": "cp950", "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030",
    "cp936": "gb18030", "ms936": "gb18030", "gb18030": "gb18030", "gb18030-2000": "gb18030", "x-gbk": "gb18030",
    "euc-cn": "gb18030", "chinese": "gb18030", "iso-ir-58": "gb18030", "hz-gb-2312": "hz", "hz": "hz",
    "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "iso-2022-jp-1": "iso2022_jp_1",
    "iso-2022-jp-2": "iso2022_jp_2", "iso-2022-jp-3": "iso2022_jp_3", "iso-2022-jp-2004": "iso2022_jp_2004",
    "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "csshiftjis": "cp932", "windows-31j": "cp932", "cp932": "cp932", "ms932": "cp932",
    "shift_jis-2004": "shift_jis_2004", "euc-jp": "euc_jp", "eucjp": "euc_jp", "x-euc-jp": "euc_jp",
    "euc-jp-ms": "euc_jp", "euc-jis-2004": "euc_jis_2004", "euc-kr": "cp949", "euckr": "cp949",
    "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "cp949": "cp949", "uhc": "cp949", "windows-949": "cp949",
    "iso-2022-kr": "iso2022_kr", "johab": "johab", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "l1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252", "iso-8859-2": "iso8859_2",
    "iso-8859-3": "iso8859_3", "iso-8859-4": "iso8859_4", "iso-8859-5": "iso8859_5", "iso-8859-6": "iso8859_6",
    "iso-8859-7": "iso8859_7", "iso-8859-8": "iso8859_8", "iso-8859-8-i": "iso8859_8", "iso-8859-9": "cp1254",
    "iso-8859-10": "iso8859_10", "iso-8859-11": "iso8859_11", "iso-8859-13": "iso8859_13",
    "iso-8859-14": "iso8859_14", "iso-8859-15": "iso8859_15", "iso-8859-16": "iso8859_16", "windows-1250": "cp1250",
    "windows-1251": "cp1251", "windows-1253": "cp1253", "windows-1254": "cp1254", "windows-1255": "cp1255",
    "windows-1256": "cp1256", "windows-1257": "cp1257", "windows-1258": "cp1258", "koi8-r": "koi8_r",
    "koi8-u": "koi8_u", "tis-620": "tis_620", "windows-874": "cp874", "macintosh": "mac_roman", "cp437": "cp437",
    "ibm437": "cp437", "cp850": "cp850", "cp866": "cp866",
    "ibm037": "cp037", "cp037": "cp037", "ebcdic-cp-us": "cp037", "csibm037": "cp037", "ibm1140": "cp1140", "ibm01140": "cp1140",
    "ibm500": "cp500", "cp500": "cp500", "ibm1026": "cp1026", "cp1026": "cp1026", "ibm273": "cp273",
}
"""What senders write -> the codec that decodes it, always the superset in real use (gb2312 -> GB18030, WHATWG Encoding 4.2)."""

MULTIBYTE = ("cp950", "gb18030", "cp932", "euc_jp", "cp949")
"""Tried in this order where nothing is declared or the declaration is broken."""
LARGER = {"cp950": "big5hkscs"}
"""Tried where the smaller one does not fit: characters of Hong Kong stand where others have those they made themselves."""

MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"),
         (b"\xfe\xff", "utf-16"), (b"\0<\0?\0x", "utf-16-be"), (b"<\0?\0x\0", "utf-16-le"))
"""Byte order marks; the longer ones first. XML declares itself without one (XML 1.0, appendix F)."""
SHIFTS = re.compile(rb"\x1b(?:\$[@B]|\$\([@BDOPQ]|\([BIJ]|&@|\.[AF])")
KOREAN_SHIFT = b"\x1b$)C"
HZ = re.compile(rb"~\{(?:[!-}]|~(?![{}])){2,}+~\}")
SHIFTED = re.compile(rb"\+[0-9A-Za-z+/]{3,}-?")
EASTERN = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffe6]")
CLOSE = 0.82
"""A reading whose score is at least this part of the best one's is kept beside it."""
CHANCE, HIGH = 16, bytes(range(128, 256))
"""What a few common characters, that stand in a short list of names by chance, add to the score of two octets each."""


def codec(name: str) -> str | None:
    """The codec of a charset name from mail, None for what is not on the list."""
    return CHARSETS.get(name.strip(" \t\"'").lower())


def decode_named(data: bytes, name: str) -> str:
    """By the named charset where it is known and fits, else the best guess. Never raises."""
    chosen = codec(name)
    if chosen is None:
        return guess(data)[0]
    try:
        return data.decode(chosen)
    except (UnicodeError, ValueError):
        best, used = guess(data)
        return best if used not in ("", "cp1252") and chosen != "utf-7" else data.decode(chosen, "replace")


def guess(data: bytes) -> tuple[str, str]:
    """The likeliest text of octets without a declaration, and its codec."""
    if data.isascii() and b"\x1b" not in data and b"~{" not in data:
        return data.decode("ascii"), "utf-8"
    return readings(data)[0]


def readings(data: bytes, declared: str = "") -> list[tuple[str, str]]:
    """Every likely text of these octets with its codec, best first; at least one, decoded with replacement if need be.

    A declared charset that fits comes first. Charsets that also fit and look about as natural follow: a search for
    customer data has to look at all of them.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return [(data.decode(name, "replace"), name)]
    wide = four_octets(data)
    if wide:
        return [(data.decode(wide, "replace"), wide)]
    if data.isascii() and b"+" in data and _of_mail_safe(data):
        return [(data.decode("utf-7", "replace"), "utf-7"), (data.decode("ascii"), "utf-8")]
    found: dict[str, str] = {}
    chosen = codec(declared) if declared else None
    for name in _candidates(data, chosen):
        if name in found:
            continue
        try:
            found[name] = data.decode(name)
        except (UnicodeError, ValueError):
            larger = LARGER.get(name)
            if larger is not None:
                with suppress(UnicodeError):
                    found[larger] = data.decode(larger)
            continue
        if name == "utf-8" and chosen in (None, "utf-8") and not data.isascii():
            return [(found[name], name)]
        if data.isascii():
            break                                      # shifts, or plain ASCII: nothing to choose between
    if not found:
        fallback = chosen or _least_broken(data)
        return [(data.decode(fallback, "replace"), fallback)]
    scores = {name: naturalness(text) for name, text in found.items()}
    best = max(scores.values())
    ranked = sorted(found, key=lambda n: (n != chosen, -scores[n]))
    enough = min(best * CLOSE, best - CHANCE / max(1, len(data) - len(data.translate(None, HIGH))))
    kept = [n for n in ranked if n == chosen or scores[n] >= enough]
    texts = dict.fromkeys(found[n] for n in kept)
    return [(text, next(n for n in kept if found[n] == text)) for text in texts][:4]


def four_octets(data: bytes) -> str:
    """UTF-32 without a mark: two octets of each four are nought, and more is in the other two."""
    head = data[:4096]
    if len(data) < 16 or len(data) % 4 or head.count(0) * 2 < len(head):
        return ""
    if not any(head[3::4]) and max(head[2::4]) <= 2 and any(head[::4]):
        return "utf-32-le"
    return "utf-32-be" if not any(head[::4]) and max(head[1::4]) <= 2 and any(head[3::4]) else ""


def _candidates(data: bytes, chosen: str | None) -> Iterator[str]:
    if data.isascii():
        if KOREAN_SHIFT in data:
            yield "iso2022_kr"
        elif SHIFTS.search(data):
            yield "iso2022_jp_ext"
            yield "iso2022_jp_2004"
        elif HZ.search(data):
            yield "hz"
    if chosen:
        yield chosen
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if not data.isascii():
        yield "utf-8"
        if max(even, odd) > 8 * min(even, odd) + 3:       # no other charset has noughts
            yield "utf-16-le" if odd > even else "utf-16-be"
        yield from MULTIBYTE
        if not chosen:
            yield "cp1252"
        return
    if (even + odd) * 4 > len(data) and max(even, odd) > 3 * min(even, odd):              # else a file filled up with noughts
        yield "utf-16-le" if odd > even else "utf-16-be"
    yield "utf-8"


def _of_mail_safe(data: bytes) -> bool:
    """Whether there is UTF-7 (RFC 2152): words of base64 that all are ideographs, kana or hangul."""
    words = SHIFTED.findall(data, 0, JUDGED)
    text = b" ".join(words).decode("utf-7", "replace")
    strange = [c for c in text if c > "\x7f"]
    return len(strange) >= 4 and sum(EASTERN.match(c) is not None for c in strange) * 10 >= 9 * len(strange)


def _least_broken(data: bytes) -> str:
    sample = data[:65536]
    return min(("utf-8", *MULTIBYTE, "cp1252"), key=lambda n: sample.decode(n, "replace").count("\ufffd"))


JUDGED = 1500                            # characters of a text that tell whether it looks like language

COMMON = re.compile(
    "[的一是不了人我在有他這这為为之大來来以個个中上們们到說说國国和地也子時时道出而要於于就下得可你年生"
    "公司先生請请您好附件檔档文件客戶户資资料信用卡號号身份證证電电話话密碼码銀银行帳账單单款項项日月元"
    "のをにはがでとてしたまいるなれらりすこそもあよおかさつ、。，：；！？「」（）"
    "이다는을를의에하고은가로서지니한사기자주식회유전화소성명시군구동길번호원님요]")
ASCII = re.compile(r"[\x00-\x7f]+")
PAIR = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]")
RARE = re.compile(
    r"[\u0080-\u009f\u00a1-\u00ff\u0370-\u03ff\u0400-\u04ff\u2500-\u257f\u3400-\u4dbf\ue000-\uf8ff\uff61-\uff9f\ufffd]")


def naturalness(text: str) -> float:
    """How much a text looks like language: common characters high, private use, half-width and mixed scripts low."""
    sample = ASCII.sub("", text[:JUDGED])
    if not sample:
        return 1.0
    common = len(COMMON.findall(sample))
    usual = len(PAIR.findall(sample))
    rare = len(RARE.findall(sample))
    return max(0.01, (usual + 3 * common - 2 * rare) / len(sample))
