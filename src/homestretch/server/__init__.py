"""The processes of a server: who starts them, and what they say to each other.

In: Pictures from ``live``, questions from pages. Out: Pictures and keys in every front, answers that are
durable. Never: a page, a rule of the race.
"""
