"""Addresses of the console. Links in notices lead to the first."""

from __future__ import annotations

from django.urls import path, re_path

from gateway.console import assets, dashboard, directory, exceptions, lists, pages, personal, rules, signing, system, views
from gateway.console.accounts import addresses as accounts
from gateway.console.ledger import addresses as ledger
from gateway.console.middleware import anybody, malformed
from gateway.console.words import ACT
from gateway.notices.phrases import ACTS as PERSONAL

ID = "(?P<id>[0-9a-hjkmnp-tv-z]{24})"    # gateway.model.ids
VERB = "|".join(ACT)
LINK = "(?P<token>[A-Za-z0-9_-]{1,100})"
ACTS = "|".join(PERSONAL)

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("login", signing.login, name="login"),
    *accounts.urlpatterns,
    *ledger.urlpatterns,
    path("logout", signing.logout, name="logout"),
    path("password", signing.password, name="password"),
    path("language", signing.language, name="language"),
    path("static/<str:name>", assets.serve, name="asset"),
    path("policy", rules.policy, name="policy"),
    path("policy/try", rules.attempt, name="policy-try"),
    path("exceptions", exceptions.exceptions, name="exceptions"),
    path("exceptions/make", exceptions.make, name="exception-make"),
    path("exceptions/end", exceptions.end, name="exception-end"),
    path("directory", directory.directory, name="directory"),
    path("directory/import", directory.import_, name="directory-import"),
    path("signatures", system.signatures, name="signatures"),
    path("health", system.health, name="health"),
    path("outbox", system.outbox, name="outbox"),
    re_path(f"^outbox/{ID}/(?P<verb>retry|drop)$", system.outbox_change, name="outbox-change"),
    path("quarantine", lists.held_list, name="list"),
    path("quarantine/filters", lists.keep, name="filter-keep"),
    path("quarantine/filters/drop", lists.drop, name="filter-drop"),
    path("quarantine/batch", lists.many, name="many"),
    re_path(f"^batches/{ID}$", lists.batch, name="batch"),
    re_path(f"^batches/{ID}/undo$", lists.undo, name="batch-undo"),
    re_path(f"^m/{LINK}$", personal.opened, name="pass"),
    re_path(f"^m/{LINK}/{ID}$", personal.mail, name="pass-mail"),
    re_path(f"^m/{LINK}/{ID}/(?P<act>{ACTS})$", personal.act, name="pass-act"),
    re_path(f"^quarantine/{ID}$", views.show, name="show"),
    re_path(f"^quarantine/{ID}/preview$", views.preview, name="preview"),
    re_path(f"^quarantine/{ID}/copy$", views.copy, name="copy"),
    re_path(f"^quarantine/{ID}/fetch$", views.fetch, name="fetch"),
    re_path(f"^quarantine/{ID}/(?P<verb>{VERB})$", views.act, name="act"),
]
handler400 = malformed
handler404 = anybody(pages.missing)
handler500 = pages.failed
