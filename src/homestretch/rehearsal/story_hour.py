"""What the desk of stories and the two who met say on the made-up day, a minute after they are home.

The desk asks both and keeps what one of them said; each answers on their own page, to what stands there; then it
publishes. The system finds the story by itself: nothing here says what it tells. Of times, seconds since midnight.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from homestretch.rehearsal.cast import PARTS, STRANGERS
from homestretch.rehearsal.schedule import clock_s
from homestretch.rehearsal.snapping import PHOTOGRAPHER

Do: TypeAlias = Literal["ask", "quote", "caption", "credit", "picture", "answer", "publish"]
QUOTE = "I only had to keep up with those shoes."
CAPTION = "A mile to go, and the sun in their backs."
OF_PICTURE = ("picture", "caption", "credit")
"""What is said of the picture from mile 25, where there is one."""


class Step(NamedTuple):
    """Who does what when: ``bib`` is who is asked, or answers."""

    at_s: float
    do: Do
    bib: str = ""
    words: str = ""


def list_steps() -> tuple[Step, ...]:
    """In the order in which they happen."""
    bibs = {part.key: str(part.bib) for part in PARTS}
    mara, jo = (bibs[key] for key in STRANGERS)
    first = {part.key: part.first for part in PARTS}[STRANGERS[1]]
    return (
        Step(clock_s(15, 6, 30), "ask", mara),
        Step(clock_s(15, 6, 45), "ask", jo),
        Step(clock_s(15, 7, 30), "quote", words=f"{first}, at the finish\n{QUOTE}"),
        Step(clock_s(15, 7, 40), "picture"),
        Step(clock_s(15, 7, 45), "caption", words=CAPTION),
        Step(clock_s(15, 7, 50), "credit", words=f"Photo: {PHOTOGRAPHER}"),
        Step(clock_s(15, 8, 20), "answer", jo),
        Step(clock_s(15, 9, 10), "answer", mara),
        Step(clock_s(15, 10), "publish"),
    )


def list_answering() -> tuple[str, ...]:
    """The bibs of those who answer on their own page."""
    return tuple(step.bib for step in list_steps() if step.do == "answer")
