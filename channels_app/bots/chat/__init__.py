"""Chat completions: what a model is asked, over which wire, with which patience, and what its answer says."""
