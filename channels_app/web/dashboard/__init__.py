"""The dashboard: what passed on a team's channels, day by day, in pictures and in the numbers behind them."""
