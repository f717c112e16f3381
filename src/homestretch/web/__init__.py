"""Pages, streams and forms: boards as HTML and JSON, for whoever may see them.

In: Pictures, requests. Out: pages, their JSON twins, fragments for streams. Never: a store, a name that a
board did not give, inline script or style.
"""
