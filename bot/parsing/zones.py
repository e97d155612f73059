"""Finds the time zone that people name by city, country, abbreviation or offset. Pure.

An abbreviation stands for the place that uses it, so that daylight saving is kept: `EST` is New York's time
in summer, too. An offset is the same all year.
"""

import difflib
import re
from functools import lru_cache
from zoneinfo import available_timezones

from domain.errors import BadInput

_AREAS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
_PACIFIC = "Pacific/"
_ABBREVIATIONS = {
    **dict.fromkeys(("utc", "gmt", "z", "zulu"), "UTC"),
    **dict.fromkeys(("et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("ast", "adt"), "America/Halifax"),
    "hst": "Pacific/Honolulu",
    **dict.fromkeys(("wet", "west"), "Europe/Lisbon"),
    "bst": "Europe/London",
    **dict.fromkeys(("cet", "cest", "mez", "mesz"), "Europe/Berlin"),
    **dict.fromkeys(("eet", "eest"), "Europe/Helsinki"),
    "msk": "Europe/Moscow",
    "trt": "Europe/Istanbul",
    "wat": "Africa/Lagos",
    "sast": "Africa/Johannesburg",
    "eat": "Africa/Nairobi",
    "gst": "Asia/Dubai",
    "pkt": "Asia/Karachi",
    "ist": "Asia/Kolkata",
    "ict": "Asia/Bangkok",
    "wib": "Asia/Jakarta",
    "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore",
    "pht": "Asia/Manila",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "awst": "Australia/Perth",
    **dict.fromkeys(("acst", "acdt"), "Australia/Adelaide"),
    **dict.fromkeys(("aest", "aedt"), "Australia/Sydney"),
    **dict.fromkeys(("nzst", "nzdt"), "Pacific/Auckland"),
    "brt": "America/Sao_Paulo",
    "art": "America/Argentina/Buenos_Aires",
}
_CITIES = {
    **dict.fromkeys(("boston", "washington", "washington dc", "miami", "atlanta", "nyc"), "America/New_York"),
    **dict.fromkeys(("dallas", "houston", "austin", "new orleans"), "America/Chicago"),
    **dict.fromkeys(("san francisco", "seattle", "las vegas", "san diego", "la"), "America/Los_Angeles"),
    **dict.fromkeys(("rio", "rio de janeiro", "brasilia"), "America/Sao_Paulo"),
    **dict.fromkeys(("uk", "england", "manchester", "edinburgh"), "Europe/London"),
    **dict.fromkeys(("germany", "hamburg", "munich", "frankfurt", "cologne"), "Europe/Berlin"),
    **dict.fromkeys(("france", "lyon", "marseille"), "Europe/Paris"),
    **dict.fromkeys(("spain", "barcelona"), "Europe/Madrid"),
    **dict.fromkeys(("italy", "milan"), "Europe/Rome"),
    **dict.fromkeys(("switzerland", "geneva", "basel", "bern"), "Europe/Zurich"),
    **dict.fromkeys(("netherlands", "the hague", "rotterdam"), "Europe/Amsterdam"),
    **dict.fromkeys(("st petersburg", "saint petersburg"), "Europe/Moscow"),
    "austria": "Europe/Vienna",
    "poland": "Europe/Warsaw",
    "ukraine": "Europe/Kyiv",
    "nigeria": "Africa/Lagos",
    **dict.fromkeys(("abu dhabi", "uae"), "Asia/Dubai"),
    **dict.fromkeys(("india", "delhi", "new delhi", "mumbai", "bangalore", "chennai"), "Asia/Kolkata"),
    **dict.fromkeys(("china", "beijing", "shenzhen", "guangzhou"), "Asia/Shanghai"),
    **dict.fromkeys(("vietnam", "hanoi"), "Asia/Ho_Chi_Minh"),
    "osaka": "Asia/Tokyo",
    "korea": "Asia/Seoul",
    "thailand": "Asia/Bangkok",
    "bali": "Asia/Makassar",
    "canberra": "Australia/Sydney",
}
_HALF_HOURS = {
    (3, 30): "Asia/Tehran",
    (4, 30): "Asia/Kabul",
    (5, 30): "Asia/Kolkata",
    (5, 45): "Asia/Kathmandu",
    (6, 30): "Asia/Yangon",
    (8, 45): "Australia/Eucla",
    (9, 30): "Australia/Darwin",
}
"""Places whose clocks show such an offset all year."""
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−–])\s*(\d{1,2})(?::?(\d{2}))?")
_MAX_EAST, _MAX_WEST = 14, 12
_CLOSE = 0.75
_OF_LANGUAGE = {
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "th": "Asia/Bangkok",
    "vi": "Asia/Ho_Chi_Minh",
    "tr": "Europe/Istanbul",
    "it": "Europe/Rome",
    "pl": "Europe/Warsaw",
    "uk": "Europe/Kyiv",
    "el": "Europe/Athens",
    "he": "Asia/Jerusalem",
    "hu": "Europe/Budapest",
    "cs": "Europe/Prague",
    "fi": "Europe/Helsinki",
    "da": "Europe/Copenhagen",
    "nb": "Europe/Oslo",
    "sv": "Europe/Stockholm",
    "ro": "Europe/Bucharest",
    "bg": "Europe/Sofia",
}
"""Languages that are spoken at one time of day."""
_LIKELY = {
    "ru": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Almaty", "Asia/Novosibirsk"),
    "zh": ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore"),
    "es": ("Europe/Madrid", "America/Mexico_City", "America/Bogota", "America/Argentina/Buenos_Aires"),
    "pt": ("America/Sao_Paulo", "Europe/Lisbon", "Africa/Luanda", "America/Manaus"),
    "de": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London"),
    "fr": ("Europe/Paris", "America/Montreal", "Africa/Abidjan", "Africa/Casablanca"),
    "id": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Singapore"),
    "hi": ("Asia/Kolkata", "Asia/Dubai", "Asia/Singapore", "Europe/London"),
    "ar": ("Asia/Dubai", "Asia/Riyadh", "Africa/Cairo", "Africa/Casablanca"),
}
_ANYWHERE = (
    "America/New_York",
    "America/Los_Angeles",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Dubai",
    "Asia/Singapore",
)


