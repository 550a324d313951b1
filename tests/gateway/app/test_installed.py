import hashlib
from base64 import urlsafe_b64encode
from importlib.metadata import PathDistribution

import pytest

from gateway.app import installed


def recorded(octets):
    return "sha256=" + urlsafe_b64encode(hashlib.sha256(octets).digest()).decode().rstrip("=")


@pytest.fixture
def wheel(tmp_path):
    """A site-packages folder with an installed wheel of three files."""
    info = tmp_path / "sekisho-1.dist-info"
    info.mkdir()
    files = {"gateway/__init__.py": b"a = 1\n", "quarantine/x.py": b"b = 1\n", "signatures/y.toml": b"c = 1\n"}
    for name, octets in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(octets)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sekisho\nVersion: 1\n")
    (info / "RECORD").write_text("".join(f"{n},{recorded(o)},{len(o)}\n" for n, o in files.items()) + "sekisho-1.dist-info/RECORD,,\n")
    return tmp_path


def altered(wheel):
    return installed.altered(PathDistribution(wheel / "sekisho-1.dist-info"))


def test_as_installed(wheel):
    (wheel / "gateway" / "__pycache__").mkdir()
    (wheel / "gateway" / "__pycache__" / "x.pyc").touch()
    (wheel / "elsewhere.py").touch()
    assert altered(wheel) == []


def test_changed_missing_and_planted_files_are_named(wheel):
    (wheel / "gateway" / "__init__.py").write_bytes(b"a = 2\n")
    (wheel / "quarantine" / "x.py").unlink()
    (wheel / "signatures" / "z.toml").touch()
    assert altered(wheel) == ["gateway/__init__.py", "quarantine/x.py", "signatures/z.toml"]


def test_a_checkout_has_nothing_to_compare_with(wheel):
    (wheel / "sekisho-1.dist-info" / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    (wheel / "gateway" / "__init__.py").unlink()
    assert altered(wheel) is None


def test_libraries_with_versions(monkeypatch):
    assert all(version for name, version in installed.libraries() if name in ("click", "django", "Django"))
    monkeypatch.setattr(installed, "requires", lambda name: ["click>=8", "not-there-at-all[x]>=1 ; python_version > '3'", "x; extra == 'test'"])
    found = dict(installed.libraries())
    assert found["click"] and found["not-there-at-all"] == "" and set(found) == {"click", "not-there-at-all"}


def test_shared_objects(monkeypatch):
    assert set(dict(installed.shared_objects())) == {"libmagic", "libarchive", "libseccomp"}
    monkeypatch.setattr(installed.ctypes.util, "find_library", lambda name: None)
    assert set(dict(installed.shared_objects()).values()) == {""}
