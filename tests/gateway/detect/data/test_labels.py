from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.labels import Labels, forbids, margin, marking
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.finding import Severity
from gateway.model.transaction import Direction


@pytest.mark.parametrize("line", [
    "機密", "【極機密】", "密件", "社外秘", "＜社外秘＞", "绝密", "内部资料 严禁外传", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL - INTERNAL USE ONLY",
    "*** Confidential ***", "機密等級：機密", "Classification: Restricted", "㊙", "密",
    "機密★3年", "绝密★启用前", "社　外　秘", "機 密", "Confidential — Do Not Distribute",
    "C O N F I D E N T I A L - D O N O T D I S T R I B U T E", "S T R I C T L Y  C O N F I D E N T I A L",
    "Classification: Confidential (C3)", "Restricted (4)"])
def test_marking_lines(line):
    assert marking(line)


@pytest.mark.parametrize("line", [
    "機密情報が含まれる場合があります", "社外秘の取扱いにご注意ください。", "本郵件可能包含機密資訊", "请妥善保管内部资料", "Reminder: the training on handling confidential documents",
    "secretary", "秘書", "", "公開", "draft", "This is confidential", "密碼",
    "B O A R D  M E E T I N G", "P U B L I C - D O N O T D I S T U R B", "Classification: Public (C0)"])
def test_words_in_sentences_are_no_marking(line):
    assert not marking(line)


@pytest.mark.parametrize("line", [
    "ACME Bank    Confidential", "Page 2 of 5 | Confidential", "第 1 頁，共 3 頁\t機密", "© 2026 ACME Bank - Confidential", "2026-05-01  社外秘", "極秘   1 / 3"])
def test_markings_beside_other_words_of_a_margin(line):
    assert margin(line) and not marking(line)


@pytest.mark.parametrize("line", [
    "□普通   □密   □機密", "公開   社外秘", "一般 | 機密", "Confidentiality   Notice", "密碼   3", "Secret Garden - Restricted area", "1 / 3", ""])
def test_margins_that_mark_nothing(line):
    assert not margin(line)


@pytest.mark.parametrize(("name", "forbidden"), [
    ("Confidential - Internal only", True), ("機密 - 全體同仁", True), ("Highly Confidential", True), ("General", False), ("Public", False), ("Personal", False),
    ("Non-confidential", False), ("Not sensitive", False), ("Sensitive", True)])
def test_names_of_sensitivity_labels(name, forbidden):
    assert bool(forbids(name)) is forbidden


def codes(*texts, tables=(), direction=Direction.OUTBOUND):
    detector = Labels(Scope(direction, "", (), ()))
    sample = Sample(Artifact(0, None, ArtifactKind.MESSAGE), b"", list(texts), list(tables))
    found = list(detector.look(sample))
    assert all(f.severity is Severity.HIGH for f in found)
    tally = Tally()
    detector.conclude(tally)
    assert bool(found) == ("label" in tally.identifiers)
    return {f.code for f in found}


def test_places_of_markings():
    assert codes(Text("社外秘", "header")) == {"LABEL-MARKING"}
    assert codes(Text("社外秘\n\n本文\n続き", "body")) == {"LABEL-MARKING"}
    assert codes(Text("本文\n" * 9 + "社外秘\n" + "本文\n" * 9, "body")) == set()
    assert codes(Text("本文\n" * 9 + "社外秘", "page 1")) == {"LABEL-MARKING"}
    assert codes(Text("[Confidential] plan", "header Subject")) == {"LABEL-MARKING"}
    assert codes(Text("confidential documents training", "header Subject")) == set()


def test_sheets_named_after_levels():
    assert codes(Text("Microsoft Excel\nWorksheets\n3\n公開\n內部\n機密", "property")) == set()
    assert codes(Text("Microsoft Excel\nWorksheets\n2\n總表\n機密", "property")) == {"LABEL-MARKING"}


def test_a_register_of_documents_marks_nothing():
    rows = "".join(f"ISMS-{n} 情報セキュリティ方針 v{n}.0{level}\n" for n, level in enumerate((" 社外秘", "\n秘", " 公開", "\n秘", " 公開", "\n秘")))
    assert codes(Text("文書一覧\n文書番号 文書名\n版 機密区分\n" + rows, "page 1")) == set()
    assert codes(Text("社外秘\n文書一覧\n文書番号 文書名\n版 機密区分\n" + rows, "page 1")) == {"LABEL-MARKING"}
    assert codes(Text("報告書\n" + "本文\n" * 9 + "秘", "page 1")) == {"LABEL-MARKING"}


