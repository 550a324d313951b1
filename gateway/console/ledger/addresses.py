"""Addresses of the record, of reports and of tokens; `gateway.console.urls` takes them in."""

from __future__ import annotations

from django.urls import path

from gateway.console.ledger import record, reports, tokens

urlpatterns = [
    path("audit", record.audit, name="audit"),
    path("audit/sheet", record.sheet, name="audit-sheet"),
    path("audit/verify", record.verify, name="audit-verify"),
    path("audit/export", record.export, name="audit-export"),
    path("reports", reports.reports, name="reports"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/add", tokens.add, name="token-add"),
    path("tokens/revoke", tokens.revoke, name="token-revoke"),
]
