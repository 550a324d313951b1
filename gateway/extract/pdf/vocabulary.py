"""Scripts of PDF forms by their words: is a script made of nothing but what reckons, and shows and fills fields.

What Acrobat offers to scripts is reached by names. Where every name is known, and none is put together in brackets, a script can
do no more than those names do (JavaScript for Acrobat API Reference: Field, event, util).
"""

from __future__ import annotations

import re

LENGTH = 20_000                          # characters of a script that are looked at
TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)"
    r"|(?P<text>\"(?:[^\"\\\r\n]|\\[nrt\"'])*+\"|'(?:[^'\\\r\n]|\\[nrt\"'])*+')"
    r"|(?P<number>0x[0-9A-Fa-f]{1,8}(?!\w)|[0-9]+(?:\.[0-9]*)?(?!\w)|\.[0-9]+(?!\w))"
    r"|(?P<name>\.?\s*[A-Za-z_$][\w$]*)"
    r"|(?P<open>\[)|(?P<close>\])|(?P<sign>[(){};,=+\-*/%<>!&|?:])")
WORDS = frozenset(re.findall(r"\w+", """
    var let const function return if else for while do switch case default break continue new typeof true false null undefined NaN
    this event Math Number String Date Array parseInt parseFloat isNaN isFinite util color display border zoomtype getField
    resetForm calculateNow
"""))
"""The language's own, and what a script of a form finds without a name before it."""
MEMBERS = frozenset(re.findall(r"\w+", """
    value valueAsString defaultValue display hidden visible noView noPrint readonly required textColor fillColor strokeColor
    lineWidth textSize textFont setFocus isBoxChecked checkThisBox isDefaultChecked setItems getItemAt clearItems insertItemAt
    deleteItemAt numItems currentValueIndices length charAt substring substr indexOf lastIndexOf toUpperCase toLowerCase toString
    toFixed split join replace trim slice push concat reverse getFullYear getYear getMonth getDate getDay getHours getMinutes
    getSeconds getTime setDate setMonth setFullYear setHours setTime floor round ceil abs pow max min sqrt PI printd scand printf
    printx getField resetForm calculateNow calculate delay pageNum numPages zoom zoomType layout rc target targetName change
    willCommit selStart selEnd source name type page rect black white red blue green gray ltGray dkGray yellow cyan magenta
    transparent dirty disclosed numFields getNthFieldName fitW fitP fitV pref fitH NaN MAX_VALUE
"""))
"""Of fields, events, texts, numbers and dates."""
READER = frozenset({"viewerVersion", "viewerType", "viewerVariation", "formsVersion", "language", "platform"})
"""What a script may ask of the application."""
DECLARED = re.compile(r"(?<![\w$.])(?:(?:var|let|const)\s+([A-Za-z_$][\w$]*)|([A-Za-z_$][\w$]*)\s*=(?!=))")
FUNCTION = re.compile(r"(?<![\w$.])function\s*([\w$]{0,80})\s*\(([\w$,\s]{0,400})\)")
METHODS = re.compile(r"(?:add|close|create|embed|encrypt|export|extract|get|import|insert|launch|mail|open|print|replace|save|sign|"
                     r"spawn|submit)(?:[A-Z]\w*)?\Z")
"""A document's own, which a variable of the same name may be."""
COUNTED = re.compile(r"\s*[0-9]{1,6}\s*\]")
CALL = re.compile(r"\s*\(")
FORMATTING = re.compile(r"AF[A-Z][A-Za-z_]{2,40}\Z")


def ordinary(script: str) -> bool:
    """Whether every name in the script is one of a form's vocabulary, or its own."""
    if len(script) > LENGTH:
        return False
    functions = {name for name, _ in FUNCTION.findall(script)}
    own = {a or b for a, b in DECLARED.findall(script)}
    own.update(name.strip() for _, names in FUNCTION.findall(script) for name in names.split(","))
    own = {name for name in own if METHODS.match(name) is None}
    at, before, application = 0, "", False
    while at < len(script):
        found = TOKEN.match(script, at)
        if found is None:
            return False
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "skip":
            continue
        if application != (kind == "name" and found[0].lstrip(". ") in READER and found[0].startswith(".")):
            return False                 # only these may follow, and nothing else has them
        application = kind == "name" and found[0] == "app"
        known = functions if CALL.match(script, at) else own | functions
        if kind == "name" and not application and not _known(found[0], known):
            return False
        if kind == "open" and before in ("name", "close", "text") and COUNTED.match(script, at) is None:
            return False
        before = "close" if found[0] == ")" else kind
    return not application


def _known(name: str, own: set[str]) -> bool:
    if name.startswith("."):
        return (member := name[1:].strip()) in MEMBERS or member in READER
    return name in WORDS or name in own or FORMATTING.match(name) is not None
