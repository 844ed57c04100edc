"""What is true: every feed, reference table, inside table and published table, declared once.

Belongs here: table models, their column types and descriptions, the rules records must keep.
Does not belong here: reading files, computing, running. Nothing here imports from the other rooms.
"""
