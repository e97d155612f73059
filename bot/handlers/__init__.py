"""What the bot does for each command and button: one file each; they do not know each other."""
