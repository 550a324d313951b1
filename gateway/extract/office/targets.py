"""External targets of documents: where a link goes (this machine, the web, a share) and what may be fetched from there.

Word and Excel fetch templates, linked objects and workbooks without asking or with one click; a hyperlink needs a reader
who clicks, and an https picture shows at most that the document was opened. [MS-OI29500], ECMA-376 part 2, 9.3.
"""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

from gateway.model.content import Observation


class Place(StrEnum):
    LOCAL = "local"                      # a path of the author's machine, or beside the document
    WEB = "web"                          # http, https, ftp
    SHARE = "share"                      # a UNC path or file URL with a host: sends the reader's credentials
    SCRIPT = "script"                    # a scheme that runs something
    OTHER = "other"                      # mailto and schemes we do not know


RUNNING = frozenset({
    "javascript", "vbscript", "ms-msdt", "search-ms", "search", "ms-search", "ms-officecmd", "ms-appinstaller", "mhtml", "mk",
    "ms-its", "its", "jnlp",
    "jnlps", "ms-cxh", "shell", "res", "hcp", "script", "soap", "wscript", "msxml", "ms-screensketch", "calculator", "vbs",
    "x-usc", "jar", "vnd.libreoffice.command", "vnd.sun.star.script",
    "ms-cxh-full", "ms-device-enrollment", "ms-quick-assist", "quickassist", "rdp", "itms-services",
    "applescript", "ksoqing", "ksoqingcmd", "ksowebstartuplink", "shortcuts", "workflow", "iterm2", "ms-rd",
})
"""The last ones hand the machine over to others, install on it, start scripts and terminals of macOS, and programs of WPS Office
with what the link says (CVE-2024-7262)."""
INSTALLING = re.compile(r"(?:mcp[/_-]?(?:install|server)|(?:install|add)[/_-]?mcp|extension\?cmd=)", re.I)
"""Within a link to a program of its own: it sets up a command that the program then runs (deep links of editors and assistants)."""
OPTION = re.compile(r"[a-z][a-z0-9+.-]{1,40}://-", re.I)
"""A host that begins with a hyphen is an option of the program that the link starts (ssh://-oProxyCommand=, CVE-2017-1000117)."""
SHARES = frozenset({"smb", "smbs", "cifs", "afp", "nfs", "dav", "davs", "webdav", "webdavs", "ldap", "ldaps"})
"""Schemes by which a machine is asked for something with the credentials of the reader."""
OFFICE_CLOUD = re.compile(r"^https://[a-z0-9.-]+\.(?:sharepoint\.com|sharepoint\.cn|sharepoint\.de)/|"
                          r"^https://d\.docs\.live\.net/", re.I)
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")
_DRIVE = re.compile(r"^/*[A-Za-z][:|]")
VOLUME = re.compile(r"(?!ms-)(?:[^:/\\\x00-\x1f ]{1,26}(?::[^:/\\!{}()<>|\x00-\x1f]{1,255}){3,60}|"
                    r"[^:/\\\x00-\x1f]{1,26}[ ][^:/\\\x00-\x1f]{1,26}(?::[^:/\\!{}()<>|\x00-\x1f]{1,255}){2,60})\Z", re.I)
"""A path of the old Macintosh, volume:folder:file, which no machine fetches from another one. Schemes have no blank; without one
in the volume's name two folders are asked for."""
COMMAND = re.compile(r";\d;\d;\d;\s*$")
DEVICE = re.compile(r"((?:[a-z]{2,9}:)?)(?:/{2,9}[?.]|/{1,9}\?\?)/"
                    r"(?:(?:GLOBALROOT/Device/(?:Mup|LanmanRedirector)|UNC)/|(?=[a-z]:))",
                    re.I)
"""The long spelling of Windows: \\\\?\\UNC\\host\\share, \\\\?\\C:\\file, \\??\\UNC\\host\\share ([MS-DTYP] 2.2.57)."""
OPENED = re.compile(r"ms-(word|excel|powerpoint|visio|officeapp|access|project|publisher|infopath|spd):"
                    r"(?:(?:ofe|ofv|nft|ofc)\|)?(?:[a-z]\|)?|onenote:/{0,3}(?=https?:|file:|\\\\|//)", re.I)
