"""How a bib is misread: the probability of each string that may be seen when this bib is worn.

Hands, belts and folds hide digits at the ends, more rarely within; digits that look alike are taken for
each other. The shares are those measured on race photos (docs/photos.md).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

EXACT: Final = 0.88
ONE_END, TWO_ENDS = 0.022, 0.004
"""One or two digits hidden, for each end."""
INNER: Final = 0.006
"""One digit within is lost."""
GAP: Final = 0.1
"""One digit is lost where there is room for it."""
SUBSTITUTED: Final = 0.03
"""One digit is taken for another."""
ADDED: Final = 0.006
"""An edge or a fold is taken for one digit more, for each end."""
END_WEIGHT: Final = 2.0
"""A digit at an end is so many times as likely to be misread as one within."""
ALIKE: Final = (
    "08",
    "06",
    "09",
    "17",
    "14",
    "27",
    "38",
    "39",
    "35",
    "56",
    "68",
    "69",
    "89",
    "49",
    "59",
)
ALIKE_WEIGHT: Final = 5.0


def p_seen(text: str, bib: str, gap: int = 0) -> float:
    """Probability that ``text`` is read when ``bib`` is worn and something of it is read. Where the digits
    stand apart before digit ``gap``, one that is hidden there is no surprise."""
    if gap and len(bib) == len(text) + 1 and bib[:gap] + bib[gap + 1 :] == text:
        return GAP
    if text == bib:
        return EXACT
    more = len(text) - len(bib)
    if more == 0:
        return _p_substituted(text, bib)
    if more == 1:
        return ADDED * 0.1 * (text.endswith(bib) + text.startswith(bib))
    if more == -1:
        ends = ONE_END * (bib.startswith(text) + bib.endswith(text))
        return ends + _p_inner(text, bib)
    if more == -2 and len(text) >= 2:
        return TWO_ENDS * (bib.startswith(text) + bib.endswith(text) + (bib[1:-1] == text))
    return 0.0


def _p_inner(text: str, bib: str) -> float:
    inner = range(1, len(bib) - 1)
    lost = sum(bib[:at] + bib[at + 1 :] == text for at in inner)
    return INNER * lost / len(inner) if lost else 0.0


def _p_substituted(text: str, bib: str) -> float:
    other = [at for at in range(len(bib)) if text[at] != bib[at]]
    if len(other) != 1:
        return 0.0
    at = other[0]
    weights = [END_WEIGHT if i in (0, len(bib) - 1) else 1.0 for i in range(len(bib))]
    return SUBSTITUTED * weights[at] / sum(weights) * p_taken_for(bib[at], text[at])


@lru_cache(maxsize=128)
def p_taken_for(digit: str, other: str) -> float:
    """Probability that a digit that was misread was taken for this other one."""
    return _weight(digit, other) / sum(_weight(digit, d) for d in "0123456789" if d != digit)


def _weight(digit: str, other: str) -> float:
    return ALIKE_WEIGHT if digit + other in ALIKE or other + digit in ALIKE else 1.0
