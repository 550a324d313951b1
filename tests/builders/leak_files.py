"""Files in which customers leave: texts, tables, pages, archives. One function a kind, each must be held."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import sqlite3
import tarfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.builders.documents import package
from tests.builders.leak_people import Person, people

File = tuple[str, bytes]
FAMILIES: dict[str, Callable[[random.Random], File | list[File]]] = {}


def family(function):
    FAMILIES[function.__name__] = function
    return function


def found(rng: random.Random) -> list[Person]:
    return people(rng, rng.choice(("tw", "cn")), 5, 12)


def rows(rng: random.Random) -> list[tuple[str, str, str]]:
    return [("姓名", "身分證字號", "生日"), *((p.name, p.id, p.born) for p in found(rng))]


def text(rng: random.Random) -> str:
    return "\n".join(f"{name},{number},{born}" for name, number, born in rows(rng))


def mail(*files: File, body: str = "請查收附件。") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@bank.example", "c@other.example", "附件"
    message.set_content(body, cte="base64")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


# --- text and tables -------------------------------------------------------------------------------------------------

def _charset(name: str):
    def made(rng):
        return "list.csv", text(rng).encode(name, "replace")
    made.__name__ = f"csv_{name.replace('-', '_')}"
    family(made)


for _name in ("utf-8", "utf-8-sig", "cp950", "big5hkscs", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "hz"):
    _charset(_name)


@family
def csv_japanese(rng):
    made = "氏名,マイナンバー\n" + "\n".join(f"{p.name},{p.id}" for p in people(rng, "jp", 5, 12))
    return "meibo.csv", made.encode(rng.choice(("cp932", "euc_jp", "iso2022_jp", "utf-16")))


@family
def csv_korean(rng):
    return "list.csv", ("이름,주민등록번호\n" + "\n".join(f"{p.name},{p.id}" for p in people(rng, "kr", 5, 12))).encode("cp949")


@family
def csv_shortened_by_a_spreadsheet(rng):
    """Leading zeros gone, numbers as 1.23457E+11 beside them, quotes and apostrophes."""
    made = [("氏名", "マイナンバー"), *((p.name, rng.choice((p.id.lstrip("0"), f"'{p.id}", f'="{p.id}"', f"{p.id}.0"))) for p in people(rng, "jp", 6, 12))]
    return "a.csv", "\n".join(",".join(row) for row in made).encode("utf-8")


@family
def unknown_extension(rng):
    return "export.bak", text(rng).encode("gb18030")


@family
def json_lines(rng):
    return "a.jsonl", "\n".join(json.dumps({"n": n, "id": i}, ensure_ascii=False) for n, i, _ in rows(rng)[1:]).encode()


@family
def json_columns(rng):
    made = rows(rng)
    return "a.json", json.dumps({name: [row[i] for row in made[1:]] for i, name in enumerate(made[0])}).encode()


@family
def sql_dump(rng):
    made = ",\n".join(f"({n},'{a}','{b}','{c}')" for n, (a, b, c) in enumerate(rows(rng)[1:]))
    return "dump.sql", f"CREATE TABLE `cust` (`id` int, `n` varchar(20));\nINSERT INTO `cust` VALUES {made};\n".encode()


@family
def sqlite_file(rng):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        base = sqlite3.connect(path)
        base.execute("create table c (n text, idno text, b text)")
        base.executemany("insert into c values (?,?,?)", rows(rng)[1:])
        base.commit()
        base.close()
        return "a.db", path.read_bytes()


@family
def vcards(rng):
    return "a.vcf", "".join(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{p.name}\r\nTEL:{p.phone}\r\nNOTE:身分證 {p.id}\r\nEND:VCARD\r\n" for p in found(rng)).encode()


@family
def vcard_contacts(rng):
    made = people(rng, "tw", 60, 70)
    return "a.vcf", "".join(f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{p.name[0]};{p.name[1:]};;;\r\nTEL;TYPE=CELL:{p.phone}\r\nEMAIL:{p.email}\r\nEND:VCARD\r\n" for p in made).encode()


@family
def ldif(rng):
    return "a.ldif", "\n\n".join(f"dn: uid={n},ou=customers,dc=bank\ncn: {p.name}\nidNumber: {p.id}\nmail: {p.email}" for n, p in enumerate(found(rng))).encode()


@family
def calendar(rng):
    return "a.ics", ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(f"BEGIN:VEVENT\r\nSUMMARY:對保 {p.name}\r\nDESCRIPTION:身分證 {p.id}\r\nEND:VEVENT\r\n" for p in found(rng)) + "END:VCALENDAR\r\n").encode()


@family
def mbox(rng):
    made = b"".join(b"From a@x.example Thu May  1 10:00:00 2026\n" + mail(body=f"{name} {number}").replace(b"\r\n", b"\n") + b"\n" for name, number, _ in rows(rng)[1:])
    return "archive.mbox", made


@family
def messages_in_messages(rng):
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["Subject"] = "a@bank.example", "fw"
    outer.set_content("fw")
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "內"
    inner.set_content(text(rng), cte="base64")
    outer.add_attachment(inner)
    return "fw.eml", outer.as_bytes()


@family
def web_archive(rng):
    page = "<html><body><table>" + "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows(rng)) + "</table></body></html>"
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "saved by a browser"
    inner.set_content(page, subtype="html", cte="quoted-printable")
    inner.make_related()
    return "page.mht", inner.as_bytes()


@family
def one_file_each(rng):
    return [(f"{n}.txt", f"{p.name} 身分證字號 {p.id}".encode()) for n, p in enumerate(found(rng))]


@family
def numbers_in_file_names(rng):
    return [(f"{p.name}_{p.id}.pdf.txt", b"scan") for p in found(rng)]


# --- pages -----------------------------------------------------------------------------------------------------------

def page(body: str) -> File:
    return "page.html", f"<html><head><meta charset=utf-8></head><body>{body}</body></html>".encode()


@family
def html_one_tag_a_digit(rng):
    tag = rng.choice(("span", "b", "font", "i", "td"))
    close, opening = f"</{tag}>", f"<{tag}>"
    wrap = (lambda line: f"<table><tr>{line}</tr></table>") if tag == "td" else (lambda line: f"<p>{line}</p>")
    return page("".join(wrap(f"<{tag}>身分證</{tag}>" + "".join(opening + c + close for c in p.id)) for p in found(rng)))


@family
def html_breaks_in_numbers(rng):
    gap = rng.choice(("<wbr>", "&shy;", "&#8203;", "<!-- x -->", "<span></span>", "&zwnj;", "\n", "<span style='display:none'>9</span>"))
    return page("".join(f"<p>{p.name} 身分證 {p.id[:4]}{gap if gap != chr(10) else ''}{p.id[4:]}</p>" for p in found(rng)))


@family
def html_entities(rng):
    return page("".join("<p>" + "".join(rng.choice((f"&#{ord(c)};", f"&#x{ord(c):x};", f"&#{ord(c):07d};")) for c in f"{p.name} {p.id}") + "</p>" for p in found(rng)))


@family
def html_hidden_places(rng):
    kind = rng.choice(("comment", "title", "alt", "data", "display", "white", "script", "textarea", "meta", "noscript", "template", "style", "option", "input", "details", "svg"))
    made = "; ".join(f"{p.name} {p.id}" for p in found(rng))
    return page({"comment": f"<!-- {made} -->", "title": f"<title>{made}</title>", "alt": f'<img alt="{made}">', "data": f'<div data-list="{made}">x</div>', "display": f'<div style="display:none">{made}</div>',
                 "white": f'<font color=white size=1>{made}</font>', "script": f'<script>var a="{made}"</script>', "textarea": f"<textarea>{made}</textarea>", "meta": f'<meta name=d content="{made}">',
                 "noscript": f"<noscript>{made}</noscript>", "template": f"<template>{made}</template>", "style": f"<style>/* {made} */</style>", "option": f"<select><option value='{made}'></select>",
                 "input": f'<input type=hidden value="{made}">', "details": f"<details><p>{made}</details>", "svg": f"<svg><text>{made}</text></svg>"}[kind])


@family
def html_nested_tables(rng):
    made = rows(rng)
    cells = lambda row: "".join(f"<td><table><tr><td>{escape(c)}</td></tr></table></td>" for c in row)  # noqa: E731
    return page("<table>" + "".join(f"<tr>{cells(row)}</tr>" for row in made) + "</table>")


@family
def html_merged_cells(rng):
    made = rows(rng)
    return page("<table><tr><th colspan=3>客戶資料</th></tr>" + "".join(f"<tr><td rowspan=1>{a}<td>{b}<td>{c}" for a, b, c in made) + "</table>")


@family
def svg_text(rng):
    return "a.svg", ("<svg xmlns='http://www.w3.org/2000/svg'>" + "".join(f"<text x='1' y='{n}'>{a} {b}</text>" for n, (a, b, _) in enumerate(rows(rng))) + "</svg>").encode()


@family
def percent_page(rng):
    return "a.txt", urllib.parse.quote(text(rng)).encode()


# --- archives --------------------------------------------------------------------------------------------------------

@family
def zipped(rng):
    return "a.zip", package({"d/客戶.csv": text(rng), "readme.txt": "x"})


@family
def zipped_thrice(rng):
    data = package({"a.csv": text(rng)})
    for n in range(3):
        data = package({f"{n}.zip": data})
    return "a.zip", data


@family
def zip_comment(rng):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
        archive.comment = text(rng).encode()
    return "a.zip", out.getvalue()


@family
def packed_streams(rng):
    name, pack = rng.choice((("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zz", zlib.compress)))
    return f"a.csv.{name}", pack(text(rng).encode())


@family
def tarred(rng):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=rng.choice(("w", "w:gz", "w:bz2", "w:xz"))) as archive:
        data = text(rng).encode("cp950", "replace")
        info = tarfile.TarInfo("a.csv")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return "a.tar", out.getvalue()