"""A link that an office program opens by itself: command, kind, address (Office URI Schemes; the page calls it a command line)."""
RUN_BY = frozenset({"access", "project", "publisher", "infopath", "spd"})
"""Programs whose files run something by custom."""
MACROS = re.compile(r"\.(?:docm|dotm|dotx?|xlsm|xltm|xlsb|xlam?|xlt|pptm|potm|pp[as]m|ppa|vs[dst]m|accd[a-z]|mdb|ad[ep])"
                    r"(?:$|[?#|])", re.I)
_SPACE = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")


OWN_NETWORKS = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
                                      "100.64.0.0/10")))
"""Addresses that only the author's own network knows (RFC 1918, 3927, 6598)."""
OWN_NAMES = (".local", ".lan", ".internal", ".intranet", ".intra", ".corp", ".home", ".localdomain", ".private", ".home.arpa")
"""Endings of names that no public server answers to (RFC 6762, appendix G; RFC 8375)."""
OWN_LONG = re.compile(r"\[(?:fe[89ab]|f[cd]|::1\])", re.I)
"""The same of IPv6: of a link, of a site (RFC 4291, 4193)."""
HEXADECIMAL = re.compile("0x[0-9a-f]{1,8}")
"""An address as one number."""
AUTHORITY = re.compile(r"(?:[a-z]{2,9}:)?/{2,9}([^/]{1,400})", re.I)
PLAIN_NAME = re.compile(r"(?!0x)[^\W_][\w-]{0,62}", re.I)
PORT = re.compile(r"@(?:ssl|\d{1,5})(?:@\d{1,5})?\Z|:\d{1,5}\Z")
"""Of WebDAV, behind the name of a machine."""


def opened(target: str) -> str:
    """What an office program is told to open by a link to itself; other targets as they are."""
    if target[:3].lower() not in ("ms-", "one"):
        return target
    plain = unquote(target)
    return plain[found.end():] if (found := OPENED.match(plain)) else target


def place(target: str) -> Place:
    """Where a target leads. Percent signs, blanks, invisible characters and slashes of either kind are seen through."""
    target = opened(target)
    if target.startswith(("https://", "http://")):
        return Place.WEB
    text = _plain(target)
    scheme = _SCHEME.match(text)
    if scheme and not _DRIVE.match(text):
        name = scheme.group(1).lower()
        rest = text[scheme.end():]
        if name in ("http", "https", "ftp", "ftps"):
            return Place.WEB
        if name == "file":
            return _file(rest)
        if name in SHARES:
            return Place.SHARE
        if name in RUNNING or (name not in NEUTRAL and (OPTION.match(text) or INSTALLING.search(text, scheme.end(), 400))):
            return Place.SCRIPT
        return Place.LOCAL if VOLUME.match(unquote(target)) else Place.OTHER
    if text.startswith("//") and not _DRIVE.match(text):
        return Place.SHARE
    return Place.LOCAL


def _plain(target: str) -> str:
    """With slashes of one kind, without blanks, percent signs and the prefixes of Windows."""
    text = _SPACE.sub("", unquote(target)).replace("\\", "/")
    return DEVICE.sub(_short, text, count=1) if "?/" in text[:20] or "/./" in text[:20] else text


def _short(found: re.Match[str]) -> str:
    return found[1] + ("" if found[0].endswith(("?/", "./")) else "//")


def abroad(target: str) -> bool:
    """A share that other networks can offer: by a public address, a full name, or WebDAV on a port. A plain machine name or a
    private address is the author's own file server, which nobody else can reach or stand in for."""
    found = AUTHORITY.match(_plain(opened(target))) if place(target) is Place.SHARE else None
    if found is None:
        return False
    host = found[1].lower().rstrip(".")
    if PORT.search(host):
        return True
    host = host.rpartition("@")[2]
    if host.replace(".", "").isdigit():
        try:
            return not any(ip_address(host) in network for network in OWN_NETWORKS)
        except ValueError:
            return True                  # one number, or too few: Windows reads it, people do not write it
    if host.startswith("["):
        return OWN_LONG.match(host) is None
    if HEXADECIMAL.fullmatch(host):
        return True
    return "." in host and not host.endswith(OWN_NAMES)


