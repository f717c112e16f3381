"""The herald: tells other systems what happens, each thing once and in order, and goes on where it was.

In: every Picture of the keeper, the webhooks and alert addresses of the event's folder.
Out: messages, signed, as the receiver's role may read them; words on how that goes, for the log.
Never: a name, a fact or a text of a person in its own file; an address or a secret in a log or a fact.
"""
