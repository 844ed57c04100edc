"""What is made: thin Dagster assets, a module a layer. Each calls a function of a room of `pipelines/`.

Belongs here: names, dependencies, checks and metadata for Dagster. Does not belong here: any computing.
"""
