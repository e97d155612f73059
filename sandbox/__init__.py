"""The sandbox program: a local chain and a local Telegram, so that everything runs with no account."""
