"""How it is run: engine, warehouse, ingest, identity, costing, quality, analysis, release, report, evaluation, synth, commands,
and what Dagster loads (`definitions`).

Belongs here: the rooms, and what joins them: a run, its lock, its history, the warehouse as a resource. Does not belong here:
what is true (`schemas/`), SELECTs (`sql/`), the assets (`assets/`).
"""
