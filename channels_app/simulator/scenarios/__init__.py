"""Scenarios: conversations that are written down, played, and compared with what came of them."""
