"""What ends or hangs whoever touches it: words for a bot, a message that is read, a file that is taken."""
