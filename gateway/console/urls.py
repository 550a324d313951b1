"""Addresses of the console. Links in notices lead to the first."""

from __future__ import annotations

from django.urls import path, re_path

from gateway.console import assets, pages, signing, views
from gateway.console.middleware import anybody
from gateway.console.words import ACT

ID = "(?P<id>[0-9a-hjkmnp-tv-z]{24})"    # gateway.model.ids
VERB = "|".join(ACT)

urlpatterns = [
    path("", views.home, name="home"),
    path("login", signing.login, name="login"),
    path("logout", signing.logout, name="logout"),
    path("password", signing.password, name="password"),
    path("language", signing.language, name="language"),
    path("static/<str:name>", assets.serve, name="asset"),
    path("quarantine", views.held_list, name="list"),
    re_path(f"^quarantine/{ID}$", views.show, name="show"),
    re_path(f"^quarantine/{ID}/preview$", views.preview, name="preview"),
    re_path(f"^quarantine/{ID}/(?P<verb>{VERB})$", views.act, name="act"),
]
handler404 = anybody(pages.missing)
handler500 = pages.failed
