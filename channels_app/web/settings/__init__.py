"""The pages of a team's settings."""
