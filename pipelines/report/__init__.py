"""The report: pages that show what a release says, made from the release alone and what is kept beside it.

Belongs here: the frame and look of a page, charts, and a module for each page (`pages/`). Does not belong here: figures that no
released table has (`sql/`), publishing (`pipelines/release`).
"""