def own(target: str) -> bool:
    """A share of a machine that only the author's own network knows by that plain name, as templates, pictures and tables of an
    office lie on. A program there is none of them, and one without a name says nothing of whose it is."""
    if place(target) is not Place.SHARE or program(target):
        return False
    found = AUTHORITY.match(_plain(target))
    return found is not None and PLAIN_NAME.fullmatch(found[1]) is not None and not found[1].isdigit()


def unescaped(command: str) -> str:
    """The target of a link's command as Hangul writes it: colons, semicolons and question marks stand behind a backslash, and
    numbers behind the first semicolon without one (HWP 5.0, 4.3.10.15). Other addresses are left as they are."""
    if not COMMAND.search(command):
        return command
    return re.split(r"(?<!\\);", command, maxsplit=1)[0].replace("\\:", ":").replace("\\;", ";").replace("\\?", "?")


def scheme(target: str) -> str:
    """The scheme of an address, lower-case; "" for paths."""
    found = _SCHEME.match(_SPACE.sub("", unquote(target)))
    return found[1].lower() if found else ""


def program(target: str) -> bool:
    """A link to a program, script or disk image that is no web page, or to a share over WebDAV: one click starts it. And one by
    which an office program opens a file with macros."""
    if (found := OPENED.match(plain := unquote(target))) and found[1]:
        return found[1].lower() in RUN_BY or MACROS.search(plain, found.end()) is not None
    target = opened(target)
    if place(target) not in (Place.LOCAL, Place.SHARE):
        return False
    text = unquote(target).strip()
    return PROGRAM.search(text[:2048]) is not None or DAV_PORT.match(text.removeprefix("file:")) is not None


def _file(rest: str) -> Place:
    """file:///C:/x and file://localhost/x are here, file://host/x, file://///host/x and with more of them are shares."""
    if _DRIVE.match(rest) or not rest.startswith("//"):
        return Place.LOCAL
    slashes = len(rest) - len(rest.lstrip("/"))
    host = rest.lstrip("/").partition("/")[0].lower()
    if slashes != 3 and host not in ("", "localhost", "127.0.0.1", "."):
        return Place.SHARE
    return Place.LOCAL


LOADED = {
    # relationship type (last step, lower case) -> code of what is fetched
    "attachedtemplate": "TEMPLATE",
    "oleobject": "OLE",
    "package": "OLE",
    "externallinkpath": "WORKBOOK",
    "externallinklongpath": "WORKBOOK",
    "xlpathmissing": "WORKBOOK",
    "xlstartup": "WORKBOOK",
    "xlexternallinkpath/xlstartup": "WORKBOOK",
    "xlalternatestartup": "WORKBOOK",
    "xllibrary": "WORKBOOK",
    "xllinkedtype": "WORKBOOK",
    "attachedtoolbars": "TOOLBAR",
    "subdocument": "SUBDOCUMENT",
    "frame": "FRAME",
    "mailmergesource": "DATASOURCE",
    "mailmergeheadersource": "DATASOURCE",
    "recipientdata": "DATASOURCE",
    "vbaproject": "MACRO",
    "wordvbadata": "MACRO",
    "control": "CONTROL",
    "activexcontrolbinary": "CONTROL",
    "afchunk": "CHUNK",
    "officedocument": "DOCUMENT",
    "transform": "TRANSFORM",
    "customxml": "CUSTOMXML",
    "webextension": "WEBEXTENSION",
    "slideupdateurl": "SLIDE",
    "stylesheet": "STYLES",
    "styles": "STYLES",
    "settings": "SETTINGS",
    "font": "FONT",
}
NEUTRAL = frozenset({"mailto", "tel", "sms", "fax", "urn", "cid", "mid", "about", "onenote", "news", "data", "callto", "sip",
                     "bookmark", "wordml"})
