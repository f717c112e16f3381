"""What templates call for a message: ``_``, ``ngettext`` and ``pgettext``, as jinja's extension names them for Babel.

They do what the extension's own do (what is given is escaped, ``%%`` is a per cent sign), but a message to which
nothing is given is looked up when the template is compiled, for its one language: a page has a hundred of them and is
rendered for each Picture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from homestretch.race.saying import Speech


def _filled(text: str, given: dict[str, Any]) -> Markup:
    return Markup(text % {name: escape(value) for name, value in given.items()})  # noqa: S704 - the catalogue's own HTML, what is given escaped


def make_calls(speech: Speech) -> dict[str, Callable[..., Markup]]:
    """The functions of a language, by the names under which templates call them."""

    @cache
    def plain(message: str, context: str) -> Markup:
        found = speech.pgettext(context, message) if context else speech.gettext(message)
        return _filled(found, {})

    def find(message: str, **given: Any) -> Markup:
        return _filled(speech.gettext(message), given) if given else plain(message, "")

    def find_in(context: str, message: str, **given: Any) -> Markup:
        if not given:
            return plain(message, context)
        return _filled(speech.pgettext(context, message), given)

    def find_n(one: str, many: str, num: int, **given: Any) -> Markup:
        return _filled(speech.ngettext(one, many, num), {"num": num} | given)

    return {"_": find, "gettext": find, "pgettext": find_in, "ngettext": find_n}


class _Folding(NodeTransformer):
    """``_('...')`` with nothing to fill in becomes what it says."""

    def __init__(self, find: Callable[[str], Markup]) -> None:
        self._find = find

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - jinja's name
        """The call, or its constant."""
        self.generic_visit(node)
        is_ours = isinstance(node.node, nodes.Name) and node.node.name == "_"
        if not is_ours or len(node.args) != 1 or node.kwargs:
            return node
        (message,) = node.args
        if not isinstance(message, nodes.Const):
            return node
        said = nodes.Const(str(self._find(message.value)), lineno=node.lineno)
        return nodes.MarkSafe(said, lineno=node.lineno)


class FoldedMessages(CodeGenerator):
    """Compiles templates with their messages in place."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - jinja's name
        """The template, its constant messages looked up."""
        _Folding(self.environment.globals["_"]).visit(node)  # type: ignore[arg-type]  # jinja types no globals
        super().visit_Template(node, frame)
