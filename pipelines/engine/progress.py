"""The logger on which long work says where it is. It carries step names and counts, never anything from a record.

Belongs here: the logger. Does not belong here: showing its lines (the command line listens to it).
"""

import logging

PROGRESS = logging.getLogger("irf.progress")
PROGRESS.setLevel(logging.INFO)
PROGRESS.propagate = False
