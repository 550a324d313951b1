"""Whether a page that shows nothing itself leads to the web without a click."""

from __future__ import annotations

import html
import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from gateway.extract.bounded import counted
from gateway.extract.page.covers import covered
from gateway.extract.page.played import Play
from gateway.extract.page.shown import LEAST_SHOWN, MOST_SHOWN, SMALL, SOME_SHOWN, parts, said, to_read
from gateway.extract.script import literals

if TYPE_CHECKING:
    from gateway.extract.page.html import Page

NOTE = 4096
LEAST_BESIDE = 40
LEAST_CODE = 300
"""Characters of script: charts whose library comes from the web bring their data and more code than that."""
LITTLE_CODE = 2000
FRAMES = frozenset({"iframe", "frame", "embed", "object"})
FILLS = re.compile(r"100\s?%|100d?v[hw]")
PROGRAM = re.compile(
    r"(?:https?:)?[\\/]{2}[^/?#\s]{1,255}/[^?#\s]{0,1000}\.(?:exe|scr|pif|cpl|dll|ms[ip]|msix(?:bundle)?|appx|appinstaller|jse?|vb[se]|ws[fh]|"
    r"hta|bat|cmd|ps1|lnk|url|iso|img|vhdx?|jar|chm|xll|sct|reg|msc|rdp|dmg|pkg|apk)(?:$|[?#])", re.I)
"""A program, script, shell file or disc in the web: a page with next to nothing else is its link."""
CODEBASE = re.compile(
    r"<(?:applet|object|embed)\s[^<>]{0,400}?(?:codebase|archive)\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:https?:|//|\\\\|file:)", re.I)
"""Programs of old browsers, and of what still shows pages with their parts."""
META = re.compile(r"<(?:\w{1,20}:)?meta[\s/][^>]{1,600}", re.I)
REFRESH = re.compile(r"http-equiv\s{0,8}=\s{0,8}[\"']?\s{0,8}refresh", re.I)
ADDRESS = re.compile(r"https?:|[\s;,='\"]//", re.I)
RELATIVE = re.compile(r"[\"'=]\s{0,8}[\d.]{1,8}\s{0,8}[;,]\s{0,8}[^\s\"'>]", re.I)
"""A refresh that says where to: one to the page itself has a number alone."""
GOING = re.compile(r"location|navigat|(?<![\w.])open\s{0,4}\(|window\.open|\.(?:src|action)\s{0,4}=|"
                   r"\.(?:click|submit)\s{0,4}[(\[]|refresh|document\.write", re.I)
HIDDEN_ADDRESS = re.compile(
    r"https?(?::(?![\"'])|%3A)(?!//s?b[\"'])|[\"'`](?://|\\\\)[a-z0-9-]|fromC(?:harCode|odePoint)|TextDecoder|(?<!\w)atob(?!\w)|\.reverse\s{0,4}\(|"
    r"unescape\s{0,4}\((?!\s{0,4}[\"']%3Cscript )|h.{1,3}ps?:(?![\"'])|\.host(?:name)?\s{0,4}=(?!=)", re.I)
STANDARDS = re.compile(
    r"https?://(?:www\.)?(?:w3|schema|ogp|purl)\.org/|https?://(?:www|ssl)?\.?(?:google-analytics|googletagmanager)\.com/|"
    r"https?://(?:www|ssl)\.(?=[\"'])|https?://s?b(?=[\"'])|https?://connect\.facebook\.net/", re.I)
"""Names of document types and name spaces, and who counts the readers of a page that was saved."""
CUT = re.compile(r"'\s{0,4}\+\s{0,4}'|\"\s{0,4}\+\s{0,4}\"|`\s{0,4}\+\s{0,4}`")
LOCATION = r"location[\"'\]]{0,2}(?:\.href|\[[\"']href[\"']\])?\s{0,4}=(?!=)|location\.(?:replace|assign)\s{0,4}\(|" \
           r"navigation\.navigate\s{0,4}\(|window\.open\s{0,4}\("
LEAVES = re.compile(rf"(?:{LOCATION})\s{{0,4}}"
                    r"(?:(?:new\s{1,4}URL\s{0,4}\(\s{0,4})?[\"'`](?:https?:|//)|\[\s{0,4}[\[\"'`\d])", re.I)
AT_ONCE = re.compile(r"\son(?!(?:dbl)?click|submit|change|key|copy|paste|mouse(?:down|up))[a-z]{3,30}\s{0,8}=|javascript:|srcdoc|"
                     r"<\w{1,20}:script", re.I)
"""Handlers that wait for nobody, or that anybody sets off."""
HANDED = re.compile(
    r"(?:eval|Function|setTimeout|write(?:ln)?|import)\s{0,4}\([^;\r\n]{0,80}?(?:location\.(?:hash|search)|window\.name|\(name\))|"
    r"\.(?:innerHTML|outerHTML|srcdoc|src|text)\s{0,4}=[^;\r\n]{0,80}?"
    r"(?:location\.(?:hash|search)|window\.name|(?<![\w.])name(?:\s{0,4};|$))", re.I)
