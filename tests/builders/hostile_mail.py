"""Mail that hides a harmless stand-in for a program, by where and how it hides it."""

from __future__ import annotations

import base64
import binascii
import quopri
import random


def noise(size: int) -> bytes:
    """The same incompressible octets in every run."""
    return random.Random(size).randbytes(size)


PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + noise(400)
ENCODED = base64.encodebytes(PROGRAM).replace(b"\n", b"\r\n").rstrip()
HEAD = b"From: Alice <alice@sender.example>\r\nTo: bob@bank.example\r\nSubject: Hello\r\nDate: Sat, 21 Nov 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\n"
TEXT = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease see attached.\r\n"
PART = b"Content-Type: application/octet-stream; name=x.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" + ENCODED


def mix(*parts, type=b'multipart/mixed; boundary="b"', end=b"--b--\r\n", h=HEAD):
    return h + b"Content-Type: " + type + b"\r\n\r\n" + TEXT + b"".join(b"--b\r\n" + p + b"\r\n" for p in parts) + end


HOSTILE = {}
for name, bd in {
    "long": b"x" * 200,
    "utf8": "邊界".encode(),
    "spaces in": b"a b c",
    "colon": b"a:b;c",
    "quote": b'a\\"b',
    "dashes": b"--",
    "percent": b"a%20b",
    "eq": b"=_a?=",
    "paren": b"a(b)c",
    "slash": b"a/b\\c",
    "apostrophe": b"a'b'c",
}.items():
    HOSTILE["bd " + name] = mix(PART, type=b'multipart/mixed; boundary="' + bd + b'"').replace(
        b"--b", b"--" + bd.replace(b'\\"', b'"')
    )
