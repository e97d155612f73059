"""Text as Telegram reads it: HTML, entities, links and UTF-16 offsets."""
