"""Where memory lies, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from gateway.inspection import memory


def arenas(code: str) -> list[str]:
    """Mappings of what `code` leaves behind, told by their first column."""
    done = subprocess.run([sys.executable, "-P", "-c", f"from gateway.inspection import memory\n{code}"], capture_output=True,
                          text=True, timeout=60, check=True)
    return done.stdout.split()


def test_private_memory_is_gathered_and_stays_what_it_was() -> None:
    held = bytearray(b"sekisho!" * (1 << 20))
    assert memory.gather() >= 0
    assert held == b"sekisho!" * (1 << 20)


def test_what_is_loaded_after_a_reservation_lies_in_one_piece() -> None:
    told = arenas("""
kept = memory.reserve(24 << 20)
lie = [(id(k), len(k)) for k in kept]
loaded = [object() for _ in range(200_000)]
low, high = min(at for at, _ in lie), max(at for at, _ in lie)
within = sum(low - (1 << 20) < id(o) < high + (1 << 20) for o in loaded)
print(high - low, within, memory._PIECES * (memory._PIECE + 33) < 1 << 20)
""")
    span, within, fits = int(told[0]), int(told[1]), told[2]
    assert 20 << 20 < span < 40 << 20 and fits == "True"
    assert within > 190_000


def test_nothing_reserved_is_nothing_held() -> None:
    assert memory.reserve(0) == []


def test_what_is_allocated_after_the_holes_are_filled_lies_above_all_there_was() -> None:
    told = arenas("""
import ctypes
def at(octets): return ctypes.addressof(ctypes.c_char.from_buffer(octets))
kept = [bytearray(50_000 - i) for i in range(200)]
del kept[::2]
taken = memory.fill()
fresh = [bytearray(40_000) for _ in range(20)]
print(taken, min(map(at, fresh)) > max(map(at, kept)), memory.fill() < taken // 2)
""")
    assert int(told[0]) > 100 * 45_000 and told[1:] == ["True", "True"]
