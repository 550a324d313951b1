from __future__ import annotations

import pytest

from gateway.identifiers.words import EXAMPLES, LABELS, TERMS, check_kinds, files
from gateway.model.errors import ConfigError


def local(tmp_path, section, text, name="mine"):
    (tmp_path / section).mkdir(exist_ok=True)
    (tmp_path / section / f"{name}.toml").write_text(text, "utf-8")
    return [tmp_path]


@pytest.mark.parametrize("section", [TERMS, LABELS, EXAMPLES])
def test_packaged_files_are_right_and_local_ones_come_after_them(tmp_path, section):
    packaged = files(section)
    assert packaged
    assert [f.path.name for f in files(section, local(tmp_path, section, ""))] == [*(f.path.name for f in packaged), "mine.toml"]


@pytest.mark.parametrize("section", [TERMS, LABELS])
def test_every_packaged_file_has_cases_of_both_kinds(section):
    for file in files(section):
        assert {matches for _, _, matches in file.cases()} == {True, False}, file.path


@pytest.mark.parametrize(("section", "text", "says"), [
    (TERMS, "kinds = 3", "kinds is a table of lists of words"),
    (TERMS, '[kinds]\ncard = "x"', "kinds.card is a list of quoted words"),
    (TERMS, '[kinds]\ncard = [" "]', "a word has 1 to 60 characters"),
    (TERMS, f'[kinds]\ncard = ["{"x" * 61}"]', "not 61"),
    (TERMS, '[knds]\ncard = ["x"]', "'knds' is not known here; one of close, kinds, match, miss"),
    (TERMS, 'match = ["x"]', "match is a table"),
    (LABELS, "marks = [1]", "marks is a list of quoted words"),
    (LABELS, "marks = [", "Invalid value"),
    (EXAMPLES, "examples = []", "examples is a table"),
])
def test_a_bad_file_is_one_line_with_its_place(tmp_path, section, text, says):
    with pytest.raises(ConfigError) as wrong:
        files(section, local(tmp_path, section, text))
    assert says in str(wrong.value) and "mine.toml" in str(wrong.value) and "\n" not in str(wrong.value)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="is no folder of words"):
        files(TERMS, [tmp_path / "none"])


def test_an_unknown_kind_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"unknown kind 'tw\.nothing'"):
        check_kinds(files(TERMS, local(tmp_path, TERMS, '[kinds]\n"tw.nothing" = ["x"]'))[-1:], {"tw.national_id", "card"})
