<<<<<<< HEAD
"""Tests: warehouse."""
=======
"""Tests of `pipelines/warehouse/`."""
>>>>>>> 75c54ca (Tests of months, of the journal, and of which submissions count)
