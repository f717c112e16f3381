"""The race office: what is done with an event by command, while it runs or after.

In: an event's folder, files, an official's words. Out: facts, results as files, an erasure. Never: a page,
a process.
"""
