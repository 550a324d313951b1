"""MIME messages (RFC 2045 to 2049) as children of the walk."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Yield
from gateway.extract.mime.headers import decoded
from gateway.model.artifact import ArtifactKind


class MimeExtractor:
    name = "mime"

    def claims(self, node: Node) -> bool:
        return node.type in ("message/rfc822", "multipart/related")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        message = email.message_from_bytes(node.data, policy=email.policy.compat32)
        for number, part in enumerate((p for p in message.walk() if not p.is_multipart()), 1):
            data = part.get_payload(decode=True) or b""
            name = part.get_filename()
            names = (decoded(name),) if name else ()
            yield Child(data, ArtifactKind.PART, names, part.get_content_type(), str(number))


MIME = MimeExtractor()
