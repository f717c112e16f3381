"""A process that upgrades a file of facts as a later version would, and dies in the middle, by its own hand."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from homestretch.store.sqlite_file import SqliteFile
from tests.kill.committing import die, die_in_a_write_after, say

STEP = """
ALTER TABLE facts ADD COLUMN note TEXT;
UPDATE facts SET note = hex(randomblob(2000));
CREATE INDEX facts_notes ON facts(note);
"""


class Dying(SqliteFile):
    """Dies where it was told to."""

    moment = ""

    def _connect(self) -> sqlite3.Connection:
        db = super()._connect()

        def on_statement(statement: str) -> None:
            statement = statement.strip()
            if statement.startswith("ALTER"):
                say("upgrading")
                if self.moment.isdecimal():
                    die_in_a_write_after(
                        self.path.with_name(f"{self.path.name}-wal"), int(self.moment)
                    )
            if self.moment.startswith(("UPDATE", "CREATE", "COMMIT")) and statement.startswith(
                self.moment
            ):
                die()

        db.set_trace_callback(on_statement)
        return db


if __name__ == "__main__":
    Dying.moment = sys.argv[2]
    file = Dying(Path(sys.argv[1]), holds="facts", version=2, schema="", steps={1: STEP})
    say("upgraded")
    if sys.argv[2] == "after":
        os.kill(os.getpid(), 9)
    file.close()
