"""Whether two values are the same in every field: arrays element by element, NaN equal to NaN."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np


def list_differences(one: Any, other: Any, where: str = "") -> list[str]:
    """The paths at which two values differ, of whatever they are made."""
    if type(one) is not type(other):
        return [f"{where}: {type(one).__name__} and {type(other).__name__}"]
    if isinstance(one, np.ndarray):
        alike = one.dtype == other.dtype and one.shape == other.shape
        nan = one.dtype.kind == "f"
        return [] if alike and np.array_equal(one, other, equal_nan=nan) else [where]
    if parts := _parts(one):
        others = _parts(other)
        if parts.keys() != others.keys():
            return [f"{where}: {sorted(map(str, parts.keys() ^ others.keys()))}"]
        return [
            found
            for name, part in parts.items()
            for found in list_differences(part, others[name], f"{where}.{name}")
        ]
    both_nan = isinstance(one, float) and one != one and other != other
    return [] if one == other or both_nan else [f"{where}: {one!r} and {other!r}"]


def _parts(value: Any) -> dict[Any, Any]:
    """The parts of a value by name; empty for one that has none."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.asdict(value)
    if isinstance(value, dict):
        return value
    if isinstance(value, tuple | list):
        return dict(enumerate(value))
    return {}
