"""Tables of event.toml read against their settings: misspelt, missing and wrong ones become findings."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from homestretch.folder.event_settings import REPEATED, TABLES, Setting, heading
from homestretch.folder.moments import Day
from homestretch.folder.problem import Findings, Severity, WrongError
from homestretch.folder.toml_lines import Lines, Path
from homestretch.folder.toml_text import UNREADABLE
from homestretch.folder.values import describe, show


class Table:
    """One table as read: ``values`` has the settings that could be read, ``given`` all that stand there."""

    def __init__(self, reading: Reading, name: str, path: Path) -> None:
        self._reading = reading
        self.name = name
        self.path = path
        self.values: dict[str, Any] = {}
        self.given: set[str] = set()

    def find(self, key: str) -> Any:
        """The value of a setting, or None when it is absent or wrong."""
        return self.values.get(key)

    def say(self, what: str, do: str = "", *keys: str, severity: Severity = "error") -> None:
        """A finding about this table or the setting that ``keys`` lead to."""
        self._reading.findings.add(
            self._reading.lines.get_line((*self.path, *keys)), what, do, severity
        )

    @property
    def line(self) -> int:
        """Where the table stands."""
        return self._reading.lines.get_line(self.path)


class Reading:
    """One reading of event.toml: where its findings go, and where everything stands."""

    def __init__(self, findings: Findings, lines: Lines) -> None:
        self.findings = findings
        self.lines = lines

    def rename(
        self, raw: dict[str, Any], known: Iterable[str], path: Path, where: str
    ) -> dict[str, Any]:
        """``raw`` with misspelt keys under the name that they were meant to have, each reported."""
        known = list(known)
        meant: dict[str, Any] = {}
        for key, value in raw.items():
            if key in known:
                meant[key] = value
                continue
            loose = key.lower().replace("-", "_").replace(" ", "_")
            near = [loose] if loose in known else get_close_matches(loose, known, 1, 0.6)
            free = [name for name in near if name not in raw and name not in meant]
            line = self.lines.get_line((*path, key))
            if near:
                self.findings.add(
                    line, f'"{key}" is not known{where}.', f'Did you mean "{near[0]}"?'
                )
            elif below := [name for name in TABLES if name.endswith(f".{loose}") and not path]:
                self.findings.add(
                    line,
                    f'"{key}" is not known{where}.',
                    f"Write {heading(below[0])} below the race that it belongs to.",
                )
            else:
                listed = ", ".join(known)
                self.findings.add(line, f'"{key}" is not known{where}.', f"Known are: {listed}.")
            meant.update(dict.fromkeys(free, value))
        return meant

    def list_tables(self, raw: object, name: str, path: Path) -> list[tuple[dict[str, Any], Path]]:
        """The raw tables that stand under a heading; single ones count as lists of one."""
        if raw is None or raw == UNREADABLE:
            return []
        if isinstance(raw, dict):
            if name in REPEATED:
                self._say_heading(name, path)
            return [(raw, path)]
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            self._say_heading(name, path)
            return []
        if name not in REPEATED and len(raw) != 1:
            second = self.lines.get_line((*path, 1))
            self.findings.add(
                second, f"There can be one {heading(name)} only.", "Keep one of them."
            )
        elif name not in REPEATED:
            self._say_heading(name, path)
        return [(item, (*path, position)) for position, item in enumerate(raw)]

    def _say_heading(self, name: str, path: Path) -> None:
        self.findings.add(
            self.lines.get_line(path),
            f'"{name.rsplit(".", 1)[-1]}" must be a table with a heading of its own.',
            f"Write {heading(name)} above its settings.",
        )

    def read(self, raw: dict[str, Any], name: str, path: Path, day: Day, extra: str = "") -> Table:
        """A table with its settings read; ``extra`` is a key that is read elsewhere."""
        table = Table(self, name, path)
        settings = {setting.key: setting for setting in TABLES[name]}
        known = [*settings, extra] if extra else list(settings)
        raw = self.rename(raw, known, path, f" in {heading(name)}")
        table.given = set(raw)
        for key, setting in settings.items():
            if key in raw:
                self._read_setting(table, setting, raw[key], day)
            elif setting.required:
                table.say(
                    f"{heading(name)} has no {key}.",
                    f"Add a line such as: {key} = {setting.example}",
                )
        return table

    def _read_setting(self, table: Table, setting: Setting, value: object, day: Day) -> None:
        if not setting.form.by_race or not isinstance(value, dict):
            self._read_value(table, setting, value, day, table.values, (setting.key,))
            return
        by_race: dict[str, Any] = {}
        for race, each in value.items():
            self._read_value(table, setting, each, day, by_race, (setting.key, race))
        table.values[setting.key] = by_race

    def _read_value(
        self,
        table: Table,
        setting: Setting,
        value: object,
        day: Day,
        into: dict[str, Any],
        keys: tuple[str, ...],
    ) -> None:
        if value == UNREADABLE:
            return
        try:
            into[keys[-1]] = setting.form.read(value, day)
        except WrongError as wrong:
            name = f"{setting.key} of {keys[1]}" if len(keys) > 1 else setting.key
            if wrong.what:
                what = f"{name}: {show(value)} {wrong.what}."
            else:
                what = f"{name} is {describe(value)}, but must be {setting.form.says}."
            do = wrong.do or f"Write for example: {setting.key} = {setting.example}"
            table.say(what, do, *keys)