def test_marking_behind_a_name_on_a_printed_page():
    assert codes(Text("報告\n內容\n○○銀行股份有限公司 機密\n", "page 1")) == {"LABEL-MARKING"}
    assert codes(Text("以上 CONFIDENTIAL\n內容", "page 1")) == {"LABEL-MARKING"}
    assert codes(Text("ACME Bank 文件密级：机密\n內容", "page 1")) == {"LABEL-MARKING"}
    assert codes(Text("資料庫 機密\n網站 一般\n備份 極機密", "page 1")) == set()
    assert codes(Text("the contents of this page are confidential\nx", "page 1")) == set()
    assert codes(Text("My Secret\n1", "page 1")) == set()
    assert codes(Text("○○銀行 機密\n內容", "body")) == set()


def test_markings_in_names_and_forwarded_subjects():
    assert codes(Text("FYI\n\n" * 9 + "> Subject: [機密] plan\n", "body")) == {"LABEL-MARKING"}
    assert codes(Text("主旨: 機密文件訓練\n", "body")) == set()
    named = Sample(Artifact(0, None, ArtifactKind.PART, ("計画【社外秘】.txt",)), b"")
    plain = Sample(Artifact(0, None, ArtifactKind.PART, ("機密保持契約書(案).txt",)), b"")
    assert [f.code for f in Labels(Scope(Direction.OUTBOUND, "", (), ())).look(named)] == ["LABEL-MARKING"]
    assert not list(Labels(Scope(Direction.OUTBOUND, "", (), ())).look(plain))


def test_marking_in_the_first_rows_of_a_sheet():
    assert codes(tables=[Table("sheet a", (("社外秘", "", ""), ("品名", "数量", "単価")))]) == {"LABEL-MARKING"}
    assert codes(tables=[Table("table 1", (("機密等級", "極機密"), ("編號", "A-1")))]) == {"LABEL-MARKING"}
    assert codes(tables=[Table("sheet a", (("資料庫", "機密"), ("網站", "公開")))]) == set()
    assert codes(tables=[Table("sheet a", (("公開",), ("一般",), ("機密",)))]) == set()
    assert codes(tables=[Table("sheet a", (("a",), ("b",), ("c",), ("機密",)))]) == set()
    assert codes(tables=[Table("sheet a", (("品名", "数量"), ("机", "1"), ("椅", "2"), ("合計", "3"), ("", "社外秘"), ("作成", "林")))]) == {
        "LABEL-MARKING"}
    assert codes(tables=[Table("sheet a", (("文件", "等級"), ("A", "普通"), ("B", "一般"), ("C", "普通"), ("D", "機密")))]) == set()


def test_caption_of_levels_among_other_fields():
    fields = (("文件編號", "BK-001", "版次", "3"), ("機密等級", "機密", "日期", "2026/11/01"))
    assert codes(tables=[Table("body table 1", fields)]) == {"LABEL-MARKING"}
    assert codes(tables=[Table("sheet a", (("Doc", "A-1", "Security level", "Confidential"),))]) == {"LABEL-MARKING"}
    assert codes(tables=[Table("sheet a", (("No", "Document", "Confidential", "Owner"), ("1", "A", "x", "Lin")))]) == set()
    assert codes(tables=[Table("sheet a", (("等級", "機密", "內部", "公開"), ("件數", "3", "4", "5")))]) == set()
    assert codes(tables=[Table("sheet a", (("等級", "公開", "備註", "-"),))]) == set()


def test_marking_below_sentences_of_a_sheet():
    prose = tuple((f"第{n}季業務說明，請參考後續安排。",) for n in range(6))
    assert codes(tables=[Table("sheet a", (*prose, ("機密",)))]) == {"LABEL-MARKING"}
    assert codes(tables=[Table("sheet a", (*prose, ("完",)))]) == set()


def test_sensitivity_field():
    assert codes(Text("Company-Confidential", "header Sensitivity")) == {"LABEL-SENSITIVITY"}
    assert codes(Text("Personal", "header Sensitivity")) == set()


def test_microsoft_labels():
    name = "MSIP_Label_0d5e2a6c-1111-4222-8333-444455556666_Name"
    assert codes(tables=[Table("properties", ((name, "Confidential"),))]) == {"LABEL-SENSITIVITY"}
    assert codes(tables=[Table("properties", ((name, "General"),))]) == set()
    assert codes(Text(f"{name[:-4]}Enabled=True;{name}=Highly Confidential;", "header Msip_Labels")) == {"LABEL-SENSITIVITY"}


def test_inbound_is_not_judged():
    assert codes(Text("社外秘", "header"), direction=Direction.INBOUND) == set()


@pytest.mark.parametrize(("name", "value", "marked"), [
    ("X-Classification", "Confidential", True), ("X-Sensitivity-Label", "STRICTLY CONFIDENTIAL", True), ("X-Protective-Marking", "機密", True),
    ("X-TitusLabs-Classifications-30", "TLPropertyRoot=Bank;Classification=Confidential;", True),
    ("X-Protective-Marking", "VER=2018.6, NS=gov.au, SEC=PROTECTED, ORIGIN=a@bank.example", True), ("X-Confidentiality-Level", "level=機密", True),
    ("X-Data-Classification", "C3 - 社外秘", True), ("X-Bank-Marking", "3 Restricted", True),
    ("X-TitusLabs-Classifications-30", "TLPropertyRoot=Confidential;Classification=Public;", False),
    ("X-Protective-Marking", "VER=2018.6, NS=gov.au, SEC=OFFICIAL, ORIGIN=a@bank.example", False), ("X-Classification", "owner=機密", False),
    ("X-Classification", "Public", False), ("X-Spam-Report", "Confidential", False), ("X-Classification", "a confidential talk", False)])
