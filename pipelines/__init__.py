"""How it is run: engine, ingest, identity, release, quality, synth, cli and the Dagster definitions."""
