from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.builders.console import Site, site
from tests.builders.custody import ROOT, clock, held, house, service, template, unblocked

__all__ = ["clock", "held", "house", "service", "site", "template", "unblocked"]


@dataclass
class Program:
    """A client with a token and nothing else."""

    token: str

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"host": "127.0.0.1:8080", **({"authorization": f"Bearer {self.token}"} if self.token else {})} | more.pop("headers", {})
        sent = {} if body is None else {"data": body if isinstance(body, bytes) else json.dumps(body), "content_type": "application/json"}
        return Client(enforce_csrf_checks=True).generic(method, f"/api/v1{path}", headers=headers, **sent | more)

    def get(self, path: str, **more: Any) -> Any:
        return self("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self("POST", path, body, **more)


@pytest.fixture
def program(site: Site) -> Callable[..., Program]:
    """Makes an account of that role and its token."""
    def make(name: str, role: str, **more: Any) -> Program:
        site.people(name, role)
        return Program(str(site.house.service.token_add(ROOT, name, "test", 30, **more)["token"]))
    return make
