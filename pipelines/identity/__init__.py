"""Who a record is about: client links, pseudonyms, the registry of person ids, the review of uncertain links.

Belongs here: everything that turns identifiers into people. What a CHI number is stays in `schemas.chi`.
Does not belong here: costs. No function here sees or changes money. No identifier goes into a log or an error text.
"""
