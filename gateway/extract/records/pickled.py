"""What a pickle of Python holds, put together without running anything: lists, dictionaries, strings and numbers.

Objects of classes are what they were made from. The opcodes are read with pickletools (PEP 307, PEP 3154).
"""

from __future__ import annotations

import pickletools
from typing import Any

MOST_OPCODES = 3_000_000
MARK = object()
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3, "REDUCE": 2, "NEWOBJ": 2, "STACK_GLOBAL": 2, "NEWOBJ_EX": 3}


class NoPickle(ValueError):
    """The octets are none, or one that is broken. One line."""


def pickle_like(data: bytes) -> bool:
    return data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05") and data[-1:] == b"."


def content(data: bytes) -> Any:
    """The plain value at the top. Raises NoPickle."""
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if count > MOST_OPCODES:
                raise NoPickle(f"more than {MOST_OPCODES} opcodes")
            _do(opcode.name, argument, stack, memo)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NoPickle(f"{type(error).__name__}") from error
    return stack[-1] if stack else None


def _do(name: str, argument: Any, stack: list[Any], memo: dict[int, Any]) -> None:
    if name in ("PROTO", "FRAME", "STOP", "GLOBAL", "BYTEARRAY8", "READONLY_BUFFER", "NEXT_BUFFER"):
        if name == "GLOBAL":
            stack.append("")
    elif name in CONSTANTS:
        stack.append(CONSTANTS[name])
    elif name == "MARK":
        stack.append(MARK)
    elif name in ("EMPTY_LIST", "EMPTY_SET"):
        stack.append([])
    elif name == "EMPTY_DICT":
        stack.append({})
    elif name == "EMPTY_TUPLE":
        stack.append([])
    elif name == "MEMOIZE":
        memo[len(memo)] = stack[-1]
    elif name.endswith("PUT"):
        memo[argument] = stack[-1]
    elif name.endswith("GET"):
        stack.append(memo[argument])
    elif name in TUPLES:
        made = stack[-TUPLES[name]:]
        del stack[-TUPLES[name]:]
        stack.append(made[-1] if name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX") else made)
    elif argument is not None:
        stack.append(argument)
    else:
        _collect(name, stack)


def _collect(name: str, stack: list[Any]) -> None:
    """Opcodes that take what stands on the stack."""
    if name in ("TUPLE", "LIST", "FROZENSET"):
        stack.append(_marked(stack))
    elif name in ("APPENDS", "ADDITEMS"):
        items = _marked(stack)
        stack[-1].extend(items)
    elif name == "APPEND":
        item = stack.pop()
        stack[-1].append(item)
    elif name in ("SETITEMS", "DICT"):
        items = _marked(stack)
        pairs = {str(k): v for k, v in zip(items[::2], items[1::2], strict=True)}
        if name == "DICT":
            stack.append(pairs)
        else:
            _put(stack, pairs)
    elif name == "SETITEM":
        value, key = stack.pop(), stack.pop()
        _put(stack, {str(key): value})
    elif name == "BUILD":
        state = stack.pop()
        stack[-1] = state
    elif name in ("POP", "POP_MARK"):
        stack.pop()
    elif name == "DUP":
        stack.append(stack[-1])


def _put(stack: list[Any], pairs: dict[str, Any]) -> None:
    if isinstance(stack[-1], dict):
        stack[-1].update(pairs)
    else:
        stack[-1] = [stack[-1], pairs]                    # a class of its own that is filled like one


def _marked(stack: list[Any]) -> list[Any]:
    """What was put since the last mark, taken off with it."""
    at = len(stack) - 1
    while stack[at] is not MARK:
        at -= 1
    items = stack[at + 1:]
    del stack[at:]
    return items