def guessed_zone(language: str) -> str | None:
    """The zone of those who speak a language, by its IETF tag; None: they live in several."""
    return _OF_LANGUAGE.get(_spoken(language))


def likely_zones(language: str) -> tuple[str, ...]:
    """Some zones of those who speak a language, by its IETF tag."""
    return _LIKELY.get(_spoken(language), _ANYWHERE)


def _spoken(language: str) -> str:
    return language.lower().partition("-")[0]


def zone_named(words: str) -> str:
    """The IANA name of the time zone.

    Raises:
        BadInput: no zone is called so; the text names one that is spelled alike.
    """
    wanted = _casefolded(words)
    if (found := _OFFSET.fullmatch(wanted)) is not None:
        return _at_offset(found.group(1) == "+", int(found.group(2)), int(found.group(3) or 0))
    name = _ABBREVIATIONS.get(wanted) or _CITIES.get(wanted) or _names().get(wanted)
    if name is None:
        raise _unknown(wanted)
    return name


def _at_offset(is_east: bool, hours: int, minutes: int) -> str:  # noqa: FBT001 - the sign of the offset
    if hours == 0 and minutes == 0:
        return "UTC"
    if minutes == 0 and hours <= (_MAX_EAST if is_east else _MAX_WEST):
        return f"Etc/GMT{'-' if is_east else '+'}{hours}"  # the names count westwards
    if is_east and (hours, minutes) in _HALF_HOURS:
        return _HALF_HOURS[hours, minutes]
    raise BadInput("No time zone has this offset all year. Write a city, such as Berlin or New York.")


def _unknown(wanted: str) -> BadInput:
    alike = difflib.get_close_matches(wanted, [*_names(), *_CITIES], n=1, cutoff=_CLOSE)
    if not alike:
        return BadInput(
            "This time zone is not known. Write a city (Berlin, New York), an offset (UTC+2) or EST."
        )
    return BadInput(
        "This time zone is not known. Did you mean {zone}? Write a city (Berlin, New York), an offset (UTC+2)"
        " or EST.",
        zone=_CITIES.get(alike[0]) or _names()[alike[0]],
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """IANA names by themselves and by their city; the shortest of several for one city."""
    every = sorted({*available_timezones(), "UTC"}, key=lambda name: (name.count("/"), name))
    cities = [name for name in every if name.startswith((*_AREAS, _PACIFIC))]
    by_city = {_casefolded(name.rpartition("/")[2]): name for name in reversed(cities)}
    return by_city | {_casefolded(name): name for name in every}


def _casefolded(words: str) -> str:
    return " ".join(words.replace("_", " ").casefold().split())
