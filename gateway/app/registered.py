"""Text of documents that are to be registered, read where hostile bytes may be read: in a cell of our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from gateway.app.offline import judge, memfd, passwords
from gateway.config import Config
from gateway.inspection.protocol import PREVIEW_TEXT, PREVIEW_TEXTS
from gateway.model.deadline import Deadline
from gateway.model.ids import new_message_id
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction


@dataclass(frozen=True, slots=True)
class Text:
    """What was read of a document. `cut` is true where some of it was longer than the cell hands out."""

    content: str
    cut: bool = False


def wrapped(name: str, octets: bytes) -> bytes:
    """A message with the file as its only part: the cell takes messages."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "document"
    mail.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


async def texts(config: Config, documents: Iterable[tuple[str, bytes]]) -> list[Text]:
    """The text of each (name, octets), in order. Raises CellError and InspectionUnavailable."""
    found = []
    async with judge(config, 1) as judging:
        for name, octets in documents:
            mail = wrapped(name, octets)
            request = InspectionRequest(
                id=new_message_id(judging.clock.now()), direction=Direction.OUTBOUND, reverse_path="", recipients=(),
                our_domains=config.gateway.our_domains, limits=config.limits.for_inspection(), passwords=passwords(config))
            with memfd(mail) as fd:
                deadline = Deadline.after(judging.clock, config.limits.inspection + 30)
                found.append(joined(await judging.pool.preview(fd, len(mail), request, deadline)))
    return found


def joined(preview: Mapping[str, Sequence[Sequence[str]]]) -> Text:
    """The texts of a preview, each once: what one reader gave, another often gives again."""
    pieces = [text for _, _, text in preview["texts"]]
    cut = any(len(piece) >= PREVIEW_TEXT for piece in pieces) or sum(map(len, pieces)) >= PREVIEW_TEXTS
    return Text("\n".join(dict.fromkeys(pieces)), cut)
