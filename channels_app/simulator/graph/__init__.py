"""Graph, answered: what Meta would say to each call, its refusals included."""
