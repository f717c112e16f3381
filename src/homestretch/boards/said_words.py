"""What people said, as those who keep the ledger read it: one sentence for each kind of fact."""

from __future__ import annotations

from homestretch.boards.entering import name_place, say_entry
from homestretch.boards.words import FLAG_WORDS, SEX_WORDS, list_words, say_group
from homestretch.facts import (
    AnyFact,
    Assigned,
    Channel,
    Collected,
    Corrected,
    Declared,
    Detail,
    DetailsChanged,
    Entered,
    Flag,
    Gun,
    Held,
    Hidden,
    MatLifted,
    Moved,
    Part,
    PhotoAnswered,
    PhotoClaimed,
    PhotoLocked,
    PhotoPlaced,
    PhotoTakenDown,
    PhotoWitnessed,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    Protested,
    ResultsPosted,
    RoadOpened,
    Ruled,
    Sighting,
    StoryAsked,
    StoryPictured,
    StoryPublished,
    StoryWithdrawn,
    StoryWritten,
    Struck,
    TakedownAsked,
    TakenOver,
    Verdict,
    Withdrawn,
)
from homestretch.picture import Picture
from homestretch.race.clock import say_distance, say_seconds, say_time
from homestretch.race.event import Event
from homestretch.race.privacy import Shown, Viewer
from homestretch.race.saying import joined, said, written
from homestretch.showing import shown
from homestretch.state.sayings import FILES

VERDICT_WORDS: dict[Verdict, str] = {
    "dns": said("ruled: did not start"),
    "dnf": said("ruled: did not finish"),
    "dsq": said("ruled: disqualified"),
    "reinstated": said("ruled: the result stands"),
    "count-after-stop": said("ruled: the finish after the stop counts"),
    "other-course-settled": said("ruled: the reads on the other course are settled"),
}

CHANNEL_WORDS: dict[Channel, str] = {
    "e-mail": said("by e-mail"),
    "text": said("by a text message"),
    "qr": said("by a code at the finish"),
}
DETAIL_WORDS: dict[Detail, str] = {
    "name": said("the name"),
    "club": said("the club"),
    "home": said("where from"),
    "contact": said("how to reach them"),
    "display": said("how they are shown"),
}
PART_WORDS: dict[Part, str] = {
    "headline": said("a headline"),
    "sentence": said("a sentence"),
    "quote": said("a quote"),
    "caption": said("a caption"),
    "credit": said("a credit"),
}


def find_subject(picture: Picture, viewer: Viewer, fact: AnyFact) -> Shown | None:
    """Whom a word is about, in the one form in which this viewer sees them; None when it is about nobody. A bib that
    nobody has stands as it was said."""
    roster = picture.state.roster
    if isinstance(fact, DetailsChanged | Hidden | Entered | Held | StoryAsked):
        if fact.entrant in roster.entrants:
            return shown(picture, viewer, roster.entrants.index(fact.entrant))
        return Shown(name=said("nobody who is entered"), bib="")
    bib = getattr(fact, "bib", "")
    if not bib:
        return None
    row = roster.find_row(bib)
    if row is None:
        return Shown(name=said("everybody") if bib == "*" else said("nobody has this bib"), bib=bib)
    return shown(picture, viewer, row)


def say_fact(picture: Picture, viewer: Viewer, fact: AnyFact) -> str:
    """A word without its subject, its reason and who said it: ``on Bus 2``, ``moved to the Marathon``."""
    words: str
    match fact:
        case Sighting() | Withdrawn() | Collected():
            words = say_entry(str(type(fact).__struct_config__.tag), "", "", viewer)
        case TakenOver(taken_by=taken_by, keeper=keeper):
            words = say_entry("taken-over", taken_by, keeper, viewer)
        case Ruled(verdict=verdict):
            words = VERDICT_WORDS[verdict]
        case Moved(race=race):
            words = said("moved to {race}", race=_race(picture, race))
        case Entered(race=race, bib=bib):
            words = said("entered in {race} with bib {bib}", race=_race(picture, race), bib=bib)
        case DetailsChanged(changed=changed):
            what = list_words([DETAIL_WORDS[one] for one in changed])
            words = said("what is kept of this entrant was changed: {what}", what=what)
        case Protested():
            words = said("a protest against this result")
        case Hidden():
            words = said("hidden from everybody")
        case Held():
            words = said("held: nothing is asked, and nothing told")
        case StoryAsked(story=story, channel=channel):
            way = CHANNEL_WORDS[channel]
            words = said("asked for story {story}, {way}", story=story, way=way)

        case PhotoAnswered(answer=answer) | PhotoClaimed(answer=answer):
            words = said("in a picture") if answer in ("there", "me") else said("not in a picture")
        case _:
            words = _say_of_the_day(picture, fact)
    place = name_place(picture.event, getattr(fact, "place", ""))
    return joined((words, place), ", ") if place and not isinstance(fact, MatLifted) else words


