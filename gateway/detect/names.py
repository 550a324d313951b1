"""Which blocked group the names of an artifact fall into."""

from __future__ import annotations

from gateway.model.artifact import Artifact
from gateway.model.filename import extensions
from signatures.filetypes import Group, blocked_extensions

NOT_RUN = ("image/", "audio/", "video/", "font/")
DOCUMENTS = frozenset({"application/pdf", "application/vnd.openxmlformats", "application/vnd.oasis.opendocument"})
HOST_LIKE = frozenset({"com", "app", "run", "rs", "pl", "pm", "py", "sh", "so", "ps", "cat", "tool", "group", "contact", "ds"})
"""Extensions that are top-level domains or words too: a picture or PDF named like a host is no program."""


OWN_TYPE = {"mat": "application/x-matlab-data", "xsl": "text/xml", "xslt": "text/xml", "rs": "text/plain"}
"""Extension -> the type of honest files that have it, too: these open in another program than what is blocked, or are told by what
stands in them (a style sheet with a script); what is a program under it is none as text (source of Rust)."""


def blocked_group(artifact: Artifact, category: str) -> tuple[str, Group | None]:
    """The worst extension of all candidate names that belongs to `category`, and its group."""
    blocked = blocked_extensions()
    for extension in sorted(extensions(artifact.names)):
        group = blocked.get(extension)
        if group is None or group.category != category:
            continue
        kind = artifact.detected_type
        if OWN_TYPE.get(extension) == kind:
            continue
        if extension in HOST_LIKE and (kind in DOCUMENTS or kind.startswith(NOT_RUN) or kind in ("text/calendar", "text/vcard")):
            continue
        return extension, group
    return "", None
