"""What each program of the product reads at its start, read once, before programs are forked."""

from messaging.languages.choice import load_languages

load_languages()
