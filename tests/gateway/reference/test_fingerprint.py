from __future__ import annotations

import pytest

from gateway.model.errors import SekishoError
from gateway.reference.fingerprint import Library, Store, normalised, strip_boilerplate, winnow

ONE = "".join(f"第{n}節說明本行第{n * 7}號專案之進度與預算。" for n in range(60))
TWO = " ".join(f"Clause {n} sets the limit of facility {n * 3} and the margin above the base rate." for n in range(60))


def test_add_list_remove(tmp_path):
    store = Store(tmp_path)
    added = store.add("計畫.txt", ONE)
    assert store.list() == [added]
    assert added.prints > 50
    assert store.remove("計畫.txt")
    assert not store.remove("計畫.txt")
    assert store.load() is None


def test_the_same_name_replaces(tmp_path):
    store = Store(tmp_path)
    store.add("a", ONE)
    store.add("a", TWO)
    assert len(store.list()) == 1


@pytest.mark.parametrize("document", [ONE, TWO])
def test_whole_half_and_layout(tmp_path, document):
    store = Store(tmp_path)
    store.add("a", document)
    library = store.load()
    assert library.match(document)[0].percent == 100
    assert library.match("\r\n > ".join(document[i:i + 40] for i in range(0, len(document), 40)))[0].percent == 100
    assert 40 <= library.match(document[len(document) // 2:])[0].percent <= 60
    assert library.match(document.upper() if document.isascii() else document.replace("。", " "))[0].percent == 100


def test_other_text_of_the_same_kind_does_not_match(tmp_path):
    store = Store(tmp_path)
    store.add("a", TWO)
    other = " ".join(f"Part {n} names the owner of account {n * 5} and a date before the next audit." for n in range(60))
    assert store.load().match(other) == []


def test_disclaimers_belong_to_no_document(tmp_path):
    disclaimer = "This e-mail may contain confidential information intended only for the addressee. If you received it in error, delete it."
    assert strip_boilerplate(f"a\n{disclaimer}\nb") == "a\nb"
    assert TWO[:200] in strip_boilerplate(TWO.replace("\n", " ") + disclaimer).replace("\n", "")
    store = Store(tmp_path)
    store.add("a", TWO + "\n" + disclaimer)
    assert store.load().match("Hello\n" + disclaimer) == []


def test_too_short_to_register(tmp_path):
    with pytest.raises(SekishoError, match="at least 50"):
        Store(tmp_path).add("a", "short")
    with pytest.raises(SekishoError):
        Store(tmp_path).add("a/b", ONE)


def test_a_cut_file_is_refused(tmp_path):
    store = Store(tmp_path)
    store.add("a", ONE)
    path = next((tmp_path / "fingerprints").glob("*.prints"))
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(SekishoError, match="cut short"):
        store.load()


def test_every_common_passage_of_25_characters_shares_a_print():
    passage = normalised(ONE)[100:125]
    ours = set(winnow(normalised(ONE)).hashes.tolist())
    assert ours & set(winnow("甲乙丙丁戊己庚辛" * 3 + passage + "子丑寅卯辰巳午未" * 3).hashes.tolist())


def test_empty_text():
    assert len(winnow("").hashes) == 0
    assert len(winnow("x" * 13).hashes) == 0


SCRIPTS = str.maketrans("專業開發國際銀號層樓點數據與關於實現對應電話時間", "专业开发国际银号层楼点数据与关于实现对应电话时间")


def test_a_document_in_the_other_script(tmp_path):
    text = "".join(f"第{n}節專業開發與國際銀行的第{n * 7}號資料庫關於{n * 13}項數據，實現電話對應時間。" for n in range(30))
    Store(tmp_path).add("plan", text)
    library = Store(tmp_path).load()
    assert library is not None and not library.earlier
    assert [(m.name, m.percent) for m in library.match(text.translate(SCRIPTS))] == [("plan", 100)]


def test_documents_of_earlier_versions_are_found_as_they_are_written(tmp_path):
    text = "".join(f"第{n}节专业开发与国际银行的第{n * 7}号资料库关于{n * 13}项数据，实现电话对应时间。" for n in range(30))
    earlier = Library([("plan", winnow(normalised(text)).hashes)], earlier=True)
    assert [m.percent for m in earlier.match(text)] == [100]
    Store(tmp_path).add("plan", text)
    path = next((tmp_path / "fingerprints").glob("*.prints"))
    path.write_bytes(path.read_bytes().replace(b', "standard": true', b""))
    library = Store(tmp_path).load()
    assert library is not None and library.earlier
