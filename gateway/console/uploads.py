"""Files that people send: to one address alone, by people who are logged in, up to what that page reads."""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from gateway.console.people import account_of
from gateway.console.server import UPLOAD
from gateway.reference.directory import LONGEST
from quarantine.access import Act


class Handler(FileUploadHandler):
    """Keeps one file, for whoever may import the directory; what stands behind the first octet too many is dropped."""

    request: HttpRequest

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        if self.request.path != UPLOAD:
            raise TooManyFilesSent("no file belongs to this page")
        account = account_of(self.request.user)
        if account is None or not account.may(Act.ACCOUNTS):
            raise SkipFile
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.kept.write(raw_data[:max(0, LONGEST + 1 - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self.kept.tell()
        self.kept.seek(0)
        return InMemoryUploadedFile(self.kept, self.field_name, self.file_name, self.content_type, size, self.charset)
