"""Figures: what passed on a team's channels, day by day, and how long answers took."""
