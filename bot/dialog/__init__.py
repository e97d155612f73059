"""Updates, requests and replies as the bot's own values, and how a reply goes out."""