def _say_of_the_day(picture: Picture, fact: AnyFact) -> str:
    """What is about no entrant."""
    event = picture.event
    zone = event.zone_info
    match fact:
        case Assigned(chip=chip, since_at=since_at):
            worn = said("wears chip {chip}", chip=chip)
            words = worn if fact.bib else said("chip {chip} is worn by nobody", chip=chip)
            since = None if since_at is None else say_time(since_at, zone)
            return said("{what} since {time}", what=words, time=since) if since else words
        case Gun(race=race, wave=wave, seen_at=seen_at):
            at = say_time(seen_at, zone, seconds=True)
            name = _race(picture, race)
            return said(
                "the gun of {race}, wave {wave}, went off at {time}", race=name, wave=wave, time=at
            )
        case Flag():
            return _say_flag(picture, fact)
        case Corrected(of=of_, offset_ms=offset_ms):
            return said(
                "the times of {device} are shifted by {seconds} s ({time})",
                device=of_,
                seconds=written(f"{offset_ms / 1000:+g}"),
                time=say_seconds(offset_ms / 1000),
            )
        case MatLifted(place=place):
            return said("the mats at {point} were taken away", point=name_place(event, place))
        case RoadOpened(from_place=start, to_place=end):
            return said(
                "the road from {start} to {end} is open",
                start=name_place(event, start),
                end=name_place(event, end),
            )
        case Struck():
            return said("taken back")
        case (
            StoryWritten() | StoryPictured() | StoryPublished() | StoryWithdrawn() | TakedownAsked()
        ):
            return _say_of_stories(fact)
        case _:
            return _say_of_what_stays(picture, fact)


def _say_of_stories(
    fact: StoryWritten | StoryPictured | StoryPublished | StoryWithdrawn | TakedownAsked,
) -> str:
    match fact:
        case StoryWritten(part=part):
            return said("story {story}: typed, {part}", story=fact.story, part=PART_WORDS[part])
        case StoryPictured(photo=photo):
            return (
                said("story {story} has a picture", story=fact.story)
                if photo
                else said("story {story} has no picture", story=fact.story)
            )
        case StoryPublished():
            return said("story {story} is published", story=fact.story)
        case StoryWithdrawn():
            return said("story {story} is taken back", story=fact.story)
        case _:
            return said("story {story}: somebody asked to take it down", story=fact.story)


def _say_flag(picture: Picture, flag: Flag) -> str:
    words: str = FLAG_WORDS[flag.state]
    if flag.from_m is not None:
        where = say_distance(flag.from_m, picture.event.units)
        words = said("{what} from {where} on", what=words, where=where)
    names = list_words([_race(picture, race) for race in flag.races])
    return joined((names, words), ": ") if flag.races else words


def _say_of_what_stays(picture: Picture, fact: AnyFact) -> str:
    event = picture.event
    match fact:
        case Declared(race=race):
            return said("the results of {race} are official", race=_race(picture, race))
        case PodiumCleared(category=category):
            return said("the podium is cleared: {category}", category=say_category(event, category))
        case ResultsPosted(category=category):
            return said(
                "the results are posted: {category}", category=say_category(event, category)
            )
        case ProtestDecided(decision="upheld"):
            return said("a protest is upheld")
        case ProtestDecided():
            return said("a protest is dismissed")
        case PhotoLocked():
            return said("a picture and its burst are never to be used")
        case PhotoTakenDown():
            return said("a picture was taken down")
        case PhotoPlaced():
            return said("where a picture was taken")
        case PhotoWitnessed(quoted=quoted):
            told = said("what was seen beside a picture, and may be quoted")
            return told if quoted else said("what was seen beside a picture")
        case PlaceShared(bibs=bibs):
            return said("{bibs} share a place", bibs=list_words(list(bibs)))
    return str(type(fact).__struct_config__.tag)


def say_file(source: str) -> str:
    """Which file said a word, or that it came by a private link; empty for another source."""
    if source == "private-link":
        return said("a private link")
    entrants, folder = FILES
    if source == folder:
        return said("the file {name}", name="event.toml")
    if source == entrants:
        return said("the file {name}", name="entrants.csv")
    kind, _, name = source.partition(":")
    return said("the file {name}", name=name) if kind == entrants and name else ""


def say_category(event: Event, key: str) -> str:
    """``Marathon, women 40-44``"""
    race_id, *_ = key.split("/")
    race = next((race.name for race in event.races if race.id == race_id), race_id)
    within = say_within(key)
    return joined((race, within), ", ") if within else race


def say_within(key: str) -> str:
    """A category within its race: ``women 40-44``; empty for the whole race."""
    _, *rest = key.split("/")
    return joined([SEX_WORDS.get(part, say_group(part)) for part in rest], " ")


def _race(picture: Picture, race_id: str) -> str:
    return next((race.name for race in picture.event.races if race.id == race_id), race_id)
