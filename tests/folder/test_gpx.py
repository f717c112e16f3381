"""course.gpx: lines of any planner become the course; everything else is named with its line."""

from __future__ import annotations

import math
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homestretch.folder.gpx import haversine_m, parse_gpx
from homestretch.folder.problem import Problem
from homestretch.folder.start import invented_course
from tests.folder.good import COURSE_GPX

HALF_M = 21_097.5


def gpx(points: str, wrap: str = "trk") -> bytes:
    inside = f"<trkseg>\n{points}\n</trkseg>" if wrap == "trk" else points
    return f'<?xml version="1.0"?>\n<gpx version="1.1">\n<{wrap}>\n{inside}\n</{wrap}>\n</gpx>'.encode()


def straight(count: int = 5, step: float = 0.01, tag: str = "trkpt") -> str:
    """Points northwards, some 1.1 km apart."""
    return "\n".join(
        f'<{tag} lat="{40 + step * index}" lon="-80"><ele>{100 + index}</ele></{tag}>'
        for index in range(count)
    )


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_the_fresh_course_comes_back_as_it_was_made() -> None:
    course, problems = parse_gpx(COURSE_GPX.encode(), HALF_M)
    made = invented_course()
    assert problems == []
    assert course is not None
    assert course.distance_m[-1] == HALF_M
    assert course.lat == pytest.approx(made.lat, abs=1e-6)
    assert course.ele_m == pytest.approx(made.ele_m, abs=0.06)
    assert course.distance_m == pytest.approx(made.distance_m, abs=1.0)


def test_haversine_agrees_with_known_distances() -> None:
    assert haversine_m(0, 0, 1, 0) == pytest.approx(111_195, abs=1)
    assert haversine_m(10, 20, 10, 20) == 0
    assert haversine_m(0, 179.5, 0, -179.5) == pytest.approx(111_195, abs=1)
    assert haversine_m(90, 0, -90, 0) == pytest.approx(math.pi * 6_371_008.8)


@pytest.mark.parametrize("wrap", ["trk", "rte"])
@pytest.mark.parametrize(
    "namespace",
    ['xmlns="http://www.topografix.com/GPX/1/0"', 'xmlns="http://www.topografix.com/GPX/1/1"', ""],
)
def test_tracks_and_routes_of_every_version_are_read(wrap: str, namespace: str) -> None:
    data = gpx(straight(tag="trkpt" if wrap == "trk" else "rtept"), wrap)
    course, problems = parse_gpx(data.replace(b"<gpx ", f"<gpx {namespace} ".encode()), None)
    assert problems == []
    assert course is not None
    assert course.distance_m[-1] == pytest.approx(4447.8, abs=0.1)


def test_a_prefix_before_each_element_is_no_obstacle() -> None:
    text = gpx(straight()).decode()
    for name in ("gpx", "trk", "trkseg", "trkpt", "ele"):
        text = text.replace(f"<{name}>", f"<g:{name}>").replace(f"<{name} ", f"<g:{name} ")
        text = text.replace(f"</{name}>", f"</g:{name}>")
    text = text.replace("<g:gpx ", '<g:gpx xmlns:g="http://www.topografix.com/GPX/1/1" ')
    assert parse_gpx(text.encode(), None) == parse_gpx(gpx(straight()), None)


