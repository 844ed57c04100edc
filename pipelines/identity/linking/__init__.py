"""Record linkage: standardise, block, score, posterior, decide. It says which person of the register each client is."""
