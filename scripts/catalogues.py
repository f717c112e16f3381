"""Keeps the catalogues of the languages: takes every string that people read out of the code and the templates
into `src/homestretch/locale/*/LC_MESSAGES/homestretch.po`, and compiles them.

    .venv/bin/python scripts/catalogues.py            # take in what is new, then compile
    .venv/bin/python scripts/catalogues.py --compile  # compile what is older than its source
    .venv/bin/python scripts/catalogues.py --new fr   # begin a language
    .venv/bin/python scripts/catalogues.py --missing de
    .venv/bin/python scripts/catalogues.py --merge OURS THEIRS  # git's merge driver; docs/how-to/translate.md

What stands in a catalogue is kept; a string that is new has an empty translation, one that is gone is dropped.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "homestretch"
LOCALE = SOURCES / "locale"
NAME = "LC_MESSAGES/homestretch.po"
METHODS = [("web/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"web/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "said": None,
    "said_n": (1, 2),
    "said_in": ((1, "c"), 2),
}
REMARK = "For translators:"
HEADER = """\
# What people read on the pages of Homestretch, in another language.
# docs/how-to/translate.md says how a language is added."""


def extract() -> Catalog:
    """Every string that is marked in the code and the templates."""
    found = Catalog(project="Homestretch", charset="utf-8", fuzzy=False)
    for path, _, message, remarks, context in extract_from_dir(
        SOURCES, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=[REMARK], strip_comment_tags=True
    ):
        found.add(message, None, [(path, 0)], auto_comments=remarks, context=context)
    return found


def list_catalogues() -> list[Path]:
    """The catalogue of every language but English, which is the code's own."""
    return sorted(LOCALE.glob(f"*/{NAME}"))


def read(path: Path) -> Catalog:
    """A catalogue as it stands in its file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def as_text(catalog: Catalog) -> str:
    """A catalogue as its file: by the English, with the files that say it, no line numbers and no dates, so that
    it changes only with what is said."""
    catalog.header_comment = HEADER
    written = io.BytesIO()
    write_po(written, catalog, width=100, sort_output=True, include_lineno=False, omit_header=False, ignore_obsolete=True)  # fmt: skip
    dated = ('"POT-Creation-Date:', '"PO-Revision-Date:', '"Generated-By:', '"Report-Msgid-Bugs-To:', '"Last-Translator:', '"Language-Team:')  # fmt: skip
    lines = [line for line in written.getvalue().decode().split("\n") if not line.startswith(dated)]
    return "\n".join(lines)


def updated(path: Path) -> Catalog:
    """A catalogue with what the code says now."""
    catalog = read(path)
    catalog.update(extract(), no_fuzzy_matching=True)
    return catalog


def list_missing(catalog: Iterable[Message]) -> Iterator[Message]:
    """What has no translation yet."""
    for message in catalog:
        said = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(said):
            yield message


def compile_all() -> list[Path]:
    """Compile what is older than its source; the files that were written."""
    written = []
    for path in list_catalogues():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        with compiled.open("wb") as file:
            write_mo(file, read(path))
        written.append(compiled)
    return written


def merge(ours: Path, theirs: Path) -> None:
    """Into ``ours`` what ``theirs`` has beside it: two people translated at a time. Neither side's words are lost;
    what the code no longer says goes when the catalogue is next updated."""
    catalogs = []
    for path in (ours, theirs):
        with path.open("rb") as file:
            catalogs.append(read_po(file))
    mine, other = catalogs
    for message in other:
        known = mine.get(message.id, message.context) if message.id else message
        if known is None or known in list_missing([known]):
            mine.add(message.id, message.string, message.locations, context=message.context)
    ours.write_text(as_text(mine), encoding="utf-8")


def begin(language: str) -> Path:
    """An empty catalogue of a language, with its plural forms."""
    path = LOCALE / language / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(Catalog(locale=language, project="Homestretch", fuzzy=False)), "utf-8")
    return path


def main() -> int:
    """Command line; see above."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--compile", action="store_true", help="compile only")
    parser.add_argument("--new", metavar="LANGUAGE", help="begin a language, by its code")
    parser.add_argument("--missing", metavar="LANGUAGE", help="print what has no translation yet")
    parser.add_argument("--merge", metavar=("OURS", "THEIRS"), nargs=2, help="join two catalogues")
    given = parser.parse_args()
    if given.merge:
        merge(*map(Path, given.merge))
        return 0
    if given.missing:
        for message in list_missing(updated(LOCALE / given.missing / NAME)):
            print(message.id if isinstance(message.id, str) else message.id[0])
        return 0
    if given.new:
        begin(given.new)
    for path in [] if given.compile else list_catalogues():
        path.write_text(as_text(updated(path)), encoding="utf-8")
    written = compile_all()
    print(f"catalogues: compiled {len(written)}" if written else "catalogues: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
