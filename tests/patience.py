"""How long a test waits for what must come.

Far longer than anything takes: a machine that is shared, or swaps, may be twenty times too slow, and no test may
fail of that. What comes sooner is seen sooner, so that patience costs nothing where all is well.
"""

from __future__ import annotations

from typing import Final

PATIENCE_S: Final = 180.0
