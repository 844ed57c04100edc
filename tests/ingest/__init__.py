<<<<<<< HEAD
"""Tests of taking submissions in: reading, validating, reference tables."""
=======
"""Tests of `pipelines/ingest/`."""
>>>>>>> 75c54ca (Tests of months, of the journal, and of which submissions count)
