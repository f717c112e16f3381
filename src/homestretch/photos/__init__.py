"""Photos: whose numbers stand in a picture, from what can be read in it and who was expected there then.

In: the bytes of a picture; bibs with a probability of being there at that time. Out: numbers that were
seen, each with its rivals; candidates with a posterior and a decision; what a camera's clock is off.
Never: a network, a face compared with another face, a tag from a time alone.
"""
