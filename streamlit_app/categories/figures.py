"""How often predicted categories were right: by month, and as a confusion matrix."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from contracts.categorising import CategorisingReport, ConfusionCell, MonthAccuracy
from streamlit_app.analyses import charts
from streamlit_app.analyses.cells import month_said
from streamlit_app.components.confusion_matrix import Line, confusion_matrix
from streamlit_app.components.table import Column, table
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse

GONE = "One that is gone"
ALL = "All"
COUNTED = (
    "Counted are tickets of the last twelve months whose category the words predicted, as far as the desk has worked "
    "on them: nobody has looked at the others yet."
)


def draw_figures() -> None:
    report = ask_or_reuse("categorising", session.api().categorising)
    if not report.is_available:
        st.warning(
            "Texts cannot be understood at the moment, so no category is suggested. GET /health on the port "
            "of the data API says why."
        )
    if not report.tickets:
        st.info(
            "Nothing to compare yet. As soon as the desk works on a ticket whose category its words predicted, it is "
            "counted here: whether it stayed where it was put."
        )
        return
    with st.container(key="sentence"):
        st.markdown(plain(_sentence(report)))
    st.caption(COUNTED)
    _by_month(report.months)
    _confusion(report.confusion)


def _sentence(report: CategorisingReport) -> str:
    tickets = count(report.tickets, "ticket that the desk has worked on", "tickets that the desk has worked on")
    return f"Of {tickets}, the words put {report.right:,} where they belong."


def _by_month(months: Sequence[MonthAccuracy]) -> None:
    st.header("By month")
    charts.shares(
        [month.month for month in months],
        [100 * month.right / month.tickets for month in months],
        [month.tickets for month in months],
        key="accuracy",
    )
    with st.expander(f"The table behind it: {count(len(months), 'month', 'months')}", key="accuracy_table"):
        columns = [Column("Month"), Column("Tickets", True), Column("Right", True), Column("Right of 100", True)]
        rows = [
            [month_said(one.month), f"{one.tickets:,}", f"{one.right:,}", f"{100 * one.right / one.tickets:.1f}"]
            for one in months
        ]
        table("accuracy_rows", "Accuracy by month", columns, rows)


def _confusion(cells: Sequence[ConfusionCell]) -> None:
    st.header("What was taken for what")
    st.text("What the words predicted, row by row, and where those tickets stand now.")
    confusion_matrix("confusion", "Predicted by row, actual by column", *confusion_lines(cells, lists.category_names()))


def confusion_lines(cells: Sequence[ConfusionCell], names: Mapping[str, str]) -> tuple[list[str], list[Line]]:
    """Returns the column titles and the rows, with sums. They contain every present category, and deleted ones if there
    are tickets to count for them."""
    found = Counter({(cell.predicted, cell.actual): cell.tickets for cell in cells})
    slugs = [*names, *sorted({slug for pair in found for slug in pair} - set(names))]
    titles = {slug: names.get(slug, slug or GONE) for slug in slugs}
    lines = [
        _line(titles[predicted], [found[predicted, actual] for actual in slugs], place)
        for place, predicted in enumerate(slugs)
    ]
    sums = [sum(found[predicted, actual] for predicted in slugs) for actual in slugs]
    return [*titles.values(), ALL], [*lines, _line(ALL, sums, None)]


def _line(name: str, tickets: list[int], right: int | None) -> Line:
    return Line(name, [*tickets, sum(tickets)], right)
