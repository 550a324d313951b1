"""Addresses of log-ins and accounts; `gateway.console.urls` takes them in."""

from __future__ import annotations

from django.urls import path, re_path

from gateway.console.accounts import again, oidc, own, second, users

KIND = "(?P<kind>app|key)"
VERB = "(?P<verb>role|disable|enable|password|reset-mfa|end)"

urlpatterns = [
    path("login/second", second.second, name="second"),
    path("login/provider", oidc.leave, name="oidc"),
    path("login/provider/back", oidc.arrive, name="oidc-back"),
    path("prove", again.prove, name="prove"),
    path("account", own.show, name="account"),
    re_path(f"^account/{KIND}$", own.begin, name="factor"),
    re_path(f"^account/{KIND}/add$", own.add, name="factor-add"),
    path("account/remove", own.remove, name="factor-remove"),
    path("account/codes", own.codes, name="factor-codes"),
    path("account/end", own.end, name="session-end"),
    path("users", users.everybody, name="users"),
    path("users/account", users.one, name="user"),
    path("users/add", users.add, name="user-add"),
    re_path(f"^users/{VERB}$", users.change, name="user-change"),
]
