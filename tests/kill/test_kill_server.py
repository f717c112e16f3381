"""``kill -9`` of keeper, front and supervisor: what was acknowledged is there exactly once."""

from __future__ import annotations

from pathlib import Path

from bench.kill_server import kill_rounds

ROUNDS = 6


def test_no_kill_of_a_process_loses_or_doubles_an_acknowledged_read(tmp_path: Path) -> None:
    killed = kill_rounds(tmp_path, rounds=ROUNDS, seed=3)
    assert killed.kills == ROUNDS
    assert killed.in_flight >= 2
    assert killed.resending >= 1
    assert killed.acknowledged > 0
    assert killed.lost == killed.twice == killed.refused == 0
    assert killed.remembered > 0
    assert killed.missing == killed.jchip_twice == 0
    assert killed.jchip_connections > 1
    assert killed.streams > 1
    assert set(killed.statuses) <= {200, 503}
    assert killed.faults == ()
