"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations


def safe(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with ``'``."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell
