"""The built assets are those of the sources, carry no addresses and run without anybody's server."""

from __future__ import annotations

import json
import re

import pytest

from frontend import assets

MANIFEST = json.loads((assets.STATIC / "manifest.json").read_text(encoding="utf-8"))


def test_the_built_assets_match_their_sources() -> None:
    assert assets.is_current(), "run: make assets"


def test_a_changed_source_makes_the_built_assets_stale(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in assets.list_sources():
        copy = tmp_path / source.relative_to(assets.FRONTEND)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    monkeypatch.setattr(assets, "FRONTEND", tmp_path)
    assert assets.is_current()
    (tmp_path / "app.js").write_text("// changed\n", encoding="utf-8")
    assert not assets.is_current()


def test_line_ends_of_a_checkout_do_not_make_the_assets_stale(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in assets.list_sources():
        copy = tmp_path / source.relative_to(assets.FRONTEND)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(assets, "FRONTEND", tmp_path)
    assert assets.is_current()


def test_a_missing_built_file_makes_the_assets_stale(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_bytes(assets.STAMP.read_bytes())
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    monkeypatch.setattr(assets, "STAMP", stamp)
    assert assets.find_built_digest() is None


def test_every_name_in_the_manifest_is_a_file_with_a_version() -> None:
    assert {"app.js", "app.css", "icon.svg", "licences.txt"} <= MANIFEST.keys()
    for stable, address in MANIFEST.items():
        path, _, version = address.partition("?v=")
        assert (assets.STATIC / path).is_file()
        assert version or path != stable


def test_the_style_sheet_and_the_script_fetch_nothing_from_elsewhere() -> None:
    css = (assets.STATIC / "app.css").read_text(encoding="utf-8")
    addresses = re.findall(r"url\(\"?([^)\"]+)", css)
    assert addresses
    assert all(address.startswith("./fonts/") for address in addresses)
    assert all((assets.STATIC / address).is_file() for address in addresses)
    script = (assets.STATIC / "app.js").read_text(encoding="utf-8")
    assert not re.findall(r"https?://(?!four\.htmx\.org|www\.w3\.org)[\w.-]+", script)


def test_the_lock_file_holds_no_addresses_and_a_digest_for_each_package() -> None:
    lock = json.loads((assets.FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert not [name for name, entry in packages.items() if "integrity" not in entry]


def test_every_bundled_package_leaves_its_licence() -> None:
    package = json.loads((assets.FRONTEND / "package.json").read_text(encoding="utf-8"))
    licences = (assets.STATIC / "licences.txt").read_text(encoding="utf-8")
    for name, version in package["dependencies"].items():
        assert f"{name} {version}" in licences
