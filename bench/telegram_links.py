"""What clients of Telegram make links of in plain text: the yardstick of cleaned names.

The rules are those of TDLib's MessageEntity.cpp (match_mentions, match_bot_commands, match_hashtags,
match_cashtags, match_bank_card_numbers, match_tg_urls, match_urls, match_media_timestamps), made wider
where a client may see more: any ending of letters is a domain, a card need not pass its checksum, and
telephone numbers are counted, which Telegram's servers find by rules that nobody knows.
"""

import re

_LINKS = re.compile(
    r"(?P<scheme>\w+://\S)"
    r"|(?P<mail>[^\s@]@[^\s@]+\.[^\s@])"
    r"|(?P<address>\d+\.\d+\.\d+\.\d+)"
    r"|(?P<domain>[^\s.]\.(?:xn--|[^\W\d_])[^\W_])"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w))"
    r"|(?P<command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?![\w/<>]))"
    r"|(?P<hashtag>#[\w\u00b7\u200c\u0d80-\u0dff])"
    r"|(?P<cashtag>\$[A-Za-z])"
    r"|(?P<card>(?<![+\w\-.,])\d(?:[ \-]*\d){12,18}(?![\w\-]))"
    r"|(?P<phone>(?<![\w.,])(?:\+[ (]{0,2}\d(?:[ \-().]{0,3}\d){4,}|\d(?:[ \-()]{0,3}\d){7,}))"
    r"|(?P<timestamp>(?<!\w)\d{1,4}(?::\d{1,2}){1,2}(?!\w))"
)


def links(text: str) -> list[str]:
    """Return what is linked: `mention @durov`, in order."""
    return [f"{found.lastgroup} {found[0]}" for found in _LINKS.finditer(text)]
