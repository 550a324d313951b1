"""Files go to one address, up to a size; anywhere else a file is a request that cannot be read."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gateway.console import uploads
from gateway.reference import directory
from quarantine.models import DirectoryEntry
from tests.builders.console import Site

FILE = b"mailbox,supervisor\na@bank.example,\n"


def test_a_file_on_another_page_is_refused(site: Site) -> None:
    site.people("admin", "admin")
    admin = site.browser("admin")
    answer = admin.send("/users/add", {"name": "x", "file": SimpleUploadedFile("x.csv", FILE)}, "/users")  # type: ignore[dict-item]
    assert answer.status_code == 400 and "This request cannot be read" in answer.content.decode()


def test_two_files_are_refused(site: Site) -> None:
    site.people("admin", "admin")
    form = {"replace": "yes", "file": SimpleUploadedFile("x.csv", FILE), "more": SimpleUploadedFile("y.csv", FILE)}
    assert site.browser("admin").send("/directory/import", form, "/directory").status_code == 400  # type: ignore[arg-type]
    assert not DirectoryEntry.objects.exists()


@pytest.mark.parametrize(("more", "status"), [(0, 303), (1, 400)])
def test_what_is_too_large_is_not_kept_and_said(site: Site, monkeypatch: pytest.MonkeyPatch, more: int, status: int) -> None:
    for module in (uploads, directory):
        monkeypatch.setattr(module, "LONGEST", len(FILE) + 70_000)       # more than one piece of what Django reads
    site.people("admin", "admin")
    file = SimpleUploadedFile("x.csv", FILE + b"\n" * (70_000 + more))
    answer = site.browser("admin").send("/directory/import", {"replace": "yes", "file": file}, "/directory")  # type: ignore[dict-item]
    assert answer.status_code == status and DirectoryEntry.objects.exists() is (status == 303)
    assert ("larger than" in answer.content.decode()) is (status == 400)
