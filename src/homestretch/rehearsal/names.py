"""Names, clubs and towns that are made up: first names are plain, family names are put together.

Nobody is meant. Family names come from parts that are not usually joined; some have letters beyond
ASCII, because real entry lists have them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from homestretch.rehearsal.figures import Bools


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


WOMEN = words(
    """Abena Ada Adele Agnes Aiko Alba Alice Alma Amara Amina Amy Ana Anke Anna Anouk Asha Astrid Aurora
    Beatriz Bella Bente Bianca Brigid Britta Camila Carla Carmen Cecily Celeste Chiara Chloe Clara Cora
    Dagmar Dalia Dana Daphne Dee Delia Diana Dilys Dora Dorothy Ebba Edith Eileen Elena Elin Elise Ella
    Elsa Emi Emma Enid Erika Esme Esther Eva Farida Fatima Faye Fern Fiona Flora Freya Frida Gemma Gerda
    Gina Gloria Grace Greta Gwen Hana Hannah Hattie Hazel Heidi Helen Hilda Ida Ines Ingrid Irene Iris
    Isabel Ivy Jana Jane Jasmine Jill Joan Joanna Jo Josie Joy Judith June Karin Kate Kavya Keiko Kim
    Lara Laura Leah Leila Lena Lin Linda Liv Lola Lorna Lotte Lucia Lucy Lydia Mabel Maeve Magda Maja
    Mara Margit Maria Marit Marta Mary Maud May Mei Mia Mila Mina Mira Miriam Molly Mona Moira Nadia
    Naomi Nell Nia Nina Noor Nora Olga Olive Opal Paula Pearl Petra Phoebe Pia Polly Priya Quinn Rania
    Rita Rosa Rose Ruby Ruth Saga Salma Sara Selma Shira Signe Silvia Sina Sofia Sonia Stella Sunniva
    Suki Susan Tamar Tara Tess Thea Tilda Tove Uma Ursula Vera Vida Viola Wanda Willa Winnie Yara Yasmin
    Yuki Zadie Zara Zoe Chloé Inés Łucja Märta Noémi Sørine"""
)

MEN = words(
    """Aaron Abel Adam Ahmed Alan Albert Alex Alfred Ali Amir Anders Andre Angus Anton Arlo Arne Arthur
    Asa Axel Barnaby Basil Ben Bernd Boris Bram Bruno Caleb Carl Carlos Casper Cedric Cesar Chen Clive
    Colin Conor Cyrus Dan Darius David Dean Demba Dev Diego Dirk Dominic Duncan Edgar Edwin Eli Elias
    Emil Enzo Eric Ernest Evan Ezra Farid Felix Femi Finn Floyd Frank Franz Fred Gabriel Gareth Gavin
    George Gil Glen Gordon Graham Grant Gus Guy Hamid Hank Hans Hari Harold Harry Henrik Henry Hugo Ian
    Idris Igor Ivan Ivo Jack Jacob Jamal James Jan Jasper Jay Jens Joel Jonas Jorge Josef Juan Jules
    Kai Kamal Karl Keith Kenji Kofi Kurt Kwame Lance Lars Laurie Leo Leon Levi Liam Lionel Lorenz Lou
    Luca Luis Luke Magnus Malik Marco Mark Marcel Martin Mateo Matt Max Milan Miles Milo Mohan Morris
    Nabil Neil Nels Nick Nico Nigel Nils Noah Noel Olaf Oleg Oliver Omar Orson Oscar Otis Otto Owen Pablo
    Pascal Patrick Paul Pedro Per Peter Philip Quentin Rafael Ralph Ramon Ravi Ray Reza Rhys Robin Rohan
    Roland Ron Rory Ross Rufus Rune Ryo Saif Sam Samir Saul Sean Sergio Seth Simon Sol Stan Stefan Sven
    Tariq Ted Theo Tim Tobi Toby Tom Tomas Tony Umar Uwe Victor Viktor Vince Wade Wally Walter Wes Will
    Xavier Yann Yusuf Zack Zeno André Jürgen Łukasz Óscar Søren Tomáš"""
)

_FRONTS = words(
    """Abber Alder Ankle Arden Ashen Barrow Beller Birken Bracken Bramble Brindle Bryn Calder Candle
    Carrow Cinder Clover Cobble Copper Corran Dapple Darrow Delver Dorrin Dunnel Elder Ember Ester Fallow
    Farrin Fenner Fernal Flaxen Fletchen Gable Garran Gilder Glimmer Gorsen Grannel Greyl Hallow Harrin
    Hazen Heather Hollin Ibber Inger Ivel Jarrow Juniper Kestrel Kindle Larkin Laurel Linnet Loomer
    Lunder Maren Marl Meadow Merrin Millet Morrow Nettle Nimmer Norrel Oaken Oller Orrin Ostler Pebble
    Pellin Perrin Plover Quarrel Quill Rannel Reddle Rillen Rowan Rushen Saffer Sallow Sedger Sorrel
    Starrel Sunnel Tallow Tamble Tarrin Thistle Timber Torrin Twinel Ulver Vallen Verrin Wander Warrel
    Weller Willow Winnel Wren Yarrow Yewen Zeller"""
)

_BACKS = words(
    """acre adale aker ally ander arth ashe away bank beck berg bourn bray bridge brook burn by cairn
    castle chase cote crest croft dahl dene don dray edge fall field fold ford garth gate gill glen grave
    gren grove hagen haven heath helm hithe holm horn hurst ika ings ison kamp keld kirk kova lake land
    lea leigh lock lund man march mead mere mont moor ness oda oku orio ova owicz pass penn pike quist
    reach ridge rigg rock sen shaw side skog sley son spire stad stead stock strand sund thorp toft tor
    vale vang vik wade wald ward water wen wick wood worth wyn yard ález ström ñoz"""
)

CLUBS = (
    "Steel Valley Striders", "Confluence Harriers", "Ember Street Runners", "Lantern Bridge Athletics",
    "Inclined Planes RC", "Sunday Slow Club", "Halfway Hill Runners", "Coalbend Road Runners",
    "Ferry Lane Joggers", "Foundry Track Club", "Back of the Pack Society", "Tall Bridges AC",
    "Rivermile Runners", "Copperfold Triathletes", "The Early Tram", "Lock Nine Runners",
    "Quarry Road Runners", "Millrace Mothers", "Northfold Night Runners", "Wind and Water AC",
    "Old Ropeworks Running", "Second Breakfast RC", "Towpath Turtles", "Glasshouse Gallopers",
)  # fmt: skip

_TOWN_FRONTS = words("""Amber Black Clear Coal Cold Copper East Fair Forge Glass High Iron Lock Long Mill New
    North Quarry Red Salt South Stone Tin West White""")
_TOWN_BACKS = words(
    "bend combe crossing deep fold harrow landing lathe mere quay rope run stair tarn weir"
)
TOWNS = tuple(front + back for front in _TOWN_FRONTS for back in _TOWN_BACKS)

REGIONS = (("PA", "USA", 0.62), ("OH", "USA", 0.14), ("WV", "USA", 0.07), ("NY", "USA", 0.05),
           ("MD", "USA", 0.03), ("MI", "USA", 0.02), ("ON", "CAN", 0.03), ("", "GBR", 0.015),
           ("", "DEU", 0.01), ("", "MEX", 0.01), ("", "JPN", 0.005))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """Columns of text, one entry for each person."""

    first: list[str]
    last: list[str]
    club: list[str]
    town: list[str]
    region: list[str]
    country: list[str]


def make_names(rng: np.random.Generator, woman: Bools) -> Names:
    """Names for n people; some share a name, a town or a club, as in any field."""
    n = len(woman)
    first = np.where(woman, _some(rng, WOMEN, n), _some(rng, MEN, n))
    fronts, backs = _some(rng, _FRONTS, n), _some(rng, _BACKS, n)
    last = [front + back for front, back in zip(fronts.tolist(), backs.tolist(), strict=True)]
    doubled = np.flatnonzero(rng.random(n) < 0.03)
    for row, other in zip(doubled.tolist(), rng.integers(0, n, len(doubled)).tolist(), strict=True):
        last[row] = f"{last[row]}-{last[other].split('-')[0]}"
    club = np.where(rng.random(n) < 0.27, _some(rng, CLUBS, n), "")
    region = rng.choice(len(REGIONS), n, p=[share for _, _, share in REGIONS])
    return Names(
        first=first.tolist(),
        last=last,
        club=club.tolist(),
        town=_some(rng, TOWNS, n).tolist(),
        region=[REGIONS[place][0] for place in region.tolist()],
        country=[REGIONS[place][1] for place in region.tolist()],
    )


def _some(rng: np.random.Generator, words: tuple[str, ...], n: int) -> npt.NDArray[np.str_]:
    """n words, the earlier half of a shuffled list more often than the later."""
    shuffled = rng.permutation(np.array(words))
    place = (rng.random(n) ** 1.4 * len(words)).astype(np.int64)
    return shuffled[place]
