"""The text of `.env.example`, printed from the settings themselves."""

from dataclasses import fields

from runtime.settings.setting_text import env_text
from runtime.settings.settings import Settings


def example_env() -> str:
    """The text of `.env.example`: every setting with what it does and its default, all commented out."""
    head = "# Copy to .env and set what you need. All may stay unset: then `make run` uses the sandbox.\n"
    head += "# A secret may stand in a file instead: BOT_TOKEN_FILE=/run/secrets/bot_token\n"
    return head + "".join(
        f"\n# {spec.metadata['sentence']}\n"
        f"#{spec.name.upper()}={spec.metadata['example'] or env_text(spec.default)}\n"
        for spec in fields(Settings)
    )
