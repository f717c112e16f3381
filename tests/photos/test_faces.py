"""Whose face is whose: the one above a number where no other could be meant; and what is blurred is gone."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, IptcImagePlugin

from homestretch.photos.crediting import Credit, write_iim, write_xmp
from homestretch.photos.developing import Order, blur, smear
from homestretch.photos.faces import (
    find_faces,
    find_head,
    list_numberless,
    list_unseen_heads,
)
from homestretch.photos.values import Box

WORN = Box(0.40, 0.60, 0.10, 0.08)
ABOVE = Box(0.42, 0.20, 0.06, 0.12)


def moved(box: Box, right: float, down: float = 0.0) -> Box:
    return Box(box.x + right, box.y + down, box.width, box.height)


def test_each_number_has_the_face_above_it() -> None:
    faces = [moved(ABOVE, 0.4), ABOVE]
    numbers = [WORN, moved(WORN, 0.4)]
    assert find_faces(faces, numbers, 1.5) == {0: ABOVE, 1: moved(ABOVE, 0.4)}


@pytest.mark.parametrize(
    "faces",
    [
        [],
        [moved(ABOVE, 0.45)],
        [moved(ABOVE, 0.0, 0.6)],
        [ABOVE, moved(ABOVE, 0.035)],
        [moved(ABOVE, -0.03), moved(ABOVE, 0.035)],
    ],
    ids=["nobody", "far away", "below", "two in one place", "one on either side"],
)
def test_where_it_is_not_clear_nobody_is_shown(faces: list[Box]) -> None:
    assert find_faces(faces, [WORN], 1.5) == {}


def test_a_face_between_two_numbers_is_nobodys() -> None:
    assert find_faces([ABOVE], [moved(WORN, -0.05), moved(WORN, 0.05)], 1.5) == {}


def test_who_runs_close_beside_a_number_is_still_without_one() -> None:
    beside = moved(ABOVE, 0.11)
    assert list_numberless([beside, ABOVE], [WORN], 1.5) == [0]
    assert list_numberless([beside, ABOVE], [WORN, moved(WORN, 0.11)], 1.5) == []
    assert list_numberless([ABOVE], [], 1.5) == [0]


@given(st.lists(st.tuples(st.floats(0, 0.9), st.floats(0, 0.9)), max_size=6))
def test_no_face_belongs_to_two_numbers(places: list[tuple[float, float]]) -> None:
    faces = [Box(x, y, 0.06, 0.12) for x, y in places]
    numbers = [Box(x, min(y + 0.35, 0.95), 0.1, 0.06) for x, y in places]
    found = list(find_faces(faces, numbers, 1.5).values())
    assert len({faces.index(face) for face in found}) == len(found) or len(set(faces)) < len(faces)


def test_what_is_blurred_is_the_same_for_pictures_that_differ_there_by_detail_alone() -> None:
    detail = np.random.default_rng(3).integers(0, 256, (200, 300, 3)).astype(np.uint8)
    turned = detail.copy()
    turned[40:120, 90:150] = turned[40:120, 90:150][::-1, ::-1]
    one, other = (blur(p, [Box(0.3, 0.2, 0.2, 0.4)]) for p in (detail, turned))
    inside = np.abs(one[60:100, 105:135].astype(int) - other[60:100, 105:135].astype(int))
    before = np.abs(detail[60:100, 105:135].astype(int) - turned[60:100, 105:135].astype(int))
    assert inside.mean() < before.mean() / 3
    assert (one[:, :60] == detail[:, :60]).all()


def test_another_consent_or_another_credit_is_another_name() -> None:
    plain = Order(photo="a", kept="b", shown=(ABOVE,))
    others = [
        Order(photo="a", kept="b"),
        Order(photo="a", kept="b", shown=(ABOVE,), hidden=(WORN,)),
        Order(photo="a", kept="b", shown=(ABOVE,), credit=Credit(credit="Photo: June Aldersay")),
    ]
    assert len({plain.name, *(one.name for one in others)}) == 4
    assert plain.name == Order(photo="a", kept="b", shown=(ABOVE,)).name


def test_a_credit_is_read_back_from_the_file_whatever_letters_it_has() -> None:
    credit = Credit(
        creator="Ína <Ødegård> & Söhne", credit="Photo: " + "ö" * 40, caption="x" * 3000
    )
    held = io.BytesIO()
    picture = Image.new("RGB", (64, 64))
    picture.save(held, "JPEG", xmp=write_xmp(credit), extra=write_iim(credit))
    found = IptcImagePlugin.getiptcinfo(Image.open(io.BytesIO(held.getvalue())))
    assert found is not None
    assert found[2, 80].decode() == credit.creator
    assert found[2, 110].decode() == ("Photo: " + "ö" * 40).encode()[:31].decode()
    assert len(found[2, 120]) == 2000
    assert "Ína &lt;Ødegård&gt; &amp; Söhne".encode() in held.getvalue()


@given(
    st.floats(0.1, 0.9), st.floats(0.4, 0.9), st.floats(0.01, 0.1), st.floats(-0.7, 0.7), st.floats(1.5, 2.3)
)  # fmt: skip
def test_a_head_is_looked_for_above_its_number_however_few_digits_are_read(
    x: float, y: float, height: float, aside: float, above: float
) -> None:
    for digits in (1, 2, 4):
        number = Box(x, y, digits * 0.6 * height / 1.5, height)
        unit = max(number.width, 2.2 * height / 1.5)
        middle = Box(x + number.width / 2 + aside * unit, y - above * unit * 1.5, 0.0, 0.0)
        assert find_head(number, 1.5).holds(middle)


def test_a_number_that_must_go_takes_its_head_along_unless_its_own_face_was_found() -> None:
    faces = {0: ABOVE, 1: moved(WORN, 0.4, -0.05)}
    numbers = [WORN, moved(WORN, 0.4), moved(WORN, -0.3)]
    assert list_unseen_heads(faces, numbers, [0], 1.5) == []
    unseen = [find_head(number, 1.5) for number in numbers[1:]]
    assert list_unseen_heads(faces, numbers, [0, 1, 2], 1.5) == unseen


def test_a_head_that_no_face_was_found_of_is_gone_and_the_face_beside_it_stays() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (400, 600, 3)).astype(np.uint8)
    head, kept = Box(0.3, 0.1, 0.3, 0.4), Box(0.55, 0.2, 0.1, 0.15)
    made = smear(picture, [head, Box(0.9, -0.4, 0.3, 0.6), Box(1.2, 0.0, 0.1, 0.1)], [kept])
    steps = np.abs(np.diff(made[45:195, 185:325].astype(int), axis=1))
    assert steps.max() < 8
    assert np.abs(np.diff(made[:75, 545:].astype(int), axis=1)).max() < 8
    assert (made[80:140, 330:390] == picture[80:140, 330:390]).all()
    assert (made[210:] == picture[210:]).all()
