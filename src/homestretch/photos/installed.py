"""Whether what ``homestretch[photos]`` installs is here; without it pictures are kept and wait."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

NEEDED: Final = ("PIL", "cv2", "obstore", "onnxruntime", "pi_heif", "rapidocr")


def can_read_pictures() -> bool:
    """Whether pictures can be opened and read here; nothing of it is imported for that."""
    return all(find_spec(name) is not None for name in NEEDED)
