"""Everything about Telegram as a channel: client, outcomes, texts, keyboards."""
