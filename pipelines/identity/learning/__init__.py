"""Training the model of the linkage, and measuring the linkage on cases whose truth is known."""
