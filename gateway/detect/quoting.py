r"""Text that quotes code: notes, licences, descriptions of packages and files of builds, which have no extension by custom.

No desktop opens such a file by itself, so what it quotes waits for nobody. A script without an extension has code in its
first lines, and its own words stand in remarks.
"""

from __future__ import annotations

import json
import re
from itertools import islice

SOURCES = frozenset({
    "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "cs", "java", "kt", "scala", "go", "rs", "swift", "m", "mm", "d",
    "dart", "pas", "dpr", "f", "for", "f77", "f90", "f95", "cbl", "cob", "cpy", "jcl", "abap", "pli", "r", "rmd", "qmd", "jl",
    "hs", "ml", "ex", "exs", "erl", "clj", "el", "lisp", "scm", "v", "sv", "vhd", "vhdl", "asm", "s", "glsl", "cu", "cuh",
    "cl", "ts", "tsx", "jsx", "mts", "cts", "vue", "svelte", "coffee", "css", "scss", "sass", "less", "map", "pyi", "pyx",
    "pxd", "pxi", "pod", "t", "awk", "sed", "m4", "ac", "am", "in", "mk", "cmake", "make", "tex", "sty", "cls", "bib", "adoc",
    "asciidoc", "org", "textile", "wiki", "mdx", "markdown", "po", "pot", "sql", "ddl", "dml", "pls", "plsql", "pks", "pkb",
    "prc", "trg", "hql", "cypher", "sparql", "graphql", "proto", "thrift", "avsc", "ipynb", "patch", "diff", "rej", "yar",
    "yara", "sigma", "rules", "xml", "xsd", "dtd", "wsdl", "html", "htm", "xhtml", "toml", "properties", "env",
    "editorconfig", "tf", "tfvars", "hcl", "nix", "bicep", "j2", "jinja", "jinja2", "tmpl", "tpl", "template", "erb", "ejs",
    "hbs", "mustache", "sample", "example", "dockerfile", "containerfile", "makefile", "gitignore", "dockerignore",
    "gitattributes", "bash_history", "eml", "msg", "ics", "vcf", "srt", "vtt", "out", "err", "trace", "dump", "1", "2", "3",
    "5", "8",
})
"""Extensions of what people write and read as it is: source code that has to be built, markup, templates, settings, queries,
pages of a manual. No desktop runs them."""
OPENING = 3
"""Lines in which a script has begun."""
RECIPES = ("\t", "RUN ")
"""How lines of a file of builds begin that its tool gives to a shell."""
WORD = re.compile(r"(?<!\S)[(\"'*_\[]{0,2}(?:[A-Za-z]|[^\x00-\x7f])(?:[A-Za-z']|[^\x00-\x7f]){0,23}[.,:;!?)\"'*_\]]{0,3}(?!\S)")
"""A word as sentences have it, no option nor command of PowerShell."""
OPTION = re.compile(r"(?<!\S)[-/][A-Za-z?]")
"""What commands are given: each takes a word from those that make a sentence."""
FAR = re.compile(r"[^\x00-\x7f]{2}")
"""Two octets of what is no ASCII: scripts without blanks between words."""
LEAST_WORDS = 4
REMARKED = ("#", "//", "'", ";", "--", "::", "rem ", "REM ", "/*", "*", "%", "@", "|", "<")
"""How lines begin that say nothing about the rest: remarks of code, headings and lists, tables, markup."""
QUOTED = (" ", "\t", ">>>", "> ", "$ ")
FENCES = ("```", "~~~")
LEAST_SHARE = 5
"""One character in so many has to be of prose, what is quoted counted as well."""
PACKAGE = re.compile(r"\AMetadata-Version: \d\.\d\r?\nName: \S[^\r\n]{0,200}\r?\nVersion: ")
"""The description of a package of Python (core metadata 2.1), which has its README within."""
MAKE = re.compile(r"(?m)^[\w.%$(){}/ -]{1,200}:(?!=)[^\r\n]{0,400}\r?$")
BUILDS = {
    "makefile": MAKE, "gnumakefile": MAKE,
    "dockerfile": re.compile(r"(?mi)^FROM\s{1,8}\S"), "containerfile": re.compile(r"(?mi)^FROM\s{1,8}\S"),
    "gemfile": re.compile(r"(?m)^(?:source\s{1,4}[\"']https?:|gemspec\s|gem\s{1,4}[\"'])"),
    "rakefile": re.compile(r"(?m)^(?:task|namespace)\s|^require\s{1,4}[\"'](?:rake|bundler)"),
    "vagrantfile": re.compile(r"(?m)^Vagrant\.configure\("),
    "jenkinsfile": re.compile(r"(?m)^(?:pipeline\s{0,4}\{|node\s{0,4}[({]|@Library\()"),
}
"""What files of builds say, by name: a tool is told to read them where it finds them, beside what they build."""


def opening(text: str) -> str:
    """The lines in which a script begins, behind its remarks; what a file of builds gives to a shell is none of them."""
    lines = (line for line in text[:8192].splitlines() if line.strip() and not line.startswith(RECIPES))
    return "\n".join(islice(lines, OPENING))


def is_table(lines: str) -> bool:
    """Whether the first lines of a text are rows: two or more, parted by the same sign as often."""
    rows = lines.splitlines()
    return len(rows) > 1 and any(rows[0].count(sign) > 1 and len({row.count(sign) for row in rows}) == 1 for sign in "|\t;,")


def quotes(name: str, text: str) -> bool:
    """Whether a text without an extension is there to be read, whatever code it quotes; its margins tell a quotation."""
    form = BUILDS.get(name.lower())
    return PACKAGE.match(text) is not None or (form is not None and form.search(text) is not None) or mostly_prose(text)


def is_json(text: str) -> bool:
    """Whether text is an object or a list of JSON whole, which interpreters take for an error before they run any of it. Shells
    start with the commands that its strings would hand over."""
    if not text.lstrip().startswith(("{", "[")) or "$(" in text or "`" in text:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def mostly_prose(text: str) -> bool:
    """Whether the greater part of text is sentences: of the lines that nothing marks, and a fifth of all."""
    if max(text, default="") > "\xff":
        text = text.encode("utf-8", "replace").decode("latin-1")        # as texts of single octets come
    told = said = whole = 0
    fenced = False
    for line in text.splitlines():
        size = len(line) - line.count(" ")
        whole += size
        if line.startswith(FENCES):
            fenced = not fenced
        elif not (fenced or line.startswith((*QUOTED, *REMARKED))):
            said += size
            told += size if is_sentence(line, size) else 0
    return told * 2 > said and told * LEAST_SHARE > whole


def is_sentence(line: str, size: int) -> bool:
    """Whether a line is made of words; `size` counts its characters without blanks."""
    if len(FAR.findall(line)) * 4 > size:
        return True
    words = WORD.findall(line)
    return len(words) >= LEAST_WORDS + len(OPTION.findall(line)) and sum(map(len, words)) * 10 >= size * 6
