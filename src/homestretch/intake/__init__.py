"""Where bytes arrive: sockets that devices call, devices that are called, files, a watched folder.

In: bytes, and a ``Live`` that makes facts durable. Out: facts stamped with source and moment of arrival,
and what readers want sent. Never: what a protocol says (``readers``), what a fact means.

Bounded everywhere: connections at a door, bytes that wait, time in which nothing is said. A chunk is read
only when the facts of the one before are durable, so a flooding device slows itself and nobody else.
"""
