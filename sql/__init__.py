"""The SELECTs that compute a release, one in each file.

Belongs here: SQL. Does not belong here: Python; `pipelines/engine/sql.py` reads the files. This file makes a package of the
folder, so that a wheel carries it.
"""
