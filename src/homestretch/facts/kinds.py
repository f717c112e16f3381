"""Every kind of fact, and its number in the log."""

from __future__ import annotations

from typing import Final, TypeAlias

from homestretch.facts.askings import AskSent
from homestretch.facts.calls import (
    HelpCalled,
    HelpHeard,
)
from homestretch.facts.declarations import (
    Declared,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    Protested,
    ResultsPosted,
)
from homestretch.facts.details import DetailsChanged
from homestretch.facts.entries import (
    Assigned,
    Collected,
    Entered,
    Hidden,
    Moved,
    PlanLoaded,
)
from homestretch.facts.identity import Fact
from homestretch.facts.photos import (
    PhotoAnswered,
    PhotoLocked,
    PhotoLooked,
    PhotoTagged,
    PhotoTaken,
    PhotoTakenDown,
)
from homestretch.facts.picturing import PhotoClaimed, StoryPictured
from homestretch.facts.rulings import (
    Corrected,
    Flag,
    Gun,
    MatLifted,
    RoadOpened,
    Ruled,
    Struck,
    TakenOver,
    Withdrawn,
)
from homestretch.facts.sources import (
    ClockChecked,
    DeviceStatus,
    Marker,
    Ping,
    Read,
    Sighting,
    Unreadable,
)
from homestretch.facts.stories import (
    Held,
    StoryAsked,
    StoryPublished,
    StoryWithdrawn,
    StoryWritten,
    TakedownAsked,
)
from homestretch.facts.tellings import Delivered
from homestretch.facts.witnesses import PhotoPlaced, PhotoWitnessed

AnyFact: TypeAlias = (
    Read
    | Ping
    | Sighting
    | Entered
    | Assigned
    | Gun
    | Corrected
    | ClockChecked
    | Withdrawn
    | TakenOver
    | Ruled
    | Flag
    | MatLifted
    | Struck
    | Unreadable
    | PlanLoaded
    | Marker
    | DeviceStatus
    | Collected
    | RoadOpened
    | HelpCalled
    | HelpHeard
    | Moved
    | Hidden
    | Delivered
    | AskSent
    | Held
    | StoryAsked
    | StoryWritten
    | StoryPublished
    | StoryWithdrawn
    | TakedownAsked
    | PhotoTaken
    | PhotoLooked
    | PhotoTagged
    | PhotoAnswered
    | PhotoLocked
    | PhotoTakenDown
    | PhotoWitnessed
    | PhotoPlaced
    | Declared
    | PodiumCleared
    | ResultsPosted
    | Protested
    | ProtestDecided
    | PlaceShared
    | StoryPictured
    | PhotoClaimed
    | DetailsChanged
)

KIND_NUMBERS: Final[dict[type[Fact], int]] = {
    Read: 1,
    Ping: 2,
    Sighting: 3,
    Entered: 4,
    Assigned: 5,
    Gun: 6,
    Corrected: 7,
    ClockChecked: 8,
    Withdrawn: 9,
    TakenOver: 10,
    Ruled: 11,
    Flag: 12,
    MatLifted: 13,
    Struck: 14,
    Unreadable: 15,
    PlanLoaded: 16,
    Marker: 17,
    DeviceStatus: 18,
    Collected: 19,
    RoadOpened: 20,
    Moved: 21,
    Hidden: 22,
    HelpCalled: 23,
    HelpHeard: 24,
    Delivered: 37,
    AskSent: 39,
    Held: 53,
    StoryAsked: 54,
    StoryWritten: 55,
    StoryPublished: 56,
    StoryWithdrawn: 57,
    TakedownAsked: 58,
    PhotoTaken: 45,
    PhotoLooked: 46,
    PhotoTagged: 47,
    PhotoAnswered: 48,
    PhotoLocked: 49,
    PhotoTakenDown: 50,
    PhotoWitnessed: 51,
    PhotoPlaced: 52,
    Declared: 25,
    PodiumCleared: 26,
    ResultsPosted: 27,
    Protested: 28,
    ProtestDecided: 29,
    PlaceShared: 30,
    StoryPictured: 61,
    PhotoClaimed: 62,
    DetailsChanged: 38,
}
"""Numbers of the kinds in the log; never reused."""
