"""Moments in the campus's time, as they are written on the screen."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from contracts.moments import shown
from streamlit_app.language.words import count
from streamlit_app.state.lists import desk

MINUTES_OF_AN_HOUR, MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK = 60, 24 * 60, 7 * 24 * 60


def zone() -> ZoneInfo:
    return ZoneInfo(desk().timezone)


def today() -> date:
    """Returns the date on the campus."""
    return datetime.now(zone()).date()


def here(moment: datetime) -> datetime:
    """Returns the moment in the campus's time zone, limited to the range of Python's calendar."""
    return shown(moment).astimezone(zone())


def said(moment: datetime, now: datetime | None = None) -> str:
    """Returns "14:05" for today, and otherwise "Yesterday 14:05", "3 Mar 14:05" (this year) or "3 Mar 2025" (other
    years)."""
    at = here(moment)
    today = (now or datetime.now(zone())).astimezone(zone()).date()
    days = (today - at.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    if days == 1:
        return f"Yesterday {at:%H:%M}"
    if at.year == today.year:
        return f"{at.day} {at:%b %H:%M}"
    return f"{at.day} {at:%b %Y}"


def said_within(moment: datetime, now: datetime | None = None) -> str:
    """Returns the same for the middle of a sentence: "yesterday 14:05"."""
    return said(moment, now).replace("Yesterday", "yesterday")


def exact(moment: datetime) -> str:
    at = here(moment)
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M}"


def on_day(moment: datetime) -> str:
    """Returns "today", "yesterday", "on Tuesday" (the last six days), "on 3 Mar" (this year) or "on 3 Mar 2025" (other
    years)."""
    at = here(moment)
    days = (today() - at.date()).days
    if days in (0, 1):
        return "yesterday" if days == 1 else "today"
    if 1 < days < 7:
        return f"on {at:%A}"
    return f"on {at.day} {at:%b}" if at.year == today().year else f"on {at.day} {at:%b %Y}"


def ago(moment: datetime) -> str:
    """Returns "a moment ago" (less than a minute), "5 minutes ago", "2 hours ago", "3 days ago" (less than a week), or
    the day as `on_day` does. A service's clock may be a little ahead: the next minute is "a moment ago" too."""
    minutes = int((datetime.now(UTC) - shown(moment)).total_seconds() // 60)
    if not -1 <= minutes < MINUTES_OF_A_WEEK:
        return on_day(moment)
    if minutes < 1:
        return "a moment ago"
    if minutes < MINUTES_OF_AN_HOUR:
        return f"{count(minutes, 'minute', 'minutes')} ago"
    if minutes < MINUTES_OF_A_DAY:
        return f"{count(minutes // MINUTES_OF_AN_HOUR, 'hour', 'hours')} ago"
    return f"{count(minutes // MINUTES_OF_A_DAY, 'day', 'days')} ago"


def age(moment: datetime) -> str:
    """Returns how long ago this was, as short as a column needs it: "now" (less than a minute), "5 min", "3 h" (less
    than two days), "12 d" (less than two years) or "4 y"."""
    minutes = max(0, int((datetime.now(UTC) - shown(moment)).total_seconds() // 60))
    if minutes < MINUTES_OF_AN_HOUR:
        return f"{minutes} min" if minutes else "now"
    if minutes < 2 * MINUTES_OF_A_DAY:
        return f"{minutes // MINUTES_OF_AN_HOUR} h"
    days = minutes // MINUTES_OF_A_DAY
    return f"{days} d" if days < 730 else f"{days // 365} y"
