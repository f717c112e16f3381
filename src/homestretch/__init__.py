"""Homestretch keeps every runner of a road race in view until the last one is home."""

__version__ = "0.1.0"
