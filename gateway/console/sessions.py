"""Django's sessions in `Book`: idle and absolute lifetime by the injected clock, gone at once after a log-out."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from gateway.console.state import console


class SessionStore(SessionBase):

    def load(self) -> dict[str, Any]:
        times = console().config.console
        data = console().book.load(self.session_key, times.idle, times.lifetime) if self.session_key else None
        if data is None:
            self._session_key = None     # a key that somebody brought along is never used
            return {}
        decoded: dict[str, Any] = self.decode(data)
        return decoded

    def exists(self, session_key: str) -> bool:
        return console().book.exists(session_key)

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self.encode(self._get_session(no_load=must_create))
        if must_create:
            if not console().book.insert(self.session_key, data, console().config.console.lifetime):
                raise CreateError
        elif not console().book.update(self.session_key, data):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            console().book.remove(key)

    @classmethod
    def clear_expired(cls) -> None:
        """`Book.insert` does it."""
