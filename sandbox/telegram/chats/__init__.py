"""What the local Telegram knows: bots, people, chats, messages, files and limits."""
