"""The commands with more to say: what each takes on the command line, and what it answers in words.

In: words of a command line. Out: sentences, an exit code (0 done, 1 not done, 2 not understood). Never:
the work itself, which is done by ``playing`` and ``office``.
"""
