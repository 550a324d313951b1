"""Every page of the console, as one list: what is opened, as whom, and how. The tests of the browser go through it from end to end.

A named address of `gateway.console.urls` stands here, or in `NO_PAGE` with the reason why it shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from gateway.config.source import MADE
from gateway.console import dashboard
from quarantine.models import DirectoryEntry, OutboxEntry
from quarantine.tokens import OFFERED
from tests.builders.chromium import Page, Windows
from tests.builders.console import PASSWORD, Site, second_site, session_of
from tests.builders.custody import ROOT
from tests.builders.factors import now_of, with_app
from tests.builders.links import Scribe, link, scribe
from tests.builders.shown_mail import fill, hostile

ROLES = {"anna": "analyst", "boss": "supervisor", "staff": "recipient", "clerk": "sender", "admin": "admin", "auditor": "auditor"}
NO_PAGE: Mapping[str, str] = {
    "asset": "a file", "audit-sheet": "a CSV", "audit-export": "a file of records", "logout": "leads to the log-in",
    "language": "leads back", "session-end": "leads to the account", "filter-drop": "leads to the list", "token-revoke": "leads to the tokens"}


EXCEPTIONS = """[[exception]]
id = "vendor"
rule = "block-macros"
scope = { sender = ["vendor.example"] }
owner = "it@bank.example"
until = 2026-12-31
reason = "廠商的表單"
"""
SEEN = {
    "headers": [["From", "鈴木 <clerk@else.example>"], ["Subject", "<script>window.pwned=1</script>請求書" * 3], ["X-Long", "x" * 400]],
    "texts": [["message > 1", "text/html", "<img src=http://evil.example/x onerror=window.pwned=1>\n拝啓\u202e 請求書をお送りします。\n" * 20]],
    "macros": [["message > 2 report.zip > invoice.docm > Module1", "Sub AutoOpen()\n  Shell \"calc\"\nEnd Sub"]],
    "artifacts": [["message > 2 <b>x</b>.zip", "archive", "application/zip", "20480"]]}


@dataclass
class Stage:
    """A house with people, mail of four languages and what is hostile, links of every sort. Pages are opened in its windows."""

    windows: Windows
    size: dict[str, int]
    dark: bool
    language: str
    ids: list[str]
    told: Scribe
    hands: dict[str, Page] = field(default_factory=dict)

    def window(self, who: str) -> Page:
        """That of somebody who is logged in; "" is nobody."""
        if who not in self.hands:
            made = self.windows.window(self.size, self.dark)
            url, cookies = self.windows.url, {"sekisho_language": self.language}
            if who:
                cookies["sekisho"] = session_of(self.windows.site, who).cookies["sekisho"].value
            made.page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
            self.hands[who] = made
        return self.hands[who]


@contextmanager
def stage(windows: Windows, size: dict[str, int], dark: bool, language: str) -> Iterator[Stage]:
    """The house under a name instead of an address, as security keys want it, and with a provider that does not answer."""
    dashboard._counted.clear()
    site, windows.url = windows.site, windows.url.replace("127.0.0.1", "localhost")
    people(site)
    told = scribe(site.house)
    folder = site.house.directory / "second"
    folder.mkdir()
    (folder / MADE).write_text(EXCEPTIONS, encoding="utf-8")
    ids = [*fill(site.house.service, folder, "anna", "staff"), hostile(site.house.service)]
    links(site, ids)
    site.house.service.attend(ids[1])
    OutboxEntry.objects.update(last_reply="451 4.3.0 <img src=x onerror=alert(1)> try later", attempts=3)
    site.keeper.seen = SEEN
    values = second_site(site, windows.url)
    held = values["CONSOLE"]
    config = replace(held.config, oidc=replace(held.config.oidc, issuer="http://127.0.0.1:9", client_id="x", title="Single sign-on"))
    with override_settings(**values | {"CONSOLE": replace(held, config=config)}):
        yield Stage(windows, size, dark, language, ids, told)


def people(site: Site) -> None:
    service = site.house.service
    for name, role in {**ROLES, "newest": "recipient"}.items():
        site.people(name, role)
    service.settings = replace(service.settings, our_domains=frozenset({"bank.example"}))
    service.user_add(ROOT, "newcomer", ["recipient"], ["newcomer@bank.example"])
    service.user_arrive("oidc", "provided", "oidc:https://login.bank.example 7", ["supervisor"], ["provided@bank.example"])
    with_app(site, "coded")
    site.house.clock.forward(minutes=1)
    rows = [{"mailbox": "clerk@bank.example", "supervisor": "boss@bank.example", "name": "林", "department": "授信"}]
    service.directory_import(ROOT, rows, "people.csv")


def links(site: Site, ids: list[str]) -> None:
    for token, party, mailbox, held in (
            ("one", "recipient", "staff", ids[2:3]), ("many", "recipient", "staff", [ids[0], ids[3]]), ("sender", "sender", "clerk", ids[1:2]),
            ("approver", "approver", "boss", ids[1:2]), ("locked", "recipient", "staff", ids[3:4]), ("bad", "recipient", "staff", ids[-1:])):
        link(site.house, f"{mailbox}@bank.example", party, *held, token=token)
    link(site.house, "staff@bank.example", "recipient", ids[0], token="over", days=-1)


# --- how pages are come by

Go = Callable[[Stage, Page], None]


def at(path: str) -> Go:
    """A GET; `{0}` in the path is the first mail's reference number, `{8}` that of the hostile one."""
    return lambda stage, window: window.open(path.format(*stage.ids))


