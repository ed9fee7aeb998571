"""A soak: traffic for half an hour, faults mixed at random, and the books looked at when all is quiet again."""
