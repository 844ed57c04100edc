"""Which person of the register each client is: standard forms, candidate pairs, match weights, decisions."""
