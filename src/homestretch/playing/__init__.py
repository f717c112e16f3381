"""Days that are played: a made-up one, or a real past one, sent as bytes through the doors of a real server.

In: a rehearsal, or a file of past times. Out: bytes on sockets at their time, and what came of them.
Never: a fact put into the log by itself.
"""