@pytest.mark.parametrize(
    ("data", "line", "what", "do"),
    [
        (b"", 0, "empty", "route planner"),
        (gpx(""), 0, "no line", "route planner"),
        (gpx('<wpt lat="40" lon="-80"/>', "extensions"), 0, "only 1 marks (wpt)", "route planner"),
        (gpx(straight(1)), 3, "one point only", "start to finish"),
        (gpx('<trkpt lat="40" lon="-80"/>' * 3), 3, "one point only", "start to finish"),
        (b"<kml></kml>", 1, "This is KML, as Google Earth saves it, not GPX", "GPX track"),
        (b"<!doctype html><html>", 1, "This is a web page (HTML), not GPX", "GPX track"),
        (b"<TrainingCenterDatabase/>", 1, "This is a watch's TCX file, not GPX", "GPX track"),
        (b"<track/>", 1, "This is track, not GPX", "GPX track"),
        (b'{"type": "LineString", "coordinates": []}', 0, "This is GeoJSON, not", "GPX track"),
        (b'[{"lat": 40}]', 0, "This is JSON, not GPX", "GPX track"),
        (b"%PDF-1.7\n", 0, "This is a PDF, not GPX", "GPX track"),
        (bytes(range(32)) * 9, 0, "This is a binary file, not GPX", "GPX track"),
        (
            gpx('<trkpt lat="-122.4" lon="37.7"/>' * 2),
            0,
            "lat and lon look swapped",
            "lat is north",
        ),
        (b"bib,name\n1,A\n", 1, "not whole XML", "again"),
        (gpx(straight()).replace(b"</trkseg>", b""), 11, "not whole XML", "again"),
        (gpx(straight())[:-40], 9, "not whole XML", "again"),
        (b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT" + bytes(40), 0, "watch's FIT file", "GPX track"),
        (b'<?xml version="1.0" encoding="no-such"?><gpx/>', 1, "cannot be read|not whole", "again"),
    ],
)
def test_a_file_without_a_course_is_refused_in_words(
    data: bytes, line: int, what: str, do: str
) -> None:
    course, problems = parse_gpx(data, HALF_M)
    assert course is None
    problem = only([one for one in problems if one.severity == "error"])
    assert problem.line == line
    assert any(word in problem.what for word in what.split("|"))
    assert do in problem.do


def test_a_packed_file_is_recognised() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    assert "ZIP or KMZ" in only(parse_gpx(packed.getvalue(), HALF_M)[1]).what


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE gpx [
<!ENTITY a "0123456789">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<gpx><trk><name>&c;</name></trk></gpx>"""
FOREIGN = b"""<?xml version="1.0"?>
<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<gpx><trk><name>&x;</name></trk></gpx>"""


@pytest.mark.parametrize("data", [BOMB, FOREIGN, b"<!DOCTYPE gpx><gpx/>"])
def test_document_types_and_entities_are_refused(data: bytes) -> None:
    course, problems = parse_gpx(data, HALF_M)
    assert course is None
    problem = only(problems)
    assert "document type" in problem.what
    assert problem.line == data[: data.index(b"<!DOCTYPE")].count(b"\n") + 1


def test_a_jump_is_a_warning_in_the_line_of_the_point() -> None:
    points = straight(5) + '\n<trkpt lat="41" lon="-80"><ele>100</ele></trkpt>'
    course, problems = parse_gpx(gpx(points), None)
    assert course is not None
    assert only(problems).severity == "warning"
    assert only(problems).line == 5 + 5
    assert "jumps 106.7 km" in only(problems).what


@pytest.mark.parametrize(
    ("share", "severity", "word"),
    [
        (1.02, None, ""),
        (1.05, "note", "stretched"),
        (0.95, "note", "stretched"),
        (1.4, "warning", "longest race"),
        (0.5, "warning", "draw the line 2 times"),
    ],
)
def test_a_length_that_differs_is_said(share: float, severity: str | None, word: str) -> None:
    length_m = 4 * 1111.95
    course, problems = parse_gpx(gpx(straight()), length_m / share)
    assert course is not None
    assert course.distance_m[-1] == length_m / share
    if severity is None:
        assert problems == []
    else:
        assert only(problems).severity == severity
        assert word in only(problems).do


def test_points_that_are_nowhere_are_left_out_and_named_together() -> None:
    bad = ['<trkpt lat="95" lon="-80"/>', '<trkpt lat="40"/>', '<trkpt lat="x" lon="nan"/>']
    course, problems = parse_gpx(gpx(straight(3) + "\n" + "\n".join(bad)), None)
    assert course is not None
    assert len(course.lat) == 3
    assert "3 points: lines 8, 9, 10" in only(problems).what


def test_repeated_points_are_dropped() -> None:
    point = '<trkpt lat="40" lon="-80"><ele>100</ele></trkpt>'
    course, problems = parse_gpx(gpx(point + point + straight(3)), None)
    assert problems == []
    assert course is not None
    assert len(course.lat) == 3


def test_missing_elevations_lie_between_their_neighbours() -> None:
    points = straight(5).replace("<ele>102</ele>", "").replace("<ele>104</ele>", "<ele>?</ele>")
    course, _ = parse_gpx(gpx(points), None)
    assert course is not None
    assert course.ele_m == pytest.approx((100, 101, 102, 103, 103))


def test_a_line_without_elevations_is_flat_and_a_note_says_so() -> None:
    points = '<trkpt lat="40" lon="-80"/><trkpt lat="40.01" lon="-80"/>'
    course, problems = parse_gpx(gpx(points), None)
    assert course is not None
    assert course.ele_m == (0.0, 0.0)
    assert only(problems).severity == "note"


def test_of_several_lines_the_one_nearest_to_the_longest_race_is_used() -> None:
    short, long = straight(3), straight(15)
    data = gpx(f"{short}</trkseg></trk><trk><name>The race</name><trkseg>{long}")
    course, problems = parse_gpx(data, 15_500.0)
    assert course is not None
    assert len(course.lat) == 15
    assert '"The race"' in only(problems).what


def test_a_file_with_too_many_points_is_refused() -> None:
    course, problems = parse_gpx(gpx('<trkpt lat="40" lon="-80"/>\n' * 200_001), None)
    assert course is None
    assert "200,000 points" in only(problems).what


def test_deep_nesting_is_no_exception() -> None:
    course, problems = parse_gpx(b"<gpx>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</gpx>", None)
    assert course is None
    assert "no line" in only(problems).what


@given(
    places=st.lists(
        st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(-500, 9000) | st.none()),
        max_size=12,
    ),
    distance_m=st.none() | st.floats(100, 1e6),
)
def test_a_course_never_runs_backwards_and_ends_at_the_measured_distance(
    places: list[tuple[float, float, float | None]], distance_m: float | None
) -> None:
    points = "\n".join(
        f'<trkpt lat="{lat!r}" lon="{lon!r}">'
        + ("" if ele_m is None else f"<ele>{ele_m}</ele>")
        + "</trkpt>"
        for lat, lon, ele_m in places
    )
    course, problems = parse_gpx(gpx(points), distance_m)
    if course is None:
        assert problems
        return
    assert (
        len({len(column) for column in (course.lat, course.lon, course.ele_m, course.distance_m)})
        == 1
    )
    assert course.distance_m[0] == 0
    assert list(course.distance_m) == sorted(course.distance_m)
    if distance_m is not None:
        assert course.distance_m[-1] == distance_m


@pytest.mark.parametrize("text", ["\ufeff" + COURSE_GPX, "\n" + COURSE_GPX.split("\n", 1)[1]])
def test_what_begins_like_another_format_is_still_read(text: str) -> None:
    assert parse_gpx(text.encode(), HALF_M)[0] is not None
