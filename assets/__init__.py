"""What is made: thin Dagster assets, by layer. Each calls one step of `pipelines.steps`.

Belongs here: names, dependencies, checks and metadata for Dagster. Does not belong here: any computing.
"""