def sent(path: str, page: str = "/account", **fields: str | Sequence[str]) -> Go:
    """A form of ours that is sent from a page of ours."""
    def go(stage: Stage, window: Page) -> None:
        window.open(page.format(*stage.ids))
        window.send(path.format(*stage.ids), fields)
    return go


def clicked(page: str, *buttons: str, **fields: str) -> Go:
    """A page is opened, its fields filled, and its buttons (selectors) pressed one after the other."""
    def go(stage: Stage, window: Page) -> None:
        window.open(page.format(*stage.ids))
        for name, value in fields.items():
            window.page.fill(f"#{name}", value)
        for button in buttons:
            window.press(button)
    return go


def second(kind: str, answer: str = "") -> Go:
    def go(stage: Stage, window: Page) -> None:
        window.open("/login")
        window.send("/login", {"name": "coded", "password": PASSWORD})
        if answer:
            window.send("/login/second", {"kind": kind, "answer": answer})
    return go


def refused_often(stage: Stage, window: Page) -> None:
    for _ in range(6):
        window.open("/login")
        window.send("/login", {"name": "eve", "password": "wrong"})


def app_added(stage: Stage, window: Page) -> None:
    window.open("/account")
    window.press("form[action='/account/app'] button")
    secret = window.page.input_value("[name=secret]")
    window.send("/account/app/add", {"secret": secret, "answer": now_of(stage.windows.site, secret)})


def code_sent(token: str, n: int, act: str, code: str = "", **fields: str) -> Go:
    """The page after the code was mailed; with `code`, after that was typed in ("right": the one that was mailed)."""
    def go(stage: Stage, window: Page) -> None:
        path = f"/m/{token}/{stage.ids[n]}/{act}"
        window.open(path)
        window.send(path, {"step": "code"})
        if code:
            window.send(path, {"step": "do", "code": stage.told.code() if code == "right" else code, **fields})
    return go


def codes_refused(stage: Stage, window: Page) -> None:
    for _ in range(7):
        code_sent("one", 2, "request")(stage, window)


def used(stage: Stage, window: Page) -> None:
    code_sent("sender", 1, "request", "right", reason="取引先です")(stage, window)
    window.open("/m/sender")


def batch(*then: str) -> Go:
    def go(stage: Stage, window: Page) -> None:
        window.open("/quarantine")
        window.send("/quarantine/batch", {"verb": "deny", "reason": "一連の攻撃", "id": [stage.ids[4], stage.ids[7]]})
        for step in then:
            if step == "undo":
                window.send(window.page.url.partition(stage.windows.url)[2] + "/undo", {})
            else:
                stage.windows.site.house.clock.forward(seconds=11)
                stage.windows.site.house.service.carry_out(stage.windows.site.house.service.actor)
                window.page.reload()
    return go


