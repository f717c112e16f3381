"""A station: a small computer at a point with bad signal that keeps what it hears and passes it on.

In: the streams of the devices there. Out: the same facts, in its own file first, at the event's server when the
line is up. Never: a state, a page, a fact that was not kept before it was passed on.
"""
