"""Loads before the lockdown what libraries would load on first use: afterwards there is no file to load it from."""

from __future__ import annotations

import encodings
import importlib
import pkgutil
from collections.abc import Iterator

_WINDOWS_ONLY = frozenset({"mbcs", "oem"})

PLAIN_PACKAGES = ("email",)
DEEP_PACKAGES = ("msoffcrypto.format", "msoffcrypto.method")
"""Packages whose modules import one another late, inside functions."""

PLAIN_MODULES = ("html.entities", "html.parser", "quopri", "stringprep", "traceback", "unicodedata")
DEEP_MODULES = ("cryptography.hazmat.backends.openssl.backend", "xml.dom.expatbuilder", "xml.dom.minidom", "xml.parsers.expat",
                "PIL.ExifTags", "PIL.ImageColor", "PIL.ImageFile", "PIL.ImageFilter", "PIL.ImagePalette", "PIL.TiffImagePlugin",
                "numpy.ma")


def preload(lane: str) -> None:
    """Every codec that Python has (mail never names one: see extract.charset), and the late modules of the lane."""
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in _WINDOWS_ONLY:
            importlib.import_module(f"encodings.{module.name}")
    for name in _modules(lane):
        importlib.import_module(name)


def _modules(lane: str) -> Iterator[str]:
    packages, modules = PLAIN_PACKAGES, PLAIN_MODULES
    if lane == "deep":
        packages, modules = (*packages, *DEEP_PACKAGES), (*modules, *DEEP_MODULES)
    for package in packages:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            yield module.name
    yield from modules
