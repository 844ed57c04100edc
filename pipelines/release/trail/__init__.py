"""The trail: from a published line to the row it rests on, from a row to what became of it, from a release to another.

Belongs here: reading a release, and the work it was made of where that is still there. Does not belong here: making either; words on
a console (`pipelines/commands/trail.py`).
"""
