"""Moments in the campus's time, as people say them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from streamlit_app.lists import desk


def zone() -> ZoneInfo:
    return ZoneInfo(desk().timezone)


def today() -> date:
    """On the campus."""
    return datetime.now(zone()).date()


def said(moment: datetime, now: datetime | None = None) -> str:
    """ "14:05" today, "Yesterday 14:05", "3 Mar 14:05" this year, "3 Mar 2025" before."""
    here = moment.astimezone(zone())
    today = (now or datetime.now(zone())).astimezone(zone()).date()
    days = (today - here.date()).days
    if days == 0:
        return f"{here:%H:%M}"
    if days == 1:
        return f"Yesterday {here:%H:%M}"
    if here.year == today.year:
        return f"{here.day} {here:%b %H:%M}"
    return f"{here.day} {here:%b %Y}"


def exact(moment: datetime) -> str:
    here = moment.astimezone(zone())
    return f"{here:%A} {here.day} {here:%B %Y, %H:%M}"
