"""Updates, requests and replies as values of the bot, and how replies reach a chat."""
