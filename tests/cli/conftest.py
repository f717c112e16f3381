"""The folder of a small event in the past, with invented people, and the commands run in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from homestretch.app import load_folder, load_into_store, store_of
from homestretch.cli import main
from homestretch.office.exports import make_picture
from homestretch.picture import Picture
from homestretch.playing.demo import free_port
from homestretch.store.opening import Store

NIGHT_BEFORE = 1_714_780_800_000
EVENT = """
[event]
id = "mill-race"
name = "Mill Race Run"
date = 2024-05-04
zone = "America/New_York"
[[race]]
id = "10k"
name = "10 km"
distance_m = 10000
  [[race.wave]]
  name = "A"
  gun = 09:00:00
  [[race.wave]]
  name = "Wheelchairs"
  division = "wheelchair"
  gun = 08:50:00
[[race]]
id = "5k"
name = "5 km"
distance_m = 5000
gun = 09:30:00
[[point]]
id = "start"
name = "Start"
distance_m = {{ 10k = 0, 5k = 0 }}
[[point]]
id = "mill"
name = "The Mill"
distance_m = {{ 10k = 5000 }}
devices = ["MILL-1"]
[[point]]
id = "weir"
name = "Weir"
kind = "station"
distance_m = {{ 10k = 8000 }}
[[point]]
id = "finish"
name = "Finish"
distance_m = {{ 10k = 10000, 5k = 5000 }}
devices = ["FINISH-1"]
[doors]
jchip = {port}
"""
ENTRANTS = """bib,first,last,race,wave,division,sex,age,club,email,chip,display
101,Ilsabet,Quarrelholm,10k,A,,f,34,Mill Lane AC,ilsabet@example.org,C101,name
102,Tobin,Fallowsund,10k,A,,m,51,,,C102,initials
103,Hidda,Canarywick,10k,A,,f,29,Hidden Harriers,,C103,hidden
104,=1+1,@Sumcell,10k,A,,m,40,+Plus Club,,C104,name
105,Wen,Slowater,10k,A,,x,60,,,C105,name
106,Rolla,Wheelgate,10k,Wheelchairs,wheelchair,f,33,,,C106,name
201,Fivo,Kilometz,5k,,,m,22,,,C201,name
"""
READS = """chip,time,location
C101,2024-05-04 09:00:01.250,start
C101,2024-05-04 09:20:30.000,mill
C101,2024-05-04 09:41:02.301,finish
C102,2024-05-04 09:00:02.000,start
C102,2024-05-04 09:41:02.300,finish
C103,2024-05-04 09:00:03.000,start
C103,2024-05-04 09:22:00.000,mill
C103,2024-05-04 09:45:00.000,finish
C104,2024-05-04 09:46:00.001,finish
C105,2024-05-04 09:00:09.000,start
C105,2024-05-04 09:31:00.000,mill
C106,2024-05-04 08:50:01.000,start
C106,2024-05-04 09:15:31.500,finish
"""
LINE = f"""<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>
{"".join(f'<trkpt lat="40.0{tenth}" lon="-80.0"/>' for tenth in range(10))}
</trkseg></trk></gpx>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder, its event entered the night before."""
    where = tmp_path / "mill"
    where.mkdir()
    (where / "event.toml").write_text(EVENT.format(port=free_port("127.0.0.1")))
    (where / "course.gpx").write_text(LINE)
    (where / "entrants.csv").write_text(ENTRANTS)
    load_into_store(where, load_folder(where), NIGHT_BEFORE)
    return where


@pytest.fixture
def read_folder(folder: Path, run: Run) -> Path:
    """The folder with the reads of its day."""
    file = folder.parent / "reads.csv"
    file.write_text(READS)
    assert run("import", folder, file).exit_code == 0
    return folder


Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Run a command in this process."""

    def command(*words: str | Path, answer: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(map(str, words)), input=answer)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store of the folder."""
    with contextlib.closing(store_of(folder, "mill-race")) as store:
        yield store


def picture_of(folder: Path, now: int = NIGHT_BEFORE) -> Picture:
    """The event as it stands ``now``, or when its newest read arrived, if that is later."""
    with opened(folder) as store:
        return make_picture(store, now)
