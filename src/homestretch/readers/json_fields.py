"""The fields of each kind of fact in words: what may stand there, and what a refusal answers.

Everything follows from the types in ``facts``, so that no list of values is written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args, get_type_hints

import msgspec

from homestretch.facts import AnyFact, Fact

Form: TypeAlias = Literal["text", "whole", "number", "yes", "words"]
_NOT_SAID: Final = ("seen_at", "by", "text_ref")
"""When and by whom is said otherwise; a text is said as ``text``."""
_FORMS: Final[dict[type[msgspec.inspect.Type], Form]] = {
    msgspec.inspect.IntType: "whole",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.BoolType: "yes",
    msgspec.inspect.VarTupleType: "words",
}
LISTED: Final = 240
"""Letters of a list of names in an answer."""
_TYPES: Final[dict[Form, tuple[type, ...]]] = {
    "text": (str,), "whole": (int,), "number": (int, float), "yes": (bool,), "words": (list,),
}  # fmt: skip
_SAYS: Final[dict[Form, str]] = {
    "text": "a text in quotes",
    "whole": "a whole number without quotes",
    "number": "a number without quotes",
    "yes": "true or false",
    "words": "a list of texts",
}


class Field(NamedTuple):
    """One field: whether it must be there, what it holds, and its ``values`` where they are few."""

    name: str
    needed: bool
    form: Form = "text"
    values: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What the field may hold, in words."""
        return f"one of {', '.join(self.values)}" if self.values else _SAYS[self.form]


def _fields(kind: type[Fact]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    for field in info.fields:
        if field.name not in _NOT_SAID:
            found[field.name] = _field(kind, field)
    if any(field.name == "text_ref" for field in info.fields):
        found["text"] = Field("text", needed=False)
    return found


def _field(kind: type[Fact], field: msgspec.inspect.Field) -> Field:
    types = [field.type]
    if isinstance(field.type, msgspec.inspect.UnionType):
        types = [one for one in field.type.types if not isinstance(one, msgspec.inspect.NoneType)]
    first = types[0]
    if isinstance(first, msgspec.inspect.LiteralType):
        # msgspec sorts them; as they stand in the type they have an order that means something
        values = tuple(map(str, get_args(get_type_hints(kind)[field.name])))
        return Field(field.name, field.required, "text", values)
    return Field(field.name, field.required, _FORMS.get(type(first), "text"))


FIELDS: Final[dict[str, dict[str, Field]]] = {
    str(kind.__struct_config__.tag): _fields(kind) for kind in get_args(AnyFact)
}
"""kind -> what may be said of it beside when and by whom: name -> field."""


def meant(word: str, words: Iterable[str]) -> str:
    """A question for the word that was probably meant; empty when none is near."""
    known = {one.casefold(): one for one in words}
    near = get_close_matches(word[:60].strip().casefold(), list(known), 1, 0.6)
    return f"Did you mean {known[near[0]]!r}?" if near else ""


def say_kinds(said: object, kinds: Iterable[str]) -> str:
    """What a kind that nobody knows is answered."""
    known = sorted(kinds)
    hint = meant(said, known) if isinstance(said, str) else ""
    return f"It is {repr(said)[:60]}. {hint or 'The kinds are ' + _list_some(known) + '.'}"


def _list_some(names: list[str]) -> str:
    """Names up to a length that an answer has room for, and how many more there are."""
    listed = [name for at, name in enumerate(names) if len(", ".join(names[: at + 1])) <= LISTED]
    more = len(names) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more else "")


def say_others(kind: str, others: Iterable[str]) -> str:
    """What fields that a kind does not have are answered."""
    known, listed = list(FIELDS[kind]), sorted(others)[:3]
    names = ", ".join(repr(name)[:60] for name in listed)
    hint = meant(listed[0], known) if len(listed) == 1 else ""
    return (
        f"It does not have {names}. {hint + ' ' if hint else ''}Its fields are {', '.join(known)}."
    )


def in_form(kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """An item with the words of few values as they are spelt: ``DNF`` is ``dnf``, ``count after stop``
    is ``count-after-stop``."""
    plain = dict(item)
    for name, field in FIELDS.get(kind, {}).items():
        value = plain.get(name)
        if field.values and isinstance(value, str):
            loose = "-".join(value.casefold().replace("_", " ").replace("-", " ").split())
            plain[name] = loose if loose in field.values else value
    return plain


def say_wrong(kind: str, item: Mapping[str, Any], otherwise: str) -> str:
    """What the first field that is missing or wrong is answered; ``otherwise`` when none is found."""
    for name, field in FIELDS[kind].items():
        value = item.get(name)
        if name not in item or (value is None and field.needed):
            if field.needed:
                return f"{name} is missing: {field.says}."
        elif value is not None and not _fits(value, field):
            hint = meant(value, field.values) if isinstance(value, str) else ""
            return f"{name} is {repr(value)[:60]}, but must be {field.says}. {hint}".rstrip()
    return otherwise


def _fits(value: object, field: Field) -> bool:
    if field.values:
        return value in field.values
    if isinstance(value, bool) and field.form != "yes":
        return False
    if isinstance(value, list):
        return field.form == "words" and all(isinstance(word, str) for word in value)
    return isinstance(value, _TYPES[field.form])