HOSTILE["bd encoded word"] = mix(PART, type=b'multipart/mixed; boundary="=?us-ascii?Q?b?="')
HOSTILE["bd folded"] = mix(PART, type=b'multipart/mixed;\r\n\tboundary\r\n =\r\n "b"')
HOSTILE["bd backslash"] = mix(PART, type=b'multipart/mixed; boundary="\\b"')
HOSTILE["bd no quotes end"] = mix(PART, type=b'multipart/mixed; boundary="b')
HOSTILE["bd single quoted"] = mix(PART, type=b"multipart/mixed; boundary='b'")
HOSTILE["bd empty"] = mix(PART, type=b'multipart/mixed; boundary=""').replace(b"--b", b"--")
HOSTILE["bd upper"] = mix(PART, type=b"MULTIPART/MIXED; BOUNDARY=b")
HOSTILE["bd trailing junk"] = mix(PART).replace(b"--b\r\n", b"--b junk\r\n")
HOSTILE["bd indented"] = mix(PART).replace(b"--b\r\n", b" --b\r\n")
HOSTILE["bd three dashes"] = mix(PART, type=b'multipart/mixed; boundary="-b"').replace(b"--b", b"---b")
HOSTILE["ct comma"] = mix(PART, type=b"multipart/mixed, boundary=b")
HOSTILE["ct space"] = mix(PART, type=b"multipart / mixed; boundary=b")
HOSTILE["ct bad subtype"] = mix(PART, type=b"multipart/; boundary=b")
HOSTILE["ct unknown multi"] = mix(PART, type=b"multipart/x-foo; boundary=b")
HOSTILE["ct tab colon"] = mix(PART).replace(b"Content-Type: multi", b"Content-Type\t: multi")
HOSTILE["ct quoted"] = mix(PART, type=b'"multipart/mixed"; boundary=b')
HOSTILE["ct comment"] = mix(PART, type=b"multipart(x)/mixed; boundary=b")
HOSTILE["ct underscore"] = mix(PART, h=HEAD).replace(b"Content-Type: multi", b"Content_Type: multi")
HOSTILE["ct 8bit in name"] = mix(PART).replace(b"Content-Type: multi", b"Content-Type\xa0: multi")
HOSTILE["cte in underscore"] = mix(PART.replace(b"Content-Transfer-Encoding", b"Content-Transfer_Encoding"))
HOSTILE["cte misspelt"] = mix(PART.replace(b"Content-Transfer-Encoding", b"Content-Transfer-Encodin"))
HOSTILE["cte missing"] = mix(PART.replace(b"Content-Transfer-Encoding: base64\r\n", b""))
HOSTILE["cte b"] = mix(PART.replace(b": base64", b": b"))
HOSTILE["cte x-base64"] = mix(PART.replace(b": base64", b": x-base64"))
HOSTILE["cte base-64"] = mix(PART.replace(b": base64", b": base-64"))
HOSTILE["cte mime64"] = mix(PART.replace(b": base64", b": mime64"))
HOSTILE["cte qp really b64"] = mix(PART.replace(b": base64", b": quoted-printable"))
HOSTILE["cte 8bit really b64"] = mix(PART.replace(b": base64", b": 8bit"))
HOSTILE["cte b64 really qp"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b"=\r\n".join(b"".join(b"=%02X" % c for c in PROGRAM[i : i + 20]) for i in range(0, len(PROGRAM), 20))
)
HOSTILE["cte uu"] = mix(
    b"Content-Type: application/octet-stream; name=x\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n"
    + b"".join(binascii.b2a_uu(PROGRAM[i : i + 45]) for i in range(0, len(PROGRAM), 45)).replace(b"\n", b"\r\n")
    + b"`\r\nend"
)
HOSTILE["cte uu no begin"] = mix(
    b"Content-Type: application/octet-stream; name=x\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
    + b"".join(binascii.b2a_uu(PROGRAM[i : i + 45]) for i in range(0, len(PROGRAM), 45)).replace(b"\n", b"\r\n")
    + b"`\r\nend"
)
HOSTILE["double b64"] = mix(PART.replace(ENCODED, base64.encodebytes(base64.encodebytes(PROGRAM))))
HOSTILE["triple b64"] = mix(PART.replace(ENCODED, base64.encodebytes(base64.encodebytes(base64.encodebytes(PROGRAM)))))
HOSTILE["rfc822 qp"] = mix(
    b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + quopri.encodestring(mix(PART)).replace(b"\n", b"\r\n")
)
HOSTILE["rfc822 as text"] = mix(
    b"Content-Type: text/plain\r\n\r\n" + mix(PART, type=b'multipart/mixed; boundary="q"').replace(b"--b", b"--q")
)
HOSTILE["nested same boundary"] = mix(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + PART + b"\r\n--b--")
HOSTILE["prefix boundary"] = mix(b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" + PART + b"\r\n--bb--")
HOSTILE["outer prefix"] = (
    HEAD
    + b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    + PART
    + b"\r\n--b--\r\n--bb--\r\n"
)
HOSTILE["CR only"] = mix(PART).replace(b"\r\n", b"\r")
HOSTILE["LF only"] = mix(PART).replace(b"\r\n", b"\n")
HOSTILE["LFCR"] = mix(PART).replace(b"\r\n", b"\n\r")
HOSTILE["CRCRLF"] = mix(PART).replace(b"\r\n", b"\r\r\n")
HOSTILE["mixed header LF"] = mix(PART).replace(b"\r\n\r\n", b"\n\n")
HOSTILE["utf16 msg"] = mix(PART).decode("latin-1").encode("utf-16")
HOSTILE["NULs between"] = mix(PART).replace(b"Content", b"Con\0tent")
HOSTILE["NUL lines"] = mix(PART).replace(b"\r\n", b"\0\r\n")
HOSTILE["blank line w/ space before body"] = mix(PART.replace(b"\r\n\r\n", b"\r\n \r\n", 1))
HOSTILE["vt header end"] = mix(PART.replace(b"\r\n\r\n", b"\r\n\x0b\r\n", 1))
HOSTILE["no blank line"] = mix(PART.replace(b"\r\n\r\n", b"\r\n", 1))
HOSTILE["header starts with blank line"] = b"\r\n" + mix(PART)
HOSTILE["junk first line"] = b"junk line\r\n" + mix(PART)
HOSTILE["folded first line"] = b" folded\r\n" + mix(PART)
HOSTILE["body in header"] = (
    HEAD + b"X-Data: x\r\n " + ENCODED.replace(b"\r\n", b"\r\n ") + b"\r\nContent-Type: text/plain\r\n\r\nhi"
)
HOSTILE["preamble b64"] = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + ENCODED + b"\r\n" + TEXT + b"--b--\r\n"
HOSTILE["epilogue b64"] = mix(end=b"--b--\r\n" + ENCODED + b"\r\n")
HOSTILE["epilogue uu"] = mix(
    end=b"--b--\r\nbegin 644 x.exe\r\n"
    + b"".join(binascii.b2a_uu(PROGRAM[i : i + 45]) for i in range(0, len(PROGRAM), 45))
    + b"`\r\nend\r\n"
)
HOSTILE["preamble uu"] = (
    HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\nbegin 644 x.exe\r\n"
    + b"".join(binascii.b2a_uu(PROGRAM[i : i + 45]) for i in range(0, len(PROGRAM), 45))
    + b"`\r\nend\r\n"
    + TEXT
    + b"--b--\r\n"
)
HOSTILE["binary 8bit"] = mix(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n" + PROGRAM)
HOSTILE["b64 lower pad chars"] = mix(PART.replace(ENCODED, ENCODED.replace(b"\r\n", b"\r\n\r\n")))
HOSTILE["b64 html comment"] = mix(PART.replace(ENCODED, ENCODED.replace(b"\r\n", b"<!-- x -->\r\n")))
HOSTILE["b64 commas"] = mix(
    PART.replace(ENCODED, b",".join(ENCODED[i : i + 4] for i in range(0, len(ENCODED.replace(b"\r\n", b"")), 4)))
)
HOSTILE["b64 1 char lines"] = mix(PART.replace(ENCODED, b"\r\n".join(bytes([c]) for c in ENCODED.replace(b"\r\n", b""))))
HOSTILE["b64 leading junk"] = mix(PART.replace(ENCODED, b"!!!!" + ENCODED))
HOSTILE["b64 leading word"] = mix(PART.replace(ENCODED, b"AAAA====" + ENCODED))
HOSTILE["b64 =first"] = mix(PART.replace(ENCODED, b"=" + ENCODED))
HOSTILE["b64 url alphabet"] = mix(PART.replace(ENCODED, ENCODED.replace(b"/", b"_").replace(b"+", b"-")))
HOSTILE["b64 dashes end"] = mix(PART.replace(ENCODED, ENCODED[:100] + b"\r\n--\r\n" + ENCODED[100:]))
HOSTILE["b64 boundary-like"] = mix(PART.replace(ENCODED, ENCODED[:80] + b"\r\n--c\r\n" + ENCODED[80:]))
HOSTILE["external"] = mix(
    b'Content-Type: message/external-body; access-type=URL; URL="http://h/x.exe"\r\n\r\nContent-Type: a/b\r\n'
)
HOSTILE["partial"] = HEAD + b"Content-Type: message/partial; id=x; number=1; total=2\r\n\r\n" + PART
HOSTILE["ics attach"] = mix(
    b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:"
    + ENCODED.replace(b"\r\n", b"\r\n ")
    + b"\r\nEND:VCALENDAR"
)
HOSTILE["html b64 split js"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a='" + ENCODED.replace(b"\r\n", b"'+\r\n'") + b"';</script>"
)
HOSTILE["html reversed"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a='"
    + ENCODED.replace(b"\r\n", b"")[::-1]
    + b"'.split('').reverse().join('');</script>"
)
HOSTILE["html noise"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a='"
    + ENCODED.replace(b"\r\n", b"").replace(b"A", b"$#")
    + b"'.replace(/\\$#/g,'A');var b=new Blob([atob(a)]);x.href=URL.createObjectURL(b);x.download='a';x.click();</script>"
)
xor = bytes(c ^ 0x5A for c in PROGRAM)
HOSTILE["html xor"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a='"
    + base64.b64encode(xor * 3)
    + b"';var b=new Blob([f(atob(a),90)]);x.href=URL.createObjectURL(b);x.download='a';x.click();</script>"
)
HOSTILE["html hex"] = mix(b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a='" + PROGRAM.hex().encode() + b"';</script>")
HOSTILE["html charcodes"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a=String.fromCharCode("
    + b",".join(b"%d" % c for c in PROGRAM)
    + b");</script>"
)
HOSTILE["html entity attr"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<a download=x.exe href='data&colon;application/octet-stream;base64,"
    + ENCODED.replace(b"\r\n", b"")
    + b"'>x</a>"
)
HOSTILE["html utf16"] = mix(
    b"Content-Type: text/html; name=a.html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(("<html><script>var a='" + ENCODED.replace(b"\r\n", b"").decode() + "'</script></html>").encode("utf-16"))
)
HOSTILE["html hidden elem"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<textarea id=x hidden>"
    + ENCODED
    + b"</textarea><script>atob(document.getElementById('x').value)</script>"
)
HOSTILE["html data attr"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<div id=x data-p='"
    + ENCODED.replace(b"\r\n", b"")
    + b"'></div><script>atob(x.dataset.p)</script>"
)
HOSTILE["svg b64"] = mix(
    b"Content-Type: image/svg+xml; name=a.svg\r\n\r\n<svg xmlns='http://www.w3.org/2000/svg'><script>var a='"
    + ENCODED.replace(b"\r\n", b"")
    + b"';</script></svg>"
)
HOSTILE["js array hex"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a=[" + b", ".join(b"0x%02x" % c for c in PROGRAM) + b"];</script>"
)
HOSTILE["js neg"] = mix(
    b"Content-Type: text/html; name=a.html\r\n\r\n<script>var a=new Int8Array(["
    + b",".join(b"%d" % (c - 256 if c > 127 else c) for c in PROGRAM)
    + b"]);</script>"
)


def nm(n, **k):
    return mix(
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; "
        + n
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"rem lab")
    )


HOSTILE["nm dup"] = nm(b"filename=a.txt; filename=a.bat")
HOSTILE["nm dup2"] = nm(b"filename=a.bat; filename=a.txt")
HOSTILE["nm fullwidth"] = nm(b"filename*=utf-8''a%EF%BC%8Ebat")
HOSTILE["nm ew in ext"] = nm(b"filename*=utf-8''=?utf-8?B?YS5iYXQ=?=")
HOSTILE["nm space"] = nm(b"filename = a.bat")
HOSTILE["nm no quote spaces"] = nm(b"filename=my file a.bat")
HOSTILE["nm escaped"] = nm(b'filename="a\\.b\\at"')
HOSTILE["nm backslash quote"] = nm(b'filename="a\\".bat"')
HOSTILE["nm comma"] = nm(b"filename=a.bat, x")
HOSTILE["nm cont gap"] = nm(b"filename*0=a; filename*2=.bat")
HOSTILE["nm cont dup"] = nm(b"filename*0=a.txt; filename*0=a; filename*1=.bat")
HOSTILE["nm cont + plain"] = nm(b"filename=a.txt; filename*0=a; filename*1=.bat")
HOSTILE["nm cont leading zeros"] = nm(b"filename*00=a; filename*01=.bat")
HOSTILE["nm only in ct"] = mix(
    b"Content-Type: application/octet-stream; name=a.bat\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm ct 2231"] = mix(
    b"Content-Type: application/octet-stream; name*=utf-8''a.bat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm ew split"] = nm(b'filename="=?utf-8?B?YS4=?= =?utf-8?B?YmF0?="')
HOSTILE["nm ew nested"] = nm(b'filename="=?utf-8?Q?=3D=3Futf-8=3FB=3FYS5iYXQ=3D=3F=3D?="')
HOSTILE["nm ew bad charset"] = nm(b'filename="=?x-foo?B?YS5iYXQ=?="')
HOSTILE["nm utf7"] = nm(b'filename="=?utf-7?Q?a+AC4-bat?="')
HOSTILE["nm utf7 2231"] = nm(b"filename*=utf-7''a+AC4-bat")
HOSTILE["nm ew no lang"] = nm(b'filename="=?utf-8*en?Q?a.bat?="')
HOSTILE["nm ew lower q"] = nm(b'filename="=?utf-8?q?a=2Ebat?="')
HOSTILE["nm tab"] = nm(b'filename="a.bat\t"')
HOSTILE["nm nbsp"] = nm('filename="a.bat\u00a0"'.encode())
HOSTILE["nm zwsp"] = nm('filename="a.b\u200bat"'.encode())
HOSTILE["nm ctrl"] = nm(b'filename="a.bat\x01"')
HOSTILE["nm colon"] = nm(b'filename="a.bat:x"')
HOSTILE["nm url enc"] = nm(b'filename="a%2Ebat"')
HOSTILE["nm folded in"] = nm(b'filename="a.\r\n bat"')
HOSTILE["nm disp only"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Disposition: filename=a.bat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm disp bare"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment filename=a.bat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm location"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Location: a.bat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm cid"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Description: a.bat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm two disp"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.txt\r\nContent-Disposition: attachment; filename=a.bat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"rem lab")
)
HOSTILE["nm sjis"] = nm('filename="請求書.bat"'.encode("cp932"))
HOSTILE["nm jis raw"] = nm('filename="請求書.bat"'.encode("iso2022_jp"))

TEST_FILE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
"""The test file of scanners (EICAR): text, and shorter than any run of base64 that catches the eye."""
TEST_CODED = base64.b64encode(TEST_FILE)


def small(body: bytes, fields: bytes = b"Content-Transfer-Encoding: base64\r\n"):
    return mix(b"Content-Type: application/octet-stream; name=note.dat\r\n" + fields + b"\r\n" + body)


for name, fields in {
    "none": b"",
    "binary": b"Content-Transfer-Encoding: binary\r\n",
    "really qp": b"Content-Transfer-Encoding: quoted-printable\r\n",
    "content encoding": b"Content-Encoding: base64\r\n",
    "misspelt": b"ContentTransferEncoding: base64\r\n",
}.items():
    HOSTILE["small " + name] = small(TEST_CODED, fields)
HOSTILE["small twice"] = small(base64.b64encode(TEST_CODED))
HOSTILE["small data uri"] = small(b"data:application/octet-stream;base64," + TEST_CODED)
HOSTILE["small begin-base64"] = small(b"begin-base64 644 a.exe\r\n" + TEST_CODED + b"\r\n====")
HOSTILE["small fields in front"] = small(b"Content-Disposition: attachment\r\n\r\n" + TEST_CODED)
HOSTILE["small soft breaks"] = small(b"=\r\n".join(TEST_CODED[i : i + 75] for i in range(0, len(TEST_CODED), 75)))
HOSTILE["small qp twice"] = small(
    quopri.encodestring(b"".join(b"=%02X" % c for c in TEST_FILE)), b"Content-Transfer-Encoding: quoted-printable\r\n"
)
for name in ("uue", "x-uu"):
    HOSTILE["small " + name] = small(
        b"".join(binascii.b2a_uu(TEST_FILE[i : i + 45]) for i in range(0, len(TEST_FILE), 45)) + b"`\r\n",
        b"Content-Transfer-Encoding: " + name.encode() + b"\r\n",
    )
HOSTILE["words before base64"] = mix(PART.replace(b"\r\n\r\n", b"\r\n\r\nHello all, here it is.\r\n"))
for name in ("7bit", "quoted-printable", "base-64"):
    HOSTILE["junk in base64 as " + name] = mix(
        b"Content-Type: application/octet-stream; name=x.dat\r\nContent-Transfer-Encoding: "
        + name.encode()
        + b"\r\n\r\n"
        + b".\r\n".join(base64.b64encode(PROGRAM)[i : i + 5] for i in range(0, len(base64.b64encode(PROGRAM)), 5))
    )
HOSTILE["field broken before base64"] = mix(
    b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Dispos\nition: attachment\r\n\r\n"
    + b"\r\n ".join(bytes((c,)) for c in base64.b64encode(PROGRAM))
)
HOSTILE["small behind a broken field"] = mix(
    b"Content-Type: text/plain; name=n.txt\r\nContent-Tran\nsfer-Encoding: base64\r\nX: y\r\n\r\n" + base64.encodebytes(TEST_FILE)
)
HOSTILE["mailbox line and CR"] = b"From x\r" + mix(PART).replace(b"\r\n", b"\r")
HOSTILE["mail with NUL as a file"] = mix(
    b"Content-Type: application/octet-stream; name=m.mht\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(
        mix(b"Content-Type: application/octet-stream; name=a.js\r\nContent-Transfer-Encoding: base64\r\n\r\ndmFy\0IGE9\0MTs=" * 9)
    )
)
