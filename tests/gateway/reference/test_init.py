from __future__ import annotations

from gateway.reference import Reference, edm_store, fingerprint, stamp


def test_load_opens_everything(tmp_path):
    assert Reference.load(tmp_path).empty
    table = tmp_path / "c.csv"
    table.write_text("name,phone\n林美玲,0912345678\n", "utf-8")
    edm_store.import_csv(tmp_path, "customers", table)
    fingerprint.Store(tmp_path).add("a", "這是一份內部文件，說明本行明年度之營運計畫與各單位預算分配原則。" * 5)
    loaded = Reference.load(tmp_path, ["123-456 789"])
    assert [t.name for t in loaded.tables] == ["customers"]
    assert loaded.documents.names == ["a"]
    assert loaded.own_numbers == {"123456789"}
    assert not loaded.empty


def test_the_stamp_changes_with_an_import(tmp_path):
    table = tmp_path / "c.csv"
    table.write_text("name,phone\n林美玲,0912345678\n", "utf-8")
    empty = stamp(tmp_path)
    edm_store.import_csv(tmp_path, "customers", table)
    first = stamp(tmp_path)
    edm_store.import_csv(tmp_path, "customers", table)
    assert len({empty, first, stamp(tmp_path)}) == 3
