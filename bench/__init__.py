"""What it costs: measurements of the real processes, good for comparing one state of the code with another."""
