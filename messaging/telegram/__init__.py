"""Everything about Telegram as a channel: client, answers, texts, keyboards."""
