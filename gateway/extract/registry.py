"""The deep lane's list: every extractor there is, in the order in which they look at a node. One line each."""

from __future__ import annotations

from gateway.extract.base import Extractor
from gateway.extract.registry_plain import LIGHT

EXTRACTORS: tuple[Extractor, ...] = (
    *LIGHT,
    # archives and disk images

    # documents

    # pictures

)
