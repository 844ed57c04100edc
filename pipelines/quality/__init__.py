"""Whether what was made may be published: the gate and its verdict, findings of rules, drift, words that name somebody, Great
Expectations.

Belongs here: checks of files and tables once they are made, and the workbooks of rows to put right. Does not belong here:
validating single records (`pipelines/ingest/validating`), verifying a release (`pipelines/release`).
"""
