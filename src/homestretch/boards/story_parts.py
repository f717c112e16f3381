"""A story as its page and the desk show it: the draft with what people typed, two lines that become one, the splits."""

from __future__ import annotations

import re
from typing import Final

import msgspec
import numpy as np

from homestretch.photos.crediting import Credit
from homestretch.picture import Picture
from homestretch.race.privacy import Shown
from homestretch.state.snapshot import NEVER, Ints
from homestretch.stories.checking import check
from homestretch.stories.consent import Said
from homestretch.stories.gate import shown_in_story
from homestretch.stories.measures import home_order, sweep_due, swept_races
from homestretch.stories.picturing import StoryPhoto, find_photo
from homestretch.stories.quoting import may_stand
from homestretch.stories.values import Sentence, Story

_OF_WHOM: Final = re.compile(
    r"^(photo|photograph|foto|picture|bild)( by| von)?\s*:?\s+", re.IGNORECASE
)
"""How a credit line may begin before the name of who took the picture."""
LARGEST_PICTURE: Final = 8
"""Lines that one picture can hold."""


class StoryText(msgspec.Struct, frozen=True):
    """A sentence, or one that a person typed in its place (``typed``); ``key`` names it within the story."""

    key: str
    words: str
    typed: bool = False


class Quote(msgspec.Struct, frozen=True):
    """What somebody said, typed at the desk; ``written``: by themselves, as a witness of a picture."""

    words: str
    speaker: str
    written: bool = False


class Bend(msgspec.Struct, frozen=True, kw_only=True):
    """A timing point on a line: metres along the course, when it was passed (UTC ms), minutes ahead of the sweep
    car's plan (behind it: negative), or, where there is none, of an even pace to the race's last finisher."""

    point: str
    name: str
    at_m: float
    passed_at: int
    ahead_min: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One runner's way through the course."""

    who: Shown
    bends: tuple[Bend, ...]


class ToldPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of a story: ``name`` stands in its addresses, and is another when anything about it is; ``aspect`` is
    its width by its height, ``people`` who is in it."""

    name: str
    aspect: float
    people: tuple[Shown, ...]

    def size(self, px: int) -> tuple[int, int]:
        """Width and height, pixels, where the longest side has so many."""
        wide = self.aspect >= 1
        return (px, round(px / self.aspect)) if wide else (round(px * self.aspect), px)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a story's page holds. ``since`` is the point since which they were together (empty: none),
    ``length_m`` the course; ``by_plan``: the lines are minutes ahead of the sweep car's plan."""

    id: str
    race: str
    headline: StoryText
    sentences: tuple[StoryText, ...]
    quote: Quote | None
    caption: str
    credit: str
    people: tuple[Shown, ...]
    lines: tuple[Line, ...]
    points: tuple[tuple[str, float], ...]
    since: str
    length_m: float
    by_plan: bool
    photo: ToldPhoto | None = None


def tell(picture: Picture, story: Story, said: Said) -> Told:
    """A story as it stands now. A sentence of ours that does not stand is left out."""
    race = picture.event.races[story.race]
    return Told(
        id=story.id,
        race=race.name,
        headline=_headline(picture, story, said),
        sentences=_sentences(picture, story, said),
        quote=find_quote(picture, said),
        caption=typed_words(picture, said, "caption"),
        credit=typed_words(picture, said, "credit"),
        people=tuple(shown_in_story(picture, row) for row in story.rows),
        lines=tuple(_line(picture, story, row) for row in _in_order(picture, story)),
        points=_points(picture, story),
        since=picture.state.points.names[story.since] if story.since >= 0 else "",
        length_m=race.distance_m,
        by_plan=story.race in swept_races(picture),
        photo=_photo(picture, story, said),
    )


def find_story_photo(picture: Picture, story: Story, said: Said) -> StoryPhoto | None:
    """The picture of a story as it may be shown now, with what it says of itself."""
    line = typed_words(picture, said, "credit")
    headline = _headline(picture, story, said).words
    credit = Credit(
        creator=_OF_WHOM.sub("", line),
        credit=line,
        headline=headline,
        caption=typed_words(picture, said, "caption") or headline,
        rights=f"© {_OF_WHOM.sub('', line)}" if line else "",
    )
    return find_photo(picture, story, said, credit)