def test_fields_of_other_products(name, value, marked):
    assert bool(codes(Text(value, f"header {name}"))) is marked


def test_a_marking_at_the_end_of_a_body():
    body = "您好，\n資料如附件。\n請查收。\n謝謝。\n敬祝\n順心\n"
    assert codes(Text(body + "\n機密\n\n-- \r\n王大文\n玉河銀行\n02-1234\n", "body"))
    assert not codes(Text(body + "機密資料請妥善保管\n", "body"))


LETTER = "財政部 函\n地址：臺北市\n受文者：銀行\n發文日期：115年\n發文字號：第1號\n速別：普通件\n%s\n附件：如說明\n"


@pytest.mark.parametrize(("line", "marked"), [
    ("密等及解密條件或保密期限：密（本件於公布時解密）", True), ("密等及解密條件或保密期限：機密／附件抽存後解密", True), ("密等：一般公務機密", True),
    ("密等：□普通　□密　■機密", True), ("密等及解密條件或保密期限：", False), ("密等及解密條件或保密期限：普通", False), ("密等：■普通　□密　□機密", False)])
def test_level_of_a_letter_of_taiwans_authorities(line, marked):
    assert bool(codes(Text(LETTER % line, "body"))) is marked


@pytest.mark.parametrize(("line", "marked"), [
    ("機密区分：□公開　■社外秘　□極秘", True), ("Classification: ☐Public ☒Confidential ☐Restricted", True), ("密级：✔绝密 □公开", True),
    ("機密区分：■公開　□社外秘　□極秘", False), ("機密区分：□公開　□社外秘　□極秘", False), ("■社外秘の資料 □議事録 □その他", False)])
def test_the_level_that_is_ticked(line, marked):
    assert bool(codes(Text(f"Project Falcon\n{line}\n本文", "body"))) is marked


def test_letters_that_stand_apart():
    assert marking("C O N F I D E N T I A L") == "confidential"
    assert marking("S T R I C T L Y C O N F I D E N T I A L") == "strictly confidential"
    assert marking("H I G H L Y   C O N F I D E N T I A L") == "highly confidential"
    assert not marking("A B C D E F G H") and not marking("N O N  C O N F I D E N T I A L") and not marking("B O A R D  M E E T I N G")


def test_lines_that_list_the_levels_mark_nothing():
    assert not codes(Text("等級\n極機密\n機密\n密\n一般\n說明如下\n", "body"))
    assert not codes(Text("Level\nRestricted\nConfidential\nInternal\nPublic\n", "body"))
    assert codes(Text("STRICTLY CONFIDENTIAL\nINTERNAL USE ONLY\nDear all\n", "body"))


@pytest.mark.parametrize(("subject", "marked"), [
    ("Re: FW: [EXT] [機密] budget", True), ("機密：董事會議紀錄", True), ("Confidential: board minutes", True), ("Secret: how we did it", False),
    ("[EXT] budget", False), ("機密文件訓練：報名", False)])
def test_subjects(subject, marked):
    assert bool(codes(Text(subject, "header Subject"))) is marked


@pytest.mark.parametrize(("name", "marked"), [
    ("社外秘_組織図.docx", True), ("计划书-内部资料.docx", True), ("極機密-併購案.pdf", True), ("機密保持誓約書.docx", False),
    ("confidential_disclosure_agreement_template.docx", False), ("保密协议_模板.docx", False), ("秘書_名簿.xlsx", False)])
def test_names_that_begin_or_end_with_a_marking(name, marked):
    sample = Sample(Artifact(0, None, ArtifactKind.PART, (name,)), b"")
    assert bool(list(Labels(Scope(Direction.OUTBOUND, "", (), ())).look(sample))) is marked


def test_confidential_appointments():
    event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nCLASS:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert codes(Text(event % "CONFIDENTIAL", "body")) == {"LABEL-SENSITIVITY"}
    assert not codes(Text(event % "PRIVATE", "body"))


def test_number_of_the_page_behind_the_marking():
    assert codes(Text("x\n" * 9 + "Example Bank 機密 1 / 3", "page 1")) == {"LABEL-MARKING"}


def test_tables_in_a_margin():
    assert codes(tables=[Table("header table 1", (("Example Bank", "作業規範", "機密"),))]) == {"LABEL-MARKING"}
    assert not codes(tables=[Table("header table 1", (("Example Bank", "作業規範", "1 / 3"),))])
    assert not codes(tables=[Table("table 1", (("Example Bank", "作業規範", "機密"),))])
