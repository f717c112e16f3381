"""Facts to columns: passings, splits, status, sweep track, flag, ranking; a frozen snapshot.

In: rows of the log. Out: a ``State``. Never: files, sockets, a wall clock, names.
"""
