"""Every English text of the console: of its templates, of its Python between `_(` and `)`, and what can be wrong in a directory."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from gateway.console import settings
from gateway.reference.directory import TEXTS

HERE = Path(settings.__file__).parent
MARKS = ("_", "gettext", "gettext_noop")


def strings() -> set[str]:
    return {*of_templates(), *of_sources(), *TEXTS.values()}


def of_templates() -> Iterator[str]:
    """Needs the console's settings in force."""
    for path in sorted((HERE / "templates").rglob("*.html")):
        nodes = engines["django"].from_string(path.read_text(encoding="utf-8")).template.nodelist
        for node in nodes.get_nodes_by_type(TranslateNode):
            yield str(node.filter_expression.var.literal)
        for block in nodes.get_nodes_by_type(BlockTranslateNode):
            yield block.render_token_list(block.singular)[0]


def of_sources() -> Iterator[str]:
    for path in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value
