"""Files, includes and merging."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config.source import LONGEST, MAX_FILE, Problem, in_order, read_source


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def lines(source: object) -> list[str]:
    return [str(p) for p in source.problems]                  # type: ignore[attr-defined]


def test_includes_are_merged_in_order_of_name(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", 'include = ["conf.d/*.toml"]\n[gateway]\nhostname = "a"\n[[rule]]\nid = "one"\n')
    write(tmp_path, "conf.d/20.toml", '\n[[rule]]\nid = "three"\n[limits]\ndepth = 3\n')
    write(tmp_path, "conf.d/10.toml", '[[rule]]\nid = "two"\n[gateway]\nprocesses = 1\n')
    source = read_source(main)
    assert lines(source) == []
    assert [r["id"] for r in source.table["rule"]] == ["one", "two", "three"]
    assert source.table["gateway"] == {"hostname": "a", "processes": 1}
    assert source.where("rule", 2, "id") == f"{tmp_path}/conf.d/20.toml:3"
    assert source.where("rule", 1) == f"{tmp_path}/conf.d/10.toml:1"
    assert source.where("gateway", "processes") == f"{tmp_path}/conf.d/10.toml:4"
    assert [f.name for f in source.files] == ["main.toml", "10.toml", "20.toml"]


def test_a_key_set_in_two_files_is_an_error(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", 'include = ["b.toml"]\n[gateway]\nhostname = "a"\n')
    write(tmp_path, "b.toml", '[gateway]\n\nhostname = "b"\n')
    assert lines(read_source(main)) == [
        f"{tmp_path}/b.toml:3: gateway.hostname is already set at {main}:3: keep one of them"]


def test_a_named_include_must_exist_and_may_not_include(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", 'include = ["none.toml", "b.toml"]\n')
    write(tmp_path, "b.toml", 'include = ["c.toml"]\n')
    assert lines(read_source(main)) == [
        f'{main}:1: include: there is no file "none.toml" beside main.toml',
        f"{main}:1: include: only the main file may include others"]


def test_an_absolute_pattern(tmp_path: Path) -> None:
    write(tmp_path, "d/a.toml", "[limits]\ndepth = 3\n")
    main = write(tmp_path, "main.toml", f'include = ["{tmp_path}/d/*.toml"]\n')
    assert read_source(main).table == {"limits": {"depth": 3}}


@pytest.mark.parametrize(("written", "said"), [
    ("**x", "cannot be looked for: Invalid pattern"), ("a" * 5000, "there is no file"), ("", "there is no file"),
    ("\\u0000", "there is no file"), ("/", "there is no file")])
def test_an_include_that_no_file_can_have(tmp_path: Path, written: str, said: str) -> None:
    [problem] = read_source(write(tmp_path, "main.toml", f'# one\ninclude = ["{written}"]\n')).problems
    assert problem.where.endswith("main.toml:2") and said in problem.message and len(problem.message) < 500


@pytest.mark.parametrize("path", ['"/' + "a" * 300 + '"', '"/a\\u0000b"', "0x" + "f" * 6000, "[1]"])
def test_a_state_directory_that_no_folder_can_be_is_judged_later(tmp_path: Path, path: str) -> None:
    assert lines(read_source(write(tmp_path, "main.toml", f"[gateway]\nstate_dir = {path}\n"))) == []


def test_a_number_that_python_does_not_read(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", f"[limits]\nparts = 1000\ndepth = {'9' * 5000}\n")
    assert lines(read_source(main)) == [f"{main}:3: this number is too long to be one"]


def test_what_is_shown_is_short_and_harmless(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, "main.toml", ""))
    source.fault("there is no `\x1b[31m\u202e`" + "k" * 100_000)
    assert source.problems[0].message == "there is no `\\u001b[31m\\u202e`" + "k" * (LONGEST - 30) + "…"


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32", "big5", "shift_jis"])
def test_other_charsets_are_named_as_what_they_are_not(tmp_path: Path, charset: str) -> None:
    (tmp_path / "main.toml").write_bytes("# 設定\n[limits]\ndepth = 3\n".encode(charset))
    assert [p.message for p in read_source(tmp_path / "main.toml").problems] == ["is not UTF-8: save the file as UTF-8"]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", 'include = ["main.toml", "b.toml", "*.toml"]\n[gateway]\nhostname = "a"\n')
    write(tmp_path, "b.toml", "[limits]\ndepth = 3\n")
    assert lines(read_source(main)) == [f'{main}:1: include: "main.toml" names main.toml, which is read already',
                                        f'{main}:1: include: "*.toml" names b.toml, which is read already']


def test_include_of_the_wrong_type(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", 'include = "b.toml"\n')
    assert lines(read_source(main)) == [f'{main}:1: include: a list of file names is wanted, such as ["conf.d/*.toml"]']


def test_what_is_no_toml_has_its_line(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", "[gateway]\nhostname = mx\n")
    assert lines(read_source(main)) == [f"{main}:2: no valid TOML: invalid value; text values stand in double quotes"]
    main.write_text('a = """\n', encoding="utf-8")
    assert lines(read_source(main)) == [f"{main}:2: no valid TOML: unterminated string"]
    main.write_text("[console.oidc]\n[gateway]\n[console.oidc]\n")
    assert lines(read_source(main)) == [f"{main}:3: section [console.oidc] stands there a second time: put its settings together"]
    main.write_text('[gateway]\nhostname = "a"\nhostname = "b"\n')
    assert lines(read_source(main)) == [f"{main}:3: no valid TOML: cannot overwrite a value: this setting stands in its section already"]
    main.write_text('[listener]\nname = "a"\n[[listener]]\n')
    assert lines(read_source(main)) == [
        f"{main}:3: `listener` stands in single brackets above: write [[listener]] in double ones there, too"]
    main.write_text('[gateway]\nhostname = "a\n')
    assert lines(read_source(main)) == [f"{main}:2: no valid TOML: illegal character '\\n': a quoted text ends on its line"]
    main.write_text("[gateway]\n# \0\n")
    assert lines(read_source(main)) == [f"{main}:2: is not UTF-8: save the file as UTF-8"]


