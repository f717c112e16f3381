"""The words of a race day: event, race, course, entrant, clock, privacy.

In: nothing. Out: plain frozen values that every other room speaks. Never: I/O, arrays, a wall clock.
"""
