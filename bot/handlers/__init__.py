"""What the bot does for each command and button: one file a command. Handlers do not know each other."""
