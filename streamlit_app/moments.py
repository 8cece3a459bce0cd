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


def on_day(moment: datetime) -> str:
    """ "today", "yesterday", "on Tuesday" within the week, "on 3 Mar" before."""
    here = moment.astimezone(zone())
    days = (today() - here.date()).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    return f"on {here:%A}" if days < 7 else f"on {here.day} {here:%b}"


def since(moment: datetime) -> str:
    """ "since 14:05" today, "since yesterday", "since Tuesday", "since 3 Mar"."""
    day = on_day(moment)
    return f"since {said(moment)}" if day == "today" else f"since {day.removeprefix('on ')}"
