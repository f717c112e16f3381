"""Builds the assets of the pages whenever a wheel, an sdist or an editable install is made."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load_assets(root: str) -> ModuleType:
    path = Path(root) / "frontend" / "assets.py"
    spec = importlib.util.spec_from_file_location("homestretch_assets", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling gives no build config type here
    """Does nothing when the built assets match their sources, so an sdist needs no Node."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling."""
        assets = _load_assets(self.root)
        return [] if assets.is_current() else [assets.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Runs before files are collected."""
        if _load_assets(self.root).ensure():
            self.app.display_info("built the assets of the pages")