"""What a page was opened with, taken for code or for a page."""
BUTTON = re.compile(r"<button|type\s{0,8}=\s{0,8}[\"']?(?:submit|button)", re.I)
WAYS = (("goes", "leaves for another page"), ("submits", "leads on by itself"), ("calls", "calls a program"))
"""What no page does unasked to an address that it hides, however much it has to read."""
OFFICE = re.compile(r"(?:ms|search)-|search:", re.I)
"""Schemes by which Windows starts its own programs: no page has to do so unasked."""
WEB = re.compile(r"https?:|[\\/]{2}", re.I)
HOST = re.compile(r"//([^/?#\\]{1,255})")
SHARED = frozenset({
    "amazonaws.com", "amplifyapp.com", "appspot.com", "azureedge.net", "azurestaticapps.net", "azurewebsites.net", "blogspot.com",
    "blob.core.windows.net", "cloudapp.net", "cloudflare-ipfs.com", "cloudfront.net", "core.windows.net", "dweb.link",
    "firebaseapp.com", "fly.dev", "gitbook.io", "github.io", "gitlab.io", "glitch.me", "godaddysites.com", "googleapis.com",
    "herokuapp.com", "linodeobjects.com", "myportfolio.com", "netlify.app", "ngrok-free.app", "ngrok.io", "ondigitalocean.app",
    "onrender.com", "pages.dev", "r2.dev", "railway.app", "repl.co", "replit.app", "run.app", "square.site", "surge.sh",
    "translate.goog", "trycloudflare.com", "vercel.app", "wasabisys.com", "web.app", "web.core.windows.net", "webflow.io",
    "weebly.com", "wixsite.com", "wordpress.com", "workers.dev", "co.jp", "co.kr", "co.uk", "com.cn", "com.hk", "com.sg",
    "com.tw", "ne.jp", "or.jp",
})
"""Domains below which strangers have names of their own (publicsuffix.org): the most of what lures are put on."""
LIBRARY = re.compile(r"function|=>|return")
KEPT = re.compile(
    r"https://(?:cdnjs\.cloudflare\.com/ajax/libs|ajax\.(?:googleapis|aspnetcdn)\.com/ajax|code\.(?:jquery|highcharts)\.com|cdn\.plot\.ly|"
    r"cdn\.bokeh\.org|cdn\.datatables\.net|d3js\.org|cdn\.sheetjs\.com|www\.gstatic\.com/charts|maps\.googleapis\.com/maps/api/js|api\.map\.baidu\.com/api|"
    r"webapi\.amap\.com/maps|map\.qq\.com/api|api\.mapbox\.com/mapbox-gl-js|js\.arcgis\.com/\d|cdn\.(?:amcharts|anychart|canvasjs|fusioncharts)\.com|"
    r"(?:cdn\.jsdelivr\.net/npm|unpkg\.com)/(?:chart\.js|mermaid|echarts|d3|vega(?:-lite|-embed)?|plotly\.js[\w-]{0,20}|apexcharts|leaflet|"
    r"katex|mathjax|reveal\.js|highcharts|three|ol|maplibre-gl|cytoscape|vis-(?:network|timeline)|swagger-ui-dist|redoc|"
    r"frappe-gantt|lightweight-charts|tabulator-tables|uplot|dygraphs|c3|billboard\.js|"
    r"@antv/\w{1,12}|@finos/perspective[\w-]{0,30})(?=[@/]|$))", re.I)
"""Libraries that draw what a page brings with it or a map, at hosts where nobody else puts anything."""
LEAST_LIBRARY = 60
TRIES = 2000                             # tags that are looked at


def door(page: Page, source: str, script: str, play: Play | None) -> str:
    """How a page that shows nothing itself leads to the web without a click, "" for pages with something to read."""
    shown = to_read(page, source)
    if play is not None and (way := _led(play, shown, source, script)):
        return way
    if any(tag in FRAMES and OFFICE.match(address) for tag, address, _ in page.links):
        return "calls a program"
    web = _web(page)
    if (web & FRAMES and covered(source)) or (play is not None and any(act.more == "covers" for act in play.of("frame"))):
        return "is covered by another page"
    if shown > (SOME_SHOWN if len(source) < NOTE else LEAST_SHOWN):
        return ""
    if _turns(source, "base" in web):
        return "turns into another page"
    if shown <= LEAST_SHOWN and not page.tags.isdisjoint(("applet", "object", "embed")) and CODEBASE.search(source):
        return "gets its code from elsewhere"
    if (play is None or not play.followed or "expression(" in script) and (way := _written(page, source, script, shown)):
        return way
    if any(tag.rpartition(":")[2] in ("a", "area") and PROGRAM.match(address) for tag, address, _ in page.links):
        return "offers a program"
    if shown > LEAST_SHOWN or is_library(script):
        return ""
    bare = sum(map(len, "".join(page.visible)[:MOST_SHOWN].split())) < LEAST_SHOWN
    if bare and len(script.strip()) < LEAST_CODE and (_takes_code(page) or HANDED.search(script)):
        return "gets its code from elsewhere"
    filled = shown < LEAST_BESIDE and web & FRAMES and ("frame" in web or FILLS.search(source))
    return "is filled by another page" if filled else ""


