"""Homestretch keeps every runner of a road race in view until the last one is home."""

import os

__version__ = "0.1.0"

# Our matrices are small: handing parts of one to other threads takes many times as long as the work, the more so on a
# busy machine. NumPy asks when it is loaded, and the processes that we start inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
