"""A made-up race day, seeded: the demo, the tests and the benchmarks use the same one.

In: a seed, a date, the size of two fields, and figures fitted to real races that ship with the package.
Out: the three files of the event's folder as text (``plan``), what its devices send (``day``), and what
really happened, hidden from the system. Never: sockets, a disk, a clock, a real person's name or time.
"""
