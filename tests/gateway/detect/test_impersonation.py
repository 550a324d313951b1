"""Who pretends, and who only looks odd: every row is a header block from outside and the findings it must give."""

import base64

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.impersonation import ImpersonationDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction

LIST = "List-Id: <dev.lists.example>\r\n"


def judge(header, direction=Direction.INBOUND, path="a@sender.test", artifact=None):
    scope = Scope(direction, path, ("b@examplebank.com.tw",), ("examplebank.com.tw",), partner_domains=("goodpartner.co.jp",),
                  protected_names=("王小明, Wang Xiao-Ming", "山田太郎"))
    detector = ImpersonationDetector(scope)
    artifact = artifact or Artifact(0, None, ArtifactKind.MESSAGE)
    octets = header if isinstance(header, bytes) else header.encode()
    found = list(detector.look(Sample(artifact, octets + b"\r\nFrom: ceo@examplebank.com.tw\r\n"))) + list(detector.conclude(Tally()))
    assert all(f.category == "impersonation" for f in found)
    return {f.code: f.severity.word for f in found}


def word(text):
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


@pytest.mark.parametrize("header", [
    "From: Wang <wang@sender.test>\r\n",
    "From: wang@sender.test <wang@sender.test>\r\n",
    "From: \"Wang, Ming\" <wang@mail.sender.test>\r\nReply-To: wang@sender.test\r\n",
    f"From: {word('王大同')} <wang@sender.test>\r\nReply-To: Wang <wang@sender.test>\r\n",
    "From: News <news@mailer.test>\r\nReply-To: info@shop.test\r\n",
    f"From: Wang via Dev <dev@lists.example>\r\nReply-To: wang@gmail.com\r\n{LIST}",
    f"From: Wang <wang@sender.test>\r\nReply-To: dev@lists.example\r\n{LIST}",
    "From: A <a@gmail.com>\r\nReply-To: b@yahoo.co.jp\r\n",
    "From: MAILER-DAEMON\r\n", "From: <>\r\n", "To: x\r\n",
    "From: Taro <taro@goodpartner.co.jp>\r\n", "From: Taro <taro@eu.goodpartner.co.jp>\r\nReply-To: x@goodpartner.co.jp\r\n",
    "From: \"許功蓋\" <x@sender.test>\r\n".encode("big5"), "From: 日本 <x@sender.test>\r\n".encode("iso-2022-jp"),
    "Received: x\r\nFrom: Forwarder <x@forward.test>\r\nResent-From: y@examplebank.com.tw\r\n",
])
def test_ordinary_mail_says_nothing(header):
    assert judge(header) == {}


