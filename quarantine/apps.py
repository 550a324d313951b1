"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class QuarantineConfig(AppConfig):
    name = "quarantine"
    label = "quarantine"
    verbose_name = "Custody"
    default_auto_field = "django.db.models.BigAutoField"
