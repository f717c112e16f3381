"""Whether two pictures show the same, after another size, another quality, another file: a perceptual hash.

pHash (Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", 3.2.1): the 8 × 8
lowest frequencies of the picture at 32 × 32, each above or below their median. Ten lines here, since the
package for it brings scipy along.
"""

from __future__ import annotations

import numpy as np

from homestretch.photos.opening import Pixels
from homestretch.state.photo_values import SAME_BITS


def likeness_of(picture: Pixels) -> str:
    """The perceptual hash of a picture, 16 hex digits."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = np.asarray(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA), np.float32)
    low = np.asarray(cv2.dct(small))[:8, :8].ravel()
    bits = low > np.median(low[1:])
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def is_alike(one: str, other: str) -> bool:
    """Whether two hashes are of one picture."""
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= SAME_BITS
