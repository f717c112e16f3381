"""What the forms of a private link's page say: one button, one thing that is said, and the same in words."""

from __future__ import annotations

from typing import Final, cast, get_args

from homestretch.boards.entering import find_bib
from homestretch.errors import FactError, NotFound
from homestretch.picture import Picture
from homestretch.race.consent import Said
from homestretch.race.entrant import Display, Stories
from homestretch.race.privacy import Viewer
from homestretch.race.saying import said
from homestretch.showing import shown
from homestretch.stories.agreed import list_keys
from homestretch.web.forms import Form

LONGEST: Final = 80
ANSWERED: Final = {
    "yes": said(
        "Kept: yes. The story is shown once everybody in it has said so; you can change your mind at any time."
    ),
    "no-photo": said("Kept: yes, without your photo. You can change your mind at any time."),
    "no": said("Kept: no. If the story was shown, it is gone within a second."),
}


def read_said(form: Form, picture: Picture) -> tuple[Said, str]:
    """What a form says, and in words what became of it; FactError for a form that is none of ours."""
    match form.get("do"):
        case "agree":
            return _agree(form), said("Kept. Every page follows within a second.")
        case "correct":
            return _correct(form)
        case "answer":
            return _answer(form, picture)
        case "take-down":
            return Said(taken_down=True), said("Taken down. You are shown to nobody any more.")
        case "put-back":
            words = said("You may be shown again: choose how. Until then you are hidden.")
            return Said(taken_down=False), words
        case "apart":
            return _apart(form, picture)
        case "again" if form.get("other"):
            return Said(again=form.get("other")), said(
                "Taken back: you may be shown together again."
            )
    raise FactError(said("This is nothing that can be said here."), said("Open the page again."))


def _agree(form: Form) -> Said:
    """Every answer of the form: a box that is empty says no."""
    display, stories = form.get("display"), form.get("stories")
    if display not in get_args(Display) or stories not in get_args(Stories):
        raise FactError(said("Choose how you are shown."), said("Open the page again."))
    return Said(
        display=cast(Display, display),
        companions=form.get("companions") == "yes",
        photos=form.get("photos") == "yes",
        stories=cast(Stories, stories),
        called=_word(form, "called"),
        pronoun=_word(form, "pronoun"),
        # A box that is empty sends nothing, so whose form it is tells a no from silence.
        guardian=form.get("guardian") == "yes"
        if form.get("by") == "guardian" or form.get("guardian")
        else None,
    )


def _correct(form: Form) -> tuple[Said, str]:
    first, last, club, town = (_word(form, name) for name in ("first", "last", "club", "town"))
    return (
        Said(first=first, last=last, club=club, town=town),
        said(
            "Kept. Club and town hold at once; a name is put right by the desk, once it has looked."
        ),
    )


def _answer(form: Form, picture: Picture) -> tuple[Said, str]:
    """Whether one story may tell of them, and what stood before them when they said so."""
    answer, story = form.get("answer"), form.get("story")
    if answer not in ANSWERED or not story or len(story) > LONGEST:
        raise FactError(said("Choose one of the three answers."), said("Open the page again."))
    known = list_keys(picture, story)
    seen = tuple(key for key in dict.fromkeys(form.get("seen").split()) if key in known)
    return Said(story=story, answer=cast(Stories, answer), seen=seen), ANSWERED[answer]


def _apart(form: Form, picture: Picture) -> tuple[Said, str]:
    """Only somebody who is shown can be named: whether a bib is hidden is nobody's to find out."""
    bib = find_bib(form.get("bib"), picture.event)
    roster = picture.state.roster
    row = roster.find_row(bib) if bib else None
    if row is None or shown(picture, Viewer(), row).hidden:
        raise NotFound(
            said("nobody who is shown has bib {bib}.", bib=bib[:40]),
            said("You are shown with nobody so."),
        )
    return Said(apart=roster.entrants[row]), said(
        "Kept. You are never shown with {bib}.", bib=bib[:40]
    )


def _word(form: Form, name: str) -> str:
    text = form.get(name)
    if len(text) > LONGEST:
        raise FactError(
            said("That is longer than {count} letters.", count=LONGEST), said("Make it shorter.")
        )
    return text
