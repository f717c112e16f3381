"""What will happen: when everybody comes to every point, who is caught by the sweep, who needs us most.

In: columns of a state, the plan, now, and figures fitted to real races that ship with the package. Out: a
frozen ``Forecast`` of plain columns. Never: a socket, a disk, a clock, a name, a sentence.
"""
