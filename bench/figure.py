"""A figure that was measured, and what it had to be."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure. ``target`` says in words what it had to be (empty: it is only told)."""

    name: str
    figure: float
    unit: str
    target: str = ""
    holds: bool = True


def told(name: str, figure: float, unit: str) -> Figure:
    """A figure without a target."""
    return Figure(name=name, figure=float(figure), unit=unit)


def at_least(target: float, name: str, figure: float, unit: str) -> Figure:
    """A figure that must not be smaller than ``target``."""
    holds = figure >= target
    return Figure(
        name=name, figure=float(figure), unit=unit, target=f"at least {target:g}", holds=bool(holds)
    )


def at_most(target: float, name: str, figure: float, unit: str) -> Figure:
    """A figure that must not be larger than ``target``."""
    holds = figure <= target
    return Figure(
        name=name, figure=float(figure), unit=unit, target=f"at most {target:g}", holds=bool(holds)
    )
