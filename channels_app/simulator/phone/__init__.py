"""The phone in the browser: what a person sees, and what they can do."""
