"""`python -P -m gateway.inspection.rulecheck FOLDER… [--words=FOLDER…]`: compiles the catalogue, reads the words, runs all cases.

A process of its own: YARA stays out of the command line's. Prints one JSON object a line: errors as {"where", "message"},
cases as {"rule", "matches", "right"}, at the end {"rules", "version"}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TextIO

from gateway.detect.data.detector import install, word_cases
from gateway.detect.yara_rules import compile_rules
from gateway.inspection.rulestage import alone
from gateway.model.errors import ConfigError
from signatures.catalog import load

WORDS = "--words="


def main(arguments: list[str], told: TextIO | None = None) -> int:
    folders = [a for a in arguments if not a.startswith(WORDS)]
    local = [Path(a.removeprefix(WORDS)) for a in arguments if a.startswith(WORDS)]
    try:
        catalog = load([Path(f) for f in folders])
        rules = compile_rules(catalog)
        install(local)
    except ConfigError as wrong:
        print(json.dumps({"where": wrong.where, "message": str(wrong)}), file=told)
        return 1
    wrong_cases = 0
    for signature, case in catalog.test_cases():
        hit = any(m.namespace == signature.id for m in rules.rules.match(data=case.data))
        wrong_cases += hit is not case.matches
        print(json.dumps({"rule": signature.id, "matches": case.matches, "right": hit is case.matches}), file=told)
    for name, matches, right in word_cases(local):
        wrong_cases += not right
        print(json.dumps({"rule": name, "matches": matches, "right": right}), file=told)
    print(json.dumps({"rules": len(catalog.signatures), "version": catalog.version}), file=told)
    return int(bool(wrong_cases))


if __name__ == "__main__":
    with os.fdopen(alone(), "w", encoding="utf-8") as out:
        status = main(sys.argv[1:], out)
    sys.exit(status)
