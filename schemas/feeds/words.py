"""The words in which several feeds describe the same column.

Belongs here: a description that more than one module of this package uses. Does not belong here: feeds.
"""

CHI = "CHI number, ten digits"
CARE_ID = "the council's client number"
