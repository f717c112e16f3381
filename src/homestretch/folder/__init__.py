"""The folder of an event as text: event.toml, course.gpx and entrants.csv, read, checked and written;
course-shape.csv where an earlier edition is known.

In: texts and bytes of the files. Out: an event, a course, entrants and people, and problems in
words a race director understands. Never: facts of the day, a database, a clock, an exception for what
stands in a file.
"""
