"""Media: files that come in and go out, where they are kept, and for how long."""