def _web(page: Page) -> set[str]:
    """Elements with an address of the web."""
    return {tag.rpartition(":")[2] for tag, address, _ in page.links if WEB.match(address)}


def _takes_code(page: Page) -> bool:
    """Whether a script comes from the web that is no library for drawings."""
    scripts = (address for tag, address, _ in page.links if tag.rpartition(":")[2] == "script")
    based = any(tag == "base" and WEB.match(address) for tag, address, _ in page.links)
    return any((based or WEB.match(address)) and not KEPT.match(address) for address in scripts)


def _written(page: Page, source: str, script: str, shown: int) -> str:
    """What is told by the scripts as they are written, of a small page that was not played to its end: it has an address, or
    what makes one, and has to do with going there. What honest empty pages do so, they do with a library or for a click."""
    if page.handlers and AT_ONCE.search(source) is None:
        script = "\n".join(parts(source, "script")[1])  # what a click runs waits for one
    if shown > LEAST_SHOWN or is_library(script):
        return ""
    if LEAVES.search(script):
        return "leaves for another page"
    if len(source) > SMALL or "script" in _web(page):
        return ""
    waits = (page.handlers or "function" in script or "=>" in script) and BUTTON.search(source) is not None
    plain = CUT.sub("", literals.unescape(script))
    leads = not waits and GOING.search(plain) and HIDDEN_ADDRESS.search(STANDARDS.sub("", f"{source}\n{plain}"))
    return "leaves for another page" if leads else ""


def _led(play: Play, shown: int, source: str, script: str) -> str:
    """Where a played page led its reader who had done nothing for it."""
    done = [act for act in play.acts if act.unasked]
    lower = source.lower()
    hidden = {act.kind for act in done if not _plain(act.detail, lower)}
    kinds = hidden | {act.kind for act in done}
    few = shown <= (SOME_SHOWN if len(source) < NOTE else LEAST_SHOWN)
    for kind, way in WAYS:
        if kind in hidden or (few and kind in kinds):
            return way
    if "deciphers" in kinds:
        return "deciphers what it holds"
    later = (act.detail for act in play.of("goes", "submits") if not act.unasked)
    if shown <= SOME_SHOWN and not all(_plain(address, lower) or _near(address, lower) for address in later):
        return "leads on to an address that it hides"
    if shown <= SOME_SHOWN and _handed(play):
        return "gives its reader a code for another page"
    if max(shown, said(play.shown, LEAST_SHOWN)) > LEAST_SHOWN:
        return ""
    if "frame" in hidden or ("frame" in kinds and len(source) < SMALL):
        return "is filled by another page"
    asked = [act.detail for act in done if act.kind == "asks" and not (STANDARDS.search(act.detail) or KEPT.match(act.detail))]
    if "tells" in hidden or (asked and ("asks" in hidden or len(script) < LITTLE_CODE)):
        return "gets its code from elsewhere"
    if "pixels" in kinds:
        return "deciphers what it holds"
    if play.spent and len(source) < SMALL and not play.of("lacks") and not is_library(script):
        return "is busy for longer than any page of its size"
    return ""


def _handed(play: Play) -> bool:
    """Whether one press puts something on the clipboard and leaves for the web, by scripts: codes for devices are got so
    (ATT&CK T1528)."""
    steps = [act.kind for act in play.acts if act.phase == "click" and (act.kind == "copies" or act.more in ("leaves", "opens"))]
    return ("copies", "goes") in pairwise(steps)


def _plain(address: str, lower: str) -> bool:
    """Whether the host of an address stands in the page as it is. Pages that were saved lead to their own site so, though
    they have something to read; lures hide where they lead."""
    host = HOST.search(address.lower())
    if OFFICE.match(address):
        return False
    return host is not None and f"//{host[1]}" in lower.replace("\\/", "/")


def _near(address: str, lower: str) -> bool:
    """Whether the domain of an address stands in the page, but for a label before it: languages and regions are put there."""
    host = HOST.search(address.lower())
    if host is None or host[1].count(".") < 2:
        return False
    domain = host[1].partition(".")[2]
    return domain not in SHARED and f".{domain}" in lower


def _turns(source: str, based: bool) -> bool:
    """Whether a page refreshes itself to another one, scripts being on (HTML 4.2.5.3). `based`: its addresses are those of a
    site (4.2.3)."""
    tags = (html.unescape(tag[0]) for tag in counted(META.finditer(parts(source, "noscript")[0]), TRIES, "meta elements"))
    return any(REFRESH.search(tag) and (ADDRESS.search(tag) or (based and RELATIVE.search(tag))) for tag in tags)


def is_library(script: str) -> bool:
    return sum(1 for _ in islice(LIBRARY.finditer(script), LEAST_LIBRARY)) >= LEAST_LIBRARY