def too_late(stage: Stage, window: Page) -> None:
    window.open("/quarantine")
    window.send("/quarantine/batch", {"verb": "deny", "reason": "x", "id": stage.ids[5:6]})
    path = window.page.url.partition(stage.windows.url)[2] + "/undo"
    stage.windows.site.house.clock.forward(seconds=11)
    stage.windows.site.house.service.carry_out(stage.windows.site.house.service.actor)
    window.send(path, {})


def silent(stage: Stage, window: Page) -> None:
    """The keeper does not answer."""
    stage.windows.site.keeper.broken = True
    try:
        window.open("/quarantine")
    finally:
        stage.windows.site.keeper.broken = False


def our_fault(stage: Stage, window: Page) -> None:
    site = stage.windows.site
    seen, site.keeper.seen = site.keeper.seen, {"artifacts": [("too", "few")]}     # a preview that cannot be unpacked
    try:
        sent("/quarantine/{0}/preview", "/account", reason="x")(stage, window)
    finally:
        site.keeper.seen = seen


def elsewhere(stage: Stage, window: Page) -> None:
    """A link in a page of another site; our page moves on at once, and is kept from it to be looked at."""
    asked: list[str] = []
    address = f"{stage.windows.url}/quarantine"

    def once(route: Any) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fallback()
        else:
            route.abort("aborted")       # leaves the page that asked where it is; any other answer would replace it or its status

    window.page.route(address, once)
    window.page.goto(stage.windows.url.replace("localhost", "127.0.0.1") + "/login")
    window.page.evaluate("address => { location = address }", address)
    for _ in range(200):
        if len(asked) == 2:
            break
        window.page.wait_for_timeout(100)
    window.page.wait_for_load_state()
    window.page.unroute(address)


def emptied(stage: Stage, window: Page) -> None:
    """The directory before the first import; afterwards its people are back."""
    rows = list(DirectoryEntry.objects.all())
    DirectoryEntry.objects.all().delete()
    try:
        window.open("/directory")
    finally:
        DirectoryEntry.objects.bulk_create(rows)


def imported(text: str) -> Go:
    def go(stage: Stage, window: Page) -> None:
        window.open("/directory")
        window.page.set_input_files("#file", {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()})
        window.page.check("#replace")
        window.press("form[action='/directory/import'] button")
    return go


def older(go: Go) -> Go:
    """Some minutes later: what was proven at the log-in counts no longer."""
    def later(stage: Stage, window: Page) -> None:
        stage.windows.site.house.clock.forward(minutes=6)
        go(stage, window)
    return later


@dataclass(frozen=True, slots=True)
class Screen:
    names: tuple[str, ...]               # of the addresses in urls.py that it shows
    who: str
    go: Go
    status: int = 200
    key: str = ""

    @property
    def title(self) -> str:
        return " ".join((*self.names, self.key)).strip()


def one(names: str, who: str, go: Go, status: int = 200, key: str = "") -> Screen:
    return Screen(tuple(names.split()), who, go, status, key)


