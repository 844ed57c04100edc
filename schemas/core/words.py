"""The words in which several inside tables describe the same column.

Belongs here: a description that more than one module of this package uses. Does not belong here: tables.
"""

PERSON_KEY = "chi:<CHI> or client:<agency>:<social_care_id>"
RECORD_KEY = "the record's key within its agency and feed"
PART = "which part of its record; blank where the feed has none"
BROKEN_RULES = "ids of all the record rules that it breaks, parted by blanks"
