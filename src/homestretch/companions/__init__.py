"""Companions: who moved together beyond chance, since which point, and how often chance does as much.

In: clock seconds of a field at its mats, in the order of the course. Out: scored pairs, packs and groups as plain
columns, with the false rate that the race itself shows. Never: a socket, a disk, a clock, a name, a sentence.
"""
