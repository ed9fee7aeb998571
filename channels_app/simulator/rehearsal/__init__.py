"""Rehearsals: Meta's side and the product's meet in one place, for a bot to be tried word by word."""
