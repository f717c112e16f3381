"""The API for other systems at ``/api/v1``: what a race day tells a program, and its OpenAPI document.

Every answer is made from a Picture by the boards that make the pages, so nothing is told here that a page
would not tell the same viewer. Times of day are ISO 8601 with an offset, durations whole milliseconds.
"""
