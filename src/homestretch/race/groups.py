"""Age groups of five years, as most road races print them."""

from __future__ import annotations

YOUNGEST, OLDEST = 20, 80


def age_group(age: int | None) -> str:
    """The group of an age in years: ``under 20``, ``20-24``, ..., ``80+``; empty when unknown."""
    if age is None or age < 0:
        return ""
    if age < YOUNGEST:
        return f"under {YOUNGEST}"
    if age >= OLDEST:
        return f"{OLDEST}+"
    low = age // 5 * 5
    return f"{low}-{low + 4}"
