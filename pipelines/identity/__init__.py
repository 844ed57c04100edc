"""Who a record is about: links between clients and people, pseudonyms, the registry of person ids, the review of uncertain links.

Belongs here: everything that turns identifiers into people. Does not belong here: what a CHI number is (`schemas/chi.py`), and
costs: no function here sees or changes money. No identifier goes into a log or an error text.
"""
