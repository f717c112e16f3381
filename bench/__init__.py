"""The benchmarks: each module here has ``measure()``, which returns what it found as figures."""