RULE = '[[rule]]\nid = "x"\nwhen = { finding = ["LINK-*"] }\nthen = "quarantine"\n'
EXCEPTION = {"rule": "no-such-rule", "owner": "it@bank.example", "until": "2026-12-31", "reason": "廠商", "sender": "vendor.example", "password": PASSWORD}
PEOPLE = "mailbox,supervisor,deputies,name,department\nclerk@bank.example,boss@bank.example,vera@bank.example 2026-12-01..2026-12-10,林,授信\n"
BAD_PEOPLE = PEOPLE + "<img src=x onerror=window.pwned=1>,nobody,lin,,\nclerk@bank.example,boss@evil.example,,,\nclerk@bank.example,,,,\n"
ACCOUNT = {"role": ["analyst"], "mailboxes": "", "scopes": "", "language": "", "password": PASSWORD}
SCREENS: tuple[Screen, ...] = (
    # log-in
    one("login", "", at("/login")),
    one("login", "", at("/login?ended=yes&next=/policy"), key="ended"),
    one("login", "", sent("/login", "/login", name="eve", password="wrong"), 403, "wrong"),
    one("login", "", refused_often, 429, "locked"),
    one("oidc", "", at("/login/provider"), 503, "unreachable"),
    one("oidc-back", "", at("/login/provider/back?state=x"), 403, "forged"),
    one("second", "", second("app")),
    one("second", "", second("app", "000000"), 403, "wrong"),
    one("password", "newcomer", at("/password"), key="first"),
    one("password", "staff", at("/password")),
    one("password", "staff", sent("/password", "/password", current=PASSWORD, new="short", again="short"), 409, "refused"),
    # one's own account
    one("account", "anna", at("/account")),
    one("account", "coded", at("/account"), key="with factors"),
    one("factor", "anna", clicked("/account", "form[action='/account/app'] button"), key="app"),
    one("factor", "anna", clicked("/account", "form[action='/account/key'] button"), key="key"),
    one("factor-add", "anna", sent("/account/app/add", secret="A" * 32, answer="000000"), 409, "wrong"),
    one("factor-add", "boss", app_added, key="codes"),
    one("factor-codes", "coded", sent("/account/codes")),
    one("factor-remove", "anna", sent("/account/remove", factor="app"), 409),
    one("prove", "anna", at("/prove?next=/users"), key="just done"),
    # people
    one("users", "admin", at("/users")),
    one("user", "admin", at("/users/account?name=coded")),
    one("user", "admin", at("/users/account?name=admin"), key="own"),
    one("user", "admin", at("/users/account?name=provided"), key="of a provider"),
    one("user-add", "admin", sent("/users/add", "/users", name="新人", **ACCOUNT), key="made"),
    one("user-add", "admin", sent("/users/add", "/users", name="anna", **ACCOUNT), 409, "taken"),
    one("user-change", "admin", sent("/users/password", "/users", name="newcomer", password=PASSWORD)),
    one("users", "anna", at("/users"), 403, "refused"),
    one("directory", "admin", at("/directory")),
    one("directory", "admin", at("/directory?text=誰も&after=a"), key="nothing found"),
    one("directory", "admin", emptied, key="empty"),
    one("directory-import", "admin", imported(BAD_PEOPLE), 400, "with errors"),
    one("directory", "admin", imported(PEOPLE), key="imported"),
    # records
    one("audit", "auditor", at("/audit")),
    one("audit", "auditor", at("/audit?by=nobody&since=yesterday"), key="nothing found"),
    one("audit-verify", "auditor", sent("/audit/verify", "/audit")),
    one("reports", "boss", at("/reports")),
    one("reports", "auditor", at("/reports?month=2026-11&form=page"), key="of a month"),
    one("reports", "auditor", at("/reports?month=2026-13"), 400, "no month"),
    one("tokens", "anna", at("/tokens")),
    one("token-add", "anna", sent("/tokens/add", "/tokens", label="SIEM 連携", days="90", verb=sorted(OFFERED)), key="made"),
    one("token-add", "anna", sent("/tokens/add", "/tokens", label="", days="0"), 409, "refused"),
    # rules
    one("policy", "auditor", at("/policy")),
    one("policy-try", "admin", sent("/policy/try", "/policy", change=RULE)),
    one("policy-try", "admin", sent("/policy/try", "/policy", change="[[rule]"), 409, "bad"),
    one("exceptions", "admin", at("/exceptions")),
    one("exceptions", "auditor", at("/exceptions"), key="to read"),
    one("exception-make", "admin", sent("/exceptions/make", "/exceptions", **EXCEPTION), 409),
    one("exception-end", "admin", sent("/exceptions/end", "/exceptions", id="x", reason="x"), 409),
    one("signatures", "auditor", at("/signatures")),
    one("health", "admin", at("/health")),
    one("outbox", "admin", at("/outbox?all=yes")),
    one("outbox", "auditor", at("/outbox"), key="to read"),
    one("outbox-change", "admin", sent("/outbox/{0}/retry", "/outbox"), 409),
    # mail
    *(one("dashboard", who, at("/"), key=role) for who, role in ROLES.items()),
    *(one("list", who, at("/quarantine"), key=role) for who, role in ROLES.items()),
    one("list", "anna", at("/quarantine?text=沒有&since=2026-11-01"), key="nothing found"),
    one("list", "newest", at("/quarantine"), key="empty"),
    one("filter-keep", "anna", sent("/quarantine/filters", "/quarantine", name=" ", kind="leak"), 409),
    one("many", "anna", sent("/quarantine/batch", "/quarantine", verb="deny", reason="x"), 409),
    one("batch", "anna", batch(), key="waiting"),
    one("batch-undo", "anna", batch("undo"), key="undone"),
    one("batch", "anna", batch("wait"), key="done"),
    one("batch-undo", "anna", too_late, 409, "too late"),
    *(one("show", who, at("/quarantine/{0}"), key=role) for who, role in ROLES.items() if who != "clerk"),
    *(one("show", who, at("/quarantine/{1}"), key=f"leak {role}") for who, role in ROLES.items() if who != "staff"),
    one("show", "anna", at("/quarantine/{3}"), key="not inspectable"),
    one("show", "anna", at("/quarantine/{8}"), key="hostile"),
    one("show", "staff", at("/quarantine/{1}"), 404, "of others"),
    one("preview", "anna", sent("/quarantine/{8}/preview", reason="確認")),
    one("preview", "anna", sent("/quarantine/{8}/preview", reason=""), 409, "without reason"),
    one("copy", "anna", sent("/quarantine/{2}/copy", reason="確認", password=PASSWORD)),
    one("fetch", "anna", sent("/quarantine/{2}/fetch", ticket="x"), 403),
    one("act", "anna", sent("/quarantine/{0}/deny", reason=" "), 409),
    one("act", "staff", clicked("/quarantine/{8}", "button[formaction$='/request']", reason="確認したいです"), key="done"),
    # links without an account
    one("pass", "", at("/m/one")),
    one("pass", "", at("/m/many"), key="many"),
    one("pass-mail", "", at("/m/many/{3}")),
    one("pass", "", at("/m/sender"), key="sender"),
    one("pass", "", at("/m/approver"), key="approver"),
    one("pass", "", at("/m/bad"), key="hostile"),
    one("pass-act", "", at("/m/one/{2}/request")),
    one("pass-act", "", at("/m/one/{2}/without"), key="without"),
    one("pass-act", "", at("/m/one/{2}/withdraw"), 409, "not possible"),
    one("pass-act", "", code_sent("one", 2, "request"), key="code"),
    one("pass-act", "", code_sent("one", 2, "request", "00000000", reason="x"), 403, "wrong code"),
    one("pass-act", "", code_sent("one", 2, "request", "right", reason=" "), 400, "no reason"),
    one("pass-act", "", code_sent("locked", 3, "password"), key="password"),
    one("pass-act", "", code_sent("approver", 1, "approve"), key="approve"),
    one("pass-act", "", codes_refused, 429, "too many codes"),
    one("pass", "", used, 410, "used"),
    one("pass", "", at("/m/over"), 410, "over"),
    one("pass", "", at("/m/forged"), 404, "forged"),
    # what goes wrong
    one("", "anna", at("/nothing"), 404, "missing"),
    one("", "", at("/m/a/b/c/d"), 404, "missing, for nobody"),
    one("preview", "anna", at("/quarantine/{0}/preview"), 405, "typed in"),
    one("act", "anna", sent("/quarantine/{0}/deny", csrfmiddlewaretoken="x", reason="x"), 403, "untrusted"),
    one("many", "anna", sent("/quarantine/batch", "/quarantine", id=["x"] * 400), 400, "too much"),
    one("list", "anna", silent, 503, "unavailable"),
    one("preview", "anna", our_fault, 500, "our fault"),
    one("list", "anna", elsewhere, 200, "from another site"),
    one("prove", "anna", older(at("/prove?next=/users"))),
    one("prove", "provided", older(at("/prove?next=/users")), key="provider"),
    one("show", "anna", at("/quarantine/{3}"), key="password once more"),
)


def addresses() -> set[str]:
    """The names of all addresses of the console."""
    def within(patterns: Sequence[Any]) -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from within(one.url_patterns)
            elif isinstance(one, URLPattern):
                yield str(one.name)
    return set(within(get_resolver("gateway.console.urls").url_patterns))

