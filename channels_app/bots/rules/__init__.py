"""Rules: patterns with their replies, and hours of business, as a team writes them down."""
