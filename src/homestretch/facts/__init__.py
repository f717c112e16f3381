"""The kinds of fact: what somebody or something saw, when, and how we learned it.

In: nothing. Out: frozen values with an identity, and their bytes. Never: what a fact means for a race.

A fact is appended and never changed. Its identity is ``(source, number, digest)``: the source's own
record number (or ``seen_at`` where the source has none) and a digest of the content. A re-sent record
has all three in common and is a no-op; a device that starts its numbering anew, or uses a number for
two records, loses nothing because the digest differs (docs/decisions/0002-identity-of-a-fact.md).

Facts hold numbers and references. What may be erased (names, free text, raw bytes) lives in the
people file and is referred to by ``text_ref``.
"""

from homestretch.facts.askings import AskSent
from homestretch.facts.calls import (
    HelpCalled,
    HelpHeard,
)
from homestretch.facts.coding import (
    Received,
    decode,
    digest,
    encode,
    normal_chip,
    received,
)
from homestretch.facts.declarations import (
    Decision,
    Declared,
    PlaceShared,
    PodiumCleared,
    ProtestDecided,
    Protested,
    ResultsPosted,
)
from homestretch.facts.details import Detail, DetailsChanged
from homestretch.facts.entries import (
    Assigned,
    Collected,
    Entered,
    Hidden,
    Moved,
    PlanLoaded,
)
from homestretch.facts.identity import VERSION, Fact, FactId
from homestretch.facts.kinds import KIND_NUMBERS, AnyFact
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
    CHANGES,
    Corrected,
    Flag,
    FlagState,
    Gun,
    MatLifted,
    RoadOpened,
    Ruled,
    Struck,
    TakenBy,
    TakenOver,
    Verdict,
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
    Channel,
    Held,
    Part,
    StoryAsked,
    StoryPublished,
    StoryWithdrawn,
    StoryWritten,
    TakedownAsked,
)
from homestretch.facts.tellings import Delivered
from homestretch.facts.witnesses import PhotoPlaced, PhotoWitnessed

__all__ = [
    "CHANGES",
    "KIND_NUMBERS",
    "VERSION",
    "AnyFact",
    "AskSent",
    "Assigned",
    "Channel",
    "ClockChecked",
    "Collected",
    "Corrected",
    "Decision",
    "Declared",
    "Delivered",
    "Detail",
    "DetailsChanged",
    "DeviceStatus",
    "Entered",
    "Fact",
    "FactId",
    "Flag",
    "FlagState",
    "Gun",
    "Held",
    "HelpCalled",
    "HelpHeard",
    "Hidden",
    "Marker",
    "MatLifted",
    "Moved",
    "Part",
    "PhotoAnswered",
    "PhotoClaimed",
    "PhotoLocked",
    "PhotoLooked",
    "PhotoPlaced",
    "PhotoTagged",
    "PhotoTaken",
    "PhotoTakenDown",
    "PhotoWitnessed",
    "Ping",
    "PlaceShared",
    "PlanLoaded",
    "PodiumCleared",
    "ProtestDecided",
    "Protested",
    "Read",
    "Received",
    "ResultsPosted",
    "RoadOpened",
    "Ruled",
    "Sighting",
    "StoryAsked",
    "StoryPictured",
    "StoryPublished",
    "StoryWithdrawn",
    "StoryWritten",
    "Struck",
    "TakedownAsked",
    "TakenBy",
    "TakenOver",
    "Unreadable",
    "Verdict",
    "Withdrawn",
    "decode",
    "digest",
    "encode",
    "normal_chip",
    "received",
]
