"""News on a phone that sleeps: who follows which runner, what there is to tell them, sealed so that nobody on the way reads it.

In: Pictures, subscriptions of browsers. Out: who follows as texts that can be erased, news in words, sealed messages.
Never: a socket, a disk, a fact, somebody who is hidden, that somebody was not read.
"""
