"""Describes known reports to other people by facts: what, where, how long ago and how many. Only people who may read
the ticket see its title, with a link to it."""

from collections.abc import Sequence

from contracts.suggestions import KnownReport, MeTooRead, OwnPart, SimilarRead
from contracts.tickets import Status
from streamlit_app.components.known import Known
from streamlit_app.language import moments
from streamlit_app.language.text import one_line
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
    return _known(report, reported(report), chips=own, act=ME_TOO if offer_me_too and not own else "")


def thanks(report: MeTooRead) -> Known:
    many = f"{report.reports:,} people have reported this, you among them."
    counted = many if report.reports > 1 else "One person has reported this."
    return _known(report, f"{counted} You will be told when its status changes.", act=ANOTHER)


def confirmed(report: MeTooRead, *, is_news: bool) -> Known:
    """Describes a report in the list of those that a person has confirmed."""
    told = f"{reported(report)} You confirmed it {moments.on_day(report.confirmed_at)}."
    news, chips = (NEWS[report.status], [Chip("Changed", "violet")]) if is_news else ("", [])
    return _known(report, told, news=news, chips=chips, act=ANOTHER)


def _known(report: KnownReport, note: str, *, act: str, news: str = "", chips: Sequence[Chip] = ()) -> Known:
    """Puts category and place into the note if the ticket's title is shown in their stead."""
    facts = what_and_where(report.category, report.building)
    return Known(
        ref=report.ref,
        title=one_line(report.title) if report.title else facts,
        note=" ".join(filter(None, [news, f"{facts}." if report.title else "", note])),
        chips=[STATUSES[report.status], *chips],
        act=act,
        ticket_id=report.id,
    )


def what_and_where(category: str, building: str | None) -> str:
    where = lists.building_names().get(building, building) if building else None
    return ", ".join(filter(None, [lists.category_names().get(category, category), where]))


def reported(report: KnownReport) -> str:
    ago = moments.ago(report.opened_at)
    if report.reports == 1:
        return f"One person reported this {ago}."
    return f"{report.reports:,} people have reported this, the first {ago}."
