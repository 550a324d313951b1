from __future__ import annotations

import pytest
from django.contrib.sessions.backends.base import UpdateError

from gateway.console.sessions import SessionStore
from tests.builders.console import Site


def test_a_session_comes_back(site: Site) -> None:
    store = SessionStore()
    store["a"] = 1
    store.save()
    again = SessionStore(store.session_key)
    assert again["a"] == 1 and store.exists(store.session_key)
    again.delete()
    assert SessionStore(store.session_key).load() == {}


def test_a_key_brought_along_is_never_used(site: Site) -> None:
    store = SessionStore("f" * 32)
    assert store.get("a") is None
    store["a"] = 1
    store.save()
    assert store.session_key != "f" * 32


def test_a_new_key_keeps_the_data_and_ends_the_old(site: Site) -> None:
    store = SessionStore()
    store["a"] = 1
    store.save()
    old = store.session_key
    store.cycle_key()
    store.save()
    assert SessionStore(store.session_key)["a"] == 1 and not store.exists(old)


def test_saving_after_a_log_out_elsewhere_fails(site: Site) -> None:
    store = SessionStore()
    store["a"] = 1
    store.save()
    SessionStore(store.session_key).delete()
    with pytest.raises(UpdateError):
        store.save()
    SessionStore.clear_expired()
