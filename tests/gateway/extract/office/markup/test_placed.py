from __future__ import annotations

from gateway.extract.office.markup.story import Story
from gateway.extract.office.markup.xml import parse
from gateway.model.content import Table
from tests.builders.growth import linear

CM = 360_000


def box(text: str, x: float, y: float, width: float = 3, height: float = 1) -> str:
    place = f'<xfrm><off x="{int(x * CM)}" y="{int(y * CM)}"/><ext cx="{int(width * CM)}" cy="{int(height * CM)}"/></xfrm>'
    lines = "".join(f"<p><r><t>{line}</t></r></p>" for line in text.split("|"))
    return f"<sp><spPr>{place}<extLst><ext uri='x'/></extLst></spPr><txBody>{lines}</txBody></sp>"


def rows(body: str, root: str = "sld") -> list[tuple[tuple[str, ...], ...]]:
    made = Story()
    parse(f"<{root}><cSld><spTree>{body}</spTree></cSld></{root}>".encode(), made)
    made.finish()
    return [t.rows for t in made.items("slide1.xml") if isinstance(t, Table)]


def test_boxes_side_by_side_are_rows_whatever_their_order() -> None:
    made = [box("A-1", 4, 2), box("name", 0, 0), box("Lin", 0, 2.1), box("number", 4, 0), box("note|below", 8, 2)]
    assert rows("".join(made)) == [(("name", "number"), ("Lin", "A-1", "note\nbelow"))]


def test_boxes_of_groups_stand_where_the_group_is() -> None:
    frame = ('<grpSpPr><xfrm><off x="{}" y="0"/><ext cx="720000" cy="720000"/><chOff x="0" y="0"/><chExt cx="1440000" cy="1440000"/>'
             "</xfrm></grpSpPr>")
    groups = "".join(f"<grpSp>{frame.format(x * CM)}{box(a, 0, 0, 2, 2)}{box(b, 0, 2, 2, 2)}</grpSp>"
                     for x, a, b in ((9, "3", "4"), (1, "1", "2")))
    assert rows(groups) == [(("1", "3"), ("2", "4"))]


def test_what_makes_no_table() -> None:
    assert rows("".join(box(str(n), 0, n * 2) for n in range(9))) == []
    assert rows(box("a", 0, 0) + box("b", 4, 0)) == []
    assert rows("".join(box(str(n), n, 0) for n in range(9)), "wsDr") == []
    assert rows("<sp><txBody><p><r><t>placed by the layout</t></r></p></txBody></sp>" * 9) == []
    assert rows(box("a", 0, 0).replace('x="0"', 'x="1e9"') * 9) == []


def test_many_boxes_cost_what_they_are() -> None:
    assert linear(rows, lambda count: "".join(box("x", n % 9 * 4, n // 9 * 2) for n in range(count)), 3_000)
