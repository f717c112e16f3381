"""How long everybody took, and what decides between two who took as long."""

from __future__ import annotations

import numpy as np

from homestretch.state.ledger import Ledger
from homestretch.state.passings import Passings, ReadsIn
from homestretch.state.proofs import Proofs
from homestretch.state.snapshot import NEVER, Ints, Mark, Roster


def elapsed(
    roster: Roster, passings: Passings, proofs: Proofs, ledger: Ledger
) -> tuple[Ints, Ints, Ints]:
    """(n,) start, gun time, net time; without a start read the gun stands in and the row is marked."""
    rows = np.arange(len(roster.race))
    start: Ints = np.where(proofs.at >= 0, roster.gun_at, NEVER)
    timed = (proofs.finish_at >= 0) & ((ledger.marks & Mark.MOVED_UP) == 0)
    if passings.at.shape[1]:
        read = passings.at[rows, np.maximum(roster.start_point, 0)]
        start = np.where((roster.start_point >= 0) & (read >= 0), read, start)
    gun_ms = np.where(timed, proofs.finish_at - roster.gun_at, NEVER)
    net_ms = np.where(timed, proofs.finish_at - start, NEVER)
    return start, gun_ms, net_ms


def tie_keys(
    reads: ReadsIn, passings: Passings, roster: Roster, proofs: Proofs
) -> tuple[Ints, ...]:
    """Order among equal milliseconds: (finish, seen_at, fact id) of the finish read."""
    rows = np.arange(len(roster.race))
    if not passings.winner.shape[1] or not len(reads.at):
        return (proofs.finish_at,)
    winner = passings.winner[rows, np.maximum(roster.end_point, 0)]
    read = np.maximum(winner, 0)
    ranks = reads.source_rank[reads.source[read]]
    keys = (reads.seen_at[read], ranks, reads.number[read], reads.digest[read])
    return (proofs.finish_at, *(np.where(winner >= 0, key, NEVER) for key in keys))