@pytest.mark.parametrize(("header", "wanted"), [
    ("From: a@sender.test\r\nFrom: b@other.test\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "high"}),
    (" From: a@sender.test\r\nFrom: b@other.test\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "high"}),
    ("From: <@x.test,@y.test:a@sender.test>\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "high"}),
    ("From: <a@sender.test\x00@other.test>\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "high"}),
    ("From: <a@sender.test> b@other.test\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "medium"}),
    ("From: <a@sender.test> ceo@examplebank.com.tw\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "high"}),
    ("From: a@sender.test (x, b@other.test)\r\n", {"SPOOF-AMBIGUOUS-AUTHOR": "medium", "IMPERSONATION-DISPLAY-ADDRESS": "low"}),
    (f"From: {word('X <b@other.test>')} <a@sender.test>\r\n",
     {"SPOOF-AMBIGUOUS-AUTHOR": "medium", "IMPERSONATION-DISPLAY-ADDRESS": "low"}),
    ("From: ceo@examplebank.com.tw\r\n", {"SPOOF-OWN-DOMAIN": "low"}),
    ("From: hr@branch.examplebank.com.tw\r\nReply-To: x@gmail.com\r\n",
     {"SPOOF-OWN-DOMAIN": "low", "IMPERSONATION-REPLY-TO": "medium"}),
    ("From: ceo@exаmplebank.com.tw\r\n", {"IMPERSONATION-LOOKALIKE": "high"}),
    ("From: ceo@examp1ebank.com.tw\r\n", {"IMPERSONATION-LOOKALIKE": "high"}),
    ("From: ceo@exampelbank.com.tw\r\n", {"IMPERSONATION-LOOKALIKE": "medium"}),
    ("From: ceo@examplebank-login.com\r\n", {"IMPERSONATION-LOOKALIKE": "medium"}),
    ("From: ceo@examplebank.com\r\n", {"IMPERSONATION-LOOKALIKE": "low"}),
    ("From: x@g00dpartner.co.jp\r\n", {"IMPERSONATION-LOOKALIKE": "high"}),
    ("From: x@раypal.test\r\n", {"IMPERSONATION-MIXED-SCRIPTS": "medium"}),
    ("From: \"ceo@examplebank.com.tw\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "high"}),
    ("From: ceo@examplebank.com.tw <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "high"}),
    ("From: ｃｅｏ＠ｅｘａｍｐｌｅｂａｎｋ．ｃｏｍ．ｔｗ <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "high"}),
    ("From: \"ceo@ехamplebank.com.tw\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "high"}),
    ("From: \"\u202ewt.moc.knabelpmaxe@oec\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "high"}),
    ("From: \"mailto:ceo@examplebank.com.tw\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "high"}),
    ("From: \"ceo@examplebank.com.tw via X\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "medium"}),
    ("From: \"שלום\u202e abc\" <x@gmail.com>\r\n", {}),
    (f"From: \"wang@examplebank.com.tw via Dev\" <dev@lists.example>\r\n{LIST}", {"IMPERSONATION-DISPLAY-ADDRESS": "medium"}),
    (f"From: \"wang@examplebank.com.tw\" <dev@lists.example>\r\n{LIST}", {"IMPERSONATION-DISPLAY-ADDRESS": "medium"}),
    ("From: \"x@goodpartner.co.jp\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "medium"}),
    ("From: \"a@other.test\" <x@gmail.com>\r\n", {"IMPERSONATION-DISPLAY-ADDRESS": "low"}),
    ("From: a@supplier-one.test\r\nReply-To: a@supp1ier-one.test\r\n", {"IMPERSONATION-REPLY-TO": "high"}),
    ("From: a@supplierone.test\r\nReply-To: a@supplirone.test\r\n", {"IMPERSONATION-REPLY-TO": "medium"}),
    ("From: a@supplierone.test\r\nReply-To: a@gmail.com\r\n", {"IMPERSONATION-REPLY-TO": "medium"}),
])
def test_pretenders(header, wanted):
    assert judge(header) == wanted


@pytest.mark.parametrize(("name", "charset"), [("王小明", "big5"), ("王小明", "gb2312"), ("王小明", "gb18030"), ("山田太郎", "shift_jis"),
                                             ("山田太郎", "euc_jp"), ("山田太郎", "iso-2022-jp")])
def test_names_of_our_people_in_undeclared_charsets(name, charset):
    assert judge(b"From: " + name.encode(charset) + b" <boss@sender.test>\r\n") == {"IMPERSONATION-NAME": "medium"}
    assert judge(b'From: "' + name.encode(charset) + b'" <boss@examplebank.com.tw>\r\n') == {"SPOOF-OWN-DOMAIN": "low"}


@pytest.mark.parametrize("name", ["王小明", "王 小明 董事長", "Xiaoming Wang", "WANG, Xiao Ming", "Ｗａｎｇ Ｘｉａｏｍｉｎｇ", "山田　太郎", "王小明 (CEO)"])
def test_one_of_our_people_elsewhere(name):
    name = word(name.replace(",", ""))
    assert judge(f"From: {name} <x@gmail.com>\r\n") == {"IMPERSONATION-NAME": "medium"}
    assert judge(f"From: {name} <x@goodpartner.co.jp>\r\n") == {}


def test_the_envelope_counts_too():
    assert judge("From: x@sender.test\r\n", path="x@exаmplebank.com.tw") == {"IMPERSONATION-LOOKALIKE": "high"}


def test_our_own_mail_and_attached_messages_are_not_judged():
    assert judge("From: ceo@examp1ebank.com.tw\r\n", Direction.OUTBOUND) == {}
    assert judge("From: ceo@examp1ebank.com.tw\r\n", artifact=Artifact(3, 0, ArtifactKind.MESSAGE)) == {}


def test_evidence_hides_local_parts():
    scope = Scope(Direction.INBOUND, "", (), ("examplebank.com.tw",))
    sample = Sample(Artifact(0, None, ArtifactKind.MESSAGE), b'From: "secret.name@examplebank.com.tw" <other.name@gmail.com>\r\n\r\n')
    [finding] = ImpersonationDetector(scope).look(sample)
    assert finding.severity is Severity.HIGH and finding.evidence == ("*@examplebank.com.tw shown for gmail.com",)
