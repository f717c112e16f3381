"""What was read, times who was expected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from homestretch.photos.boxes import merge_seen
from homestretch.photos.channel import p_no_bib, p_seen
from homestretch.photos.deciding import (
    AUTO,
    TAGGED,
    Decision,
    Expected,
    decide,
    decide_without,
)
from homestretch.photos.values import Box, SeenNumber

BIBS = st.integers(100, 9999).map(str)
THERE = Expected(
    {"3621": 1.0, "3627": 1.0, "4810": 1.0, **{str(n): 1.0 for n in range(7000, 7017)}}
)


def seen(*strings: tuple[str, float], x: float = 0.4, gap: int = 0) -> SeenNumber:
    return SeenNumber(Box(x, 0.5, 0.08, 0.05), strings, gap)


def test_a_number_read_whole_that_was_expected_tags_by_itself() -> None:
    [found] = decide([seen(("3621", 0.99))], THERE)
    assert (found.bib, found.decision) == ("3621", Decision.TAGGED)


def test_a_hidden_end_digit_is_found_again_when_one_expected_bib_fits() -> None:
    [found] = decide([seen(("481", 0.99))], THERE)
    assert found.bib == "4810"
    assert found.p >= TAGGED


def test_a_hidden_end_digit_is_a_question_when_two_expected_bibs_fit_with_the_rival_named() -> None:
    [found] = decide([seen(("362", 0.99))], THERE)
    assert found.decision is Decision.REVIEW
    assert {found.bib, found.rivals[0].bib} == {"3621", "3627"}


def test_a_digit_hidden_within_is_found_again_where_there_is_room_for_it() -> None:
    fitting = Expected({"4810": 1.0, **{str(n): 1.0 for n in range(7000, 7017)}})
    [told] = decide([seen(("480", 0.99), gap=2)], fitting)
    [untold] = decide([seen(("480", 0.99))], fitting)
    assert told.bib == "4810"
    assert told.p >= TAGGED > untold.p


def test_the_same_number_seen_at_two_sizes_is_one_number() -> None:
    far, near = seen(("362", 0.6), ("3621", 0.3)), seen(("3621", 0.9))
    [one] = merge_seen([far, near])
    assert one.text == "3621"


def test_a_number_cut_in_two_by_a_hand_is_one_number() -> None:
    left = SeenNumber(Box(0.40, 0.5, 0.04, 0.05), (("48", 0.99),))
    right = SeenNumber(Box(0.46, 0.5, 0.02, 0.05), (("0", 0.99),))
    found = decide([left, right], THERE)
    assert [one.bib for one in found if one.p >= TAGGED] == ["4810"]


def test_one_bib_is_worn_by_one_person() -> None:
    found = decide([seen(("3621", 0.99)), seen(("362", 0.99), x=0.8)], THERE)
    assert [(one.bib, one.p >= TAGGED) for one in found] == [("3621", True), ("3627", True)]


def test_whom_only_the_start_list_knows_is_never_tagged_by_itself() -> None:
    everybody = frozenset(str(n) for n in range(1000, 2000))
    [found] = decide([seen(("1234", 0.999))], Expected({}, everybody))
    assert found.bib == "1234"
    assert found.decision is Decision.REVIEW
    assert not decide([seen(("123", 0.999))], Expected({}, everybody))


def test_a_number_that_nobody_wears_is_nobody() -> None:
    assert not [one for one in decide([seen(("2026", 0.99))], THERE) if one.p >= 0.2]


def test_without_expectation_what_is_read_is_believed() -> None:
    [found] = decide_without([seen(("2026", 0.97))])
    assert (found.bib, found.p) == ("2026", 0.97)


@given(BIBS, st.lists(BIBS, min_size=1, max_size=30), st.floats(0.3, 1.0))
def test_posteriors_are_probabilities_and_a_bib_appears_once(
    text: str, bibs: list[str], p: float
) -> None:
    numbers = [seen((text, p)), seen((text[:-1], p), x=0.7)]
    found = decide(numbers, Expected(dict.fromkeys(bibs, 1.0)))
    assert all(0 <= one.p <= 1 for one in found)
    assert len({one.bib for one in found}) == len(found)


@given(BIBS)
def test_what_a_bib_may_be_read_as_is_at_most_everything(bib: str) -> None:
    whole = p_seen(bib, bib)
    cut = {bib[1:], bib[:-1], bib[2:], bib[:-2]}
    swapped = {bib[:i] + d + bib[i + 1 :] for i in range(len(bib)) for d in "0123456789"} - {bib}
    assert 0.85 < whole + sum(p_seen(text, bib) for text in cut | swapped) <= 1.0


def test_auto_is_above_what_counts_as_a_tag() -> None:
    assert AUTO > TAGGED


def beside(
    text: str,
    margins: tuple[float, ...] = (),
    letters: int = 0,
    sheet: tuple[float, ...] = (),
) -> SeenNumber:
    return SeenNumber(Box(0.4, 0.5, 0.08, 0.05), ((text, 0.99),), 0, (), margins, letters, sheet)


def p_of(bib: str, one: SeenNumber) -> float:
    return next((found.p for found in decide([one], FIFTY) if found.bib == bib), 0.0)


FIFTY = Expected({"4810": 1.0, "7055": 1.0, **{str(n): 1.0 for n in range(200, 210)}, **{str(n): 1.0 for n in range(5000, 5038)}})  # fmt: skip


def test_a_digit_is_hidden_at_an_end_rather_where_there_is_no_paper() -> None:
    covered, open_, unknown = (0.5, 0.0), (0.5, 0.6), ()
    at_end = [p_of("4810", beside("481", margins)) for margins in (covered, unknown, open_)]
    assert at_end == sorted(at_end, reverse=True)
    assert at_end[0] >= TAGGED > at_end[2]
    assert p_of("4810", beside("810", covered)) < p_of("4810", beside("810", (0.0, 0.5)))
    assert p_of("4810", beside("4810", open_)) >= AUTO


def test_no_bib_begins_with_a_zero_so_its_beginning_is_hidden() -> None:
    assert p_of("7055", beside("055")) > p_of("4810", beside("810"))


def test_a_number_in_a_line_of_words_is_rather_no_bib() -> None:
    alone, in_words = p_of("4810", beside("4810")), p_of("4810", beside("4810", letters=7))
    assert alone > in_words
    assert p_of("4810", beside("481", letters=7)) < TAGGED


def test_a_number_that_is_not_in_the_middle_of_its_sheet_goes_on() -> None:
    patch, wiped, whole = (0.5, 0.0), (0.5, 1.5), (0.5, 0.5)
    off, centred = (0.6, 1.6), (0.6, 0.6)
    assert p_of("4810", beside("481", patch, sheet=off)) >= TAGGED
    assert p_of("4810", beside("481", wiped, sheet=off)) >= TAGGED
    assert p_of("4810", beside("481", whole, sheet=centred)) < TAGGED
    assert p_of("4810", beside("810", wiped, sheet=off)) < p_of(
        "4810", beside("481", wiped, sheet=off)
    )
    a_white_shirt = beside("481", wiped, sheet=(3.2, 0.6))
    assert p_of("4810", a_white_shirt) == p_of("4810", beside("481"))


def test_years_and_distances_are_rather_no_bib_than_other_numbers() -> None:
    expected = Expected({"2016": 1.0, "2916": 1.0, "142": 1.0, "147": 1.0})
    read = {
        text: decide([seen((text, 0.99))], expected)[0] for text in ("2016", "2916", "42", "47")
    }
    assert read["2016"].p < read["2916"].p
    assert read["42"].p < read["47"].p
    assert read["42"].decision is not Decision.TAGGED


def test_what_is_read_surely_is_rarely_another_number_that_looks_like_it() -> None:
    neighbours = Expected(dict.fromkeys(map(str, range(400, 600)), 1.0))
    sure, unsure = (decide([seen(("481", q))], neighbours)[0] for q in (0.995, 0.9))
    assert sure.p > unsure.p >= TAGGED
    assert sure.p >= AUTO
    assert p_seen("481", "487", p_text=0.99) < p_seen("481", "487", p_text=0.9)


def test_legs_that_are_read_as_ones_are_nobody() -> None:
    expected = Expected({"411": 1.0, "427": 1.0, "1118": 1.0, **{str(n): 1.0 for n in range(7000, 7017)}})  # fmt: skip
    legs, digits = (decide([seen((text, 0.99))], expected)[0] for text in ("11", "27"))
    assert (legs.bib, digits.bib) == ("411", "427")
    assert legs.p < TAGGED / 2 < digits.p
    assert decide([seen(("111", 0.99))], expected)[0].p < TAGGED


def test_what_a_number_that_is_no_bib_may_be_is_everything_once() -> None:
    one_to_four = [
        f"{number:0{digits}d}" for digits in (1, 2, 3, 4) for number in range(10**digits)
    ]
    five_and_six = 10**5 * p_no_bib("48103") + 10**6 * p_no_bib("481036")
    assert abs(sum(map(p_no_bib, one_to_four)) + five_and_six - 1) < 1e-9
