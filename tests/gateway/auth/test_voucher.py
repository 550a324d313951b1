import asyncio
from datetime import UTC, datetime

from gateway.auth.voucher import DnsVoucher
from gateway.model.address import Mailbox
from gateway.model.artifact import ArtifactTree
from gateway.model.deadline import Deadline
from gateway.model.finding import Inspection
from gateway.model.transaction import Direction, Envelope, Message, Recipient, Session, Transaction

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Clock:
    def now(self):
        return NOW

    def monotonic(self):
        return 0.0


class Slow:
    async def text(self, name):
        await asyncio.sleep(60)


def transaction(direction, seconds=90.0):
    envelope = Envelope(None, (Recipient(Mailbox.parse("a@bank.example")),))
    return Transaction("x", Session("inbound", "127.0.0.1", "127.0.0.1"), envelope, Message(-1, 1, "", NOW), direction,
                       Deadline(seconds))


async def test_outbound_mail_needs_nobodys_word():
    assert await DnsVoucher(Slow(), Clock()).vouch(transaction(Direction.OUTBOUND), Inspection(ArtifactTree()), b"") == ()


async def test_slow_names_do_not_use_up_the_time_for_the_answer():
    head = b"From: a\r\nDKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s; h=from; bh=AAAA; b=AAAA\r\n"
    inspection = Inspection(ArtifactTree())
    inspection.summary.body_hashes["sha256/simple/-"] = "AAAA"
    [result] = await DnsVoucher(Slow(), Clock()).vouch(transaction(Direction.INBOUND, 0.3), inspection, head)
    assert result.result == "temperror"
