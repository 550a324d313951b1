from __future__ import annotations

import pytest

from gateway.model.errors import ConfigError, SekishoError
from gateway.reference import edm_store
from gateway.reference.edm_build import BadTable


def csv(tmp_path, *rows):
    path = tmp_path / "c.csv"
    path.write_text("\n".join(["name,phone", *rows]), "utf-8")
    return path


def test_import_status_open_drop(tmp_path):
    built = edm_store.import_csv(tmp_path, "customers", csv(tmp_path, "林美玲,0912345678"))
    assert (built.name, built.rows) == ("customers", 1)
    assert [(b.name, b.rows, [c.name for c in b.columns]) for b in edm_store.status(tmp_path)] == [("customers", 1, ["name", "phone"])]
    assert [i.name for i in edm_store.open_all(tmp_path)] == ["customers"]
    assert edm_store.drop(tmp_path, "customers")
    assert not edm_store.drop(tmp_path, "customers")
    assert edm_store.open_all(tmp_path) == ()


def test_a_bad_table_leaves_the_old_index(tmp_path):
    edm_store.import_csv(tmp_path, "customers", csv(tmp_path, "林美玲,0912345678"))
    before = (tmp_path / "edm" / "customers.edm").read_bytes()
    with pytest.raises(BadTable, match="line 3"):
        edm_store.import_csv(tmp_path, "customers", csv(tmp_path, "a b,1", "c d"))
    assert (tmp_path / "edm" / "customers.edm").read_bytes() == before
    assert [p.name for p in (tmp_path / "edm").iterdir()] == ["customers.edm"]


def test_an_open_index_lives_on_after_a_new_one_took_its_place(tmp_path):
    edm_store.import_csv(tmp_path, "customers", csv(tmp_path, "林美玲,0912345678"))
    old, = edm_store.open_all(tmp_path)
    edm_store.import_csv(tmp_path, "customers", csv(tmp_path, "林美玲,0987654321"))
    new, = edm_store.open_all(tmp_path)
    assert [len(i.find([i.hash("912345678")])) for i in (old, new)] == [1, 0]


def test_the_key_is_made_once_and_kept_apart(tmp_path):
    edm_store.import_csv(tmp_path, "a", csv(tmp_path, "x y,0912345678"))
    secret = (tmp_path / "edm.key").read_bytes()
    edm_store.import_csv(tmp_path, "b", csv(tmp_path, "x y,0912345678"))
    assert (tmp_path / "edm.key").read_bytes() == secret
    assert (tmp_path / "edm.key").stat().st_mode & 0o077 == 0
    (tmp_path / "edm.key").unlink()
    with pytest.raises(ConfigError, match="key of the customer index"):
        edm_store.open_all(tmp_path)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "x" * 41])
def test_names_are_never_paths(tmp_path, name):
    with pytest.raises(SekishoError):
        edm_store.import_csv(tmp_path, name, csv(tmp_path, "x y,1"))
