"""Describes known reports to other people by facts only: what, where, since when and how many. Nothing of what their
authors wrote."""

from contracts.suggestions import MeTooRead, OwnPart, SimilarRead
from contracts.tickets import Status
from streamlit_app.components.known import Known
from streamlit_app.language import moments
from streamlit_app.language.words import STATUSES, Chip
from streamlit_app.state import lists

ME_TOO = "Me too"
ANOTHER = "It was another problem"
OWN_PARTS = {OwnPart.REPORTED: Chip("You reported it", "violet"), OwnPart.CONFIRMED: Chip("You confirmed it", "violet")}
NEWS = {
    Status.OPEN: "New: it is open again.",
    Status.ACTIVE: "New: the helpdesk is working on it.",
    Status.CLOSED: "New: it has been closed.",
}


def similar(report: SimilarRead, *, offer_me_too: bool) -> Known:
    """Describes a similar report to somebody who is writing one."""
    own = [OWN_PARTS[report.own_part]] if report.own_part else []
    return Known(
        ref=report.ref,
        title=what_and_where(report.category, report.building),
        note=reported(report),
        chips=[STATUSES[report.status], *own],
        act=ME_TOO if offer_me_too and not own else "",
        ticket_id=report.id,
    )


def thanks(report: MeTooRead) -> Known:
    many = f"{report.reports:,} people have reported this, you among them."
    counted = many if report.reports > 1 else "One person has reported this."
    return Known(
        ref=report.ref,
        title=what_and_where(report.category, report.building),
        note=f"{counted} You will be told when its status changes. "
        "What you wrote is kept, should you want to report it all the same.",
        chips=[STATUSES[report.status]],
        act=ANOTHER,
    )


def confirmed(report: MeTooRead, *, is_news: bool) -> Known:
    """Describes a report in the list of those that a person has confirmed."""
    told = f"{reported(report)} You confirmed it {moments.on_day(report.confirmed_at)}."
    return Known(
        ref=report.ref,
        title=what_and_where(report.category, report.building),
        note=f"{NEWS[report.status]} {told}" if is_news else told,
        chips=[STATUSES[report.status], *([Chip("Changed", "violet")] if is_news else [])],
        act=ANOTHER,
    )


def what_and_where(category: str, building: str | None) -> str:
    where = lists.building_names().get(building, building) if building else None
    return ", ".join(filter(None, [lists.category_names().get(category, category), where]))


def reported(report: SimilarRead | MeTooRead) -> str:
    if report.reports == 1:
        return f"One person reported this {moments.on_day(report.opened_at)}."
    return f"{report.reports:,} people have reported this {moments.since(report.opened_at)}."
