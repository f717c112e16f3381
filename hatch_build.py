"""Builds the assets of the pages, and compiles the catalogues of their languages, whenever a wheel, an sdist or an
editable install is made."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load(root: str, script: str) -> ModuleType:
    path = Path(root) / script
    spec = importlib.util.spec_from_file_location(f"homestretch_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ASSETS, CATALOGUES = "frontend/assets.py", "scripts/catalogues.py"


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling gives no build config type here
    """Does nothing when the built assets match their sources, so an sdist needs no Node."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling."""
        assets = _load(self.root, ASSETS)
        return [] if assets.is_current() else [assets.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Runs before files are collected."""
        if _load(self.root, ASSETS).ensure():
            self.app.display_info("built the assets of the pages")
        if compiled := _load(self.root, CATALOGUES).compile_all():
            self.app.display_info(f"compiled {len(compiled)} catalogues")
