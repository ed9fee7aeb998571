"""The rows of the table: each starts what it needs, drives it, and tells what it found."""
