"""Handlers of commands and buttons, one file per command. Handlers do not import each other."""
