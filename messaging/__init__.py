"""Words and how they reach a chat: texts, keyboards, escaping, limiter, sender, outcomes."""
