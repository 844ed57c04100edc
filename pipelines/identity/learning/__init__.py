"""How the model of the linkage comes about, and how good it is on cases whose truth is known."""
