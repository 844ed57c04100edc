"""The pages of the report, a module each: what it says, from the tables of a release.

Belongs here: findings in words, and which figures are beside them. Does not belong here: their look (`templates/`).
"""