def _photo(picture: Picture, story: Story, said: Said) -> ToldPhoto | None:
    found = find_story_photo(picture, story, said)
    if found is None:
        return None
    return ToldPhoto(
        name=found.order.name,
        aspect=found.photo.aspect,
        people=tuple(shown_in_story(picture, row) for row in found.rows),
    )


def find_quote(picture: Picture, said: Said) -> Quote | None:
    """What somebody said, as it was typed; None of a witness whose picture may not stand there (any more)."""
    speaker, _, words = typed_words(picture, said, "quote").partition("\n")
    word = said.typed.get(("quote", ""))
    if word is None or not words.strip() or not may_stand(picture, word):
        return None
    return Quote(words.strip(), speaker.strip(), written=bool(word.photo))


def _headline(picture: Picture, story: Story, said: Said) -> StoryText:
    if typed := typed_words(picture, said, "headline"):
        return StoryText("headline", typed, typed=True)
    return StoryText("headline", story.headline.text)


def _sentences(picture: Picture, story: Story, said: Said) -> tuple[StoryText, ...]:
    """Ours, unless somebody typed another one (an empty one leaves it out), then what was added at the end."""
    found = [_sentence(picture, said, one) for one in story.sentences]
    if ("sentence", "more") in said.typed:
        found.append(StoryText("more", typed_words(picture, said, "sentence", "more"), typed=True))
    return tuple(one for one in found if one is not None and one.words)


def _sentence(picture: Picture, said: Said, sentence: Sentence) -> StoryText | None:
    if ("sentence", sentence.key) in said.typed:
        return StoryText(
            sentence.key, typed_words(picture, said, "sentence", sentence.key), typed=True
        )
    return None if check(picture, sentence) else StoryText(sentence.key, sentence.text)


def typed_words(picture: Picture, said: Said, part: str, sentence: str = "") -> str:
    """What somebody typed for a part of a story; empty where nobody did, or left it out."""
    word = said.typed.get((part, sentence))
    return picture.names.texts.get(word.text_ref or "", "").strip() if word else ""


def _in_order(picture: Picture, story: Story) -> list[int]:
    order = home_order(picture)
    return sorted(story.rows, key=lambda row: int(order[row]))[:LARGEST_PICTURE]


def _line(picture: Picture, story: Story, row: int) -> Line:
    state, due = picture.state, _due(picture, story)
    metres = state.points.distance_m[story.race]
    return Line(
        who=shown_in_story(picture, row),
        bends=tuple(
            Bend(
                point=state.points.ids[c],
                name=state.points.names[c],
                at_m=float(metres[c]),
                passed_at=int(state.passed_at[row, c]),
                ahead_min=round((int(due[c]) - int(state.passed_at[row, c])) / 60_000, 2),
            )
            for c in _columns(picture, story.race)
            if state.passed_at[row, c] != NEVER and due[c] != NEVER
        ),
    )


def _columns(picture: Picture, race: int) -> list[int]:
    metres = picture.state.points.distance_m[race]
    return [c for c in np.argsort(metres).tolist() if not np.isnan(metres[c])]


def _points(picture: Picture, story: Story) -> tuple[tuple[str, float], ...]:
    points = picture.state.points
    metres = points.distance_m[story.race]
    return tuple((points.names[c], float(metres[c])) for c in _columns(picture, story.race))


def _due(picture: Picture, story: Story) -> Ints:
    """(m,) when the sweep car is due at each mat by its plan; of a race without one, when somebody would be there at an
    even pace from the first start of those in the story to the last finish of the race."""
    race = story.race
    if race in swept_races(picture):
        return sweep_due(picture)
    state, roster = picture.state, picture.state.roster
    metres, length_m = state.points.distance_m[race], picture.event.races[race].distance_m
    last_at = int(state.finish_at[roster.race == race].max())
    began_at = min(_started_at(picture, row) for row in story.rows)
    way = np.nan_to_num(metres) / length_m
    due = np.where(np.isnan(metres), NEVER, began_at + (last_at - began_at) * way)
    found: Ints = np.round(due).astype(np.int64)
    return found


def _started_at(picture: Picture, row: int) -> int:
    """When somebody was read at the start, else when their gun went."""
    roster = picture.state.roster
    start = int(roster.start_point[row])
    read_at = NEVER if start == NEVER else int(picture.state.passed_at[row, start])
    return int(roster.gun_at[row]) if read_at == NEVER else read_at