def test_what_is_nested_too_deeply(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", "a = " + "[" * 20000)
    assert lines(read_source(main)) == [f"{main}: nests lists or tables too deeply: no setting needs more than four levels"]


def test_what_is_no_text(tmp_path: Path) -> None:
    main = tmp_path / "main.toml"
    main.write_bytes("# ok\nhostname = \"關所\"\n".encode("big5"))
    assert lines(read_source(main)) == [f"{main}:2: is not UTF-8: save the file as UTF-8"]
    main.write_bytes(b"#" * (MAX_FILE + 1))
    assert lines(read_source(main)) == [f"{main}: is larger than 4 MiB: this is no configuration"]
    assert lines(read_source(tmp_path / "no.toml")) == [f"{tmp_path}/no.toml: cannot be read: No such file or directory"]


def test_problems_come_in_the_order_of_lines() -> None:
    wheres = ["b.toml:10", "a.toml:12", "b.toml:9", "b.toml", "a.toml:2"]
    assert [p.where for p in in_order(Problem(w, "x") for w in wheres)] == [
        "a.toml:2", "a.toml:12", "b.toml", "b.toml:9", "b.toml:10"]


def test_the_place_of_a_list_of_tables_is_its_first(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, "main.toml", "\n[[lisener]]\na = 1\n[[lisener]]\n"))
    assert source.where("lisener") == f"{tmp_path}/main.toml:2"
    assert source.where("lisener", 1) == f"{tmp_path}/main.toml:4"
    assert source.where("none") == f"{tmp_path}/main.toml"


def test_the_digest_follows_every_file(tmp_path: Path) -> None:
    main = write(tmp_path, "main.toml", 'include = ["b.toml"]\n')
    other = write(tmp_path, "b.toml", "[limits]\ndepth = 3\n")
    before = read_source(main).digest
    other.write_text("[limits]\ndepth = 4\n", encoding="utf-8")
    assert read_source(main).digest != before
