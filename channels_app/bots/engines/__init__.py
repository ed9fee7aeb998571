"""The engines: one class each, wired by settings.BOT_ENGINES."""