"""Schemes that fetch nothing from elsewhere by themselves."""
PROGRAM = re.compile(
    r"\.(?:exe|scr|pif|cpl|msi|msc|msix|appx|appinstaller|dll|lnk|bat|cmd|ps1|vbs|vbe|jse?|wsf|wsh|hta|jar|sct|reg|scf|url|website|"
    r"library-ms|search-ms|searchconnector-ms|settingcontent-ms|appref-ms|application|iso|img|vhdx?|chm|xll|rdp|theme|desktop|command)"
    r"(?:$|[\s?#&\"',;]|%20)", re.I)
DAV_PORT = re.compile(r"^[/\\]{2}[^/\\@]{1,255}@(?:SSL|\d{1,5})(?:@\d{1,5})?[/\\]", re.I)
CARRIED = re.compile(r"(?:(?<![:\\])\\\\|file:/{2,5})[^\s\"'<>|&]{3,260}", re.I)
AWAY = re.compile(r"^[a-z][a-z0-9+.-]{1,40}:/{4,9}(?=[^/])", re.I)
OFFICE = frozenset({"attachedtemplate", "oleobject", "package", "mailmergesource", "mailmergeheadersource", "image", "linkedimage"})
"""What people of one office keep on a machine of theirs, and send documents with."""
MEDIA = frozenset({"image", "video", "audio", "media", "movie", "linkedimage"})


def carries_share(target: str) -> bool:
    """A share of the world within what a link tells a program (ms-photos:viewer?fileName=..., wpa:////host/file)."""
    text = AWAY.sub(r"\\\\", unquote(target[:2048]))
    return scheme(target) not in NEUTRAL and any(abroad(found[0]) for found in CARRIED.finditer(text))


def judge(kind: str, target: str) -> Observation | None:
    """What an external relationship of this type (last step of its URI) means; None for what is ordinary."""
    kind = kind.lower()
    where = place(target)
    if kind == "hyperlink":
        if where is Place.SCRIPT:
            return Observation("DOC-LINK-SCHEME", target)
        if program(target):
            return Observation("DOC-LINK-PROGRAM", target)
        if abroad(target) or (where is Place.OTHER and carries_share(target)):
            return Observation("DOC-LINK-SHARE", target)
        return Observation("DOC-LINK", target) if where in (Place.WEB, Place.SHARE) else None
    if kind in ("oleobject", "package") and where is Place.LOCAL and program(target):
        return Observation("DOC-RUN-PROGRAM", target)     # a double click starts what the reader's own machine has there
    if where is Place.OTHER and scheme(target) not in NEUTRAL:
        return Observation(f"DOC-REMOTE-{LOADED.get(kind, 'OTHER')}", target)
    if kind in OFFICE and own(target):
        return Observation("DOC-LOCAL-OLE", target) if kind in ("oleobject", "package") else None
    if kind in MEDIA:
        if where in (Place.SHARE, Place.SCRIPT):
            return Observation("DOC-EXTERNAL-SHARE", target)
        return Observation("DOC-EXTERNAL-MEDIA", target) if where is Place.WEB else None
    what = LOADED.get(kind, "OTHER")
    if where is Place.SHARE and what == "WORKBOOK" and not abroad(target):
        return Observation("DOC-LOCAL-WORKBOOK", target)  # people of one office calculate with each other's sheets
    if where is Place.LOCAL or where is Place.OTHER:
        return Observation(f"DOC-LOCAL-{what}", target) if what in ("OLE", "WORKBOOK") else None
    if what == "WORKBOOK" and OFFICE_CLOUD.match(target):
        return Observation("DOC-CLOUD-WORKBOOK", target)
    if where is not Place.WEB and what in ("WEBEXTENSION", "FONT"):
        return Observation("DOC-EXTERNAL-SHARE", target)
    return Observation(f"DOC-REMOTE-{what}", target)
