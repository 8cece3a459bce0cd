"""Shows an answer: as a sentence, a chart, and a table to read or download, with a note on what is not counted."""

import streamlit as st

from contracts.analyses import AnalysisAnswer, AnalysisRead
from streamlit_app.analyses import charts, figures
from streamlit_app.analyses.cells import NUMBERS, as_csv, heading, said, with_names, with_provisional
from streamlit_app.analyses.figures import ShownAnswer
from streamlit_app.components.table import Column, table
from streamlit_app.language.text import plain
from streamlit_app.language.words import count

MOST_NAMED = 3


def show(analysis: AnalysisRead, shown: ShownAnswer, *, renewed_every: int) -> None:
    answer = with_names(shown.answer)
    with st.container(key="sentence"):
        st.markdown(plain(answer.sentence or "There is nothing to say yet."))
    figures.age(shown, renewed_every=renewed_every)
    charts.draw(analysis.chart, answer, key=f"chart_{analysis.slug}")
    if answer.provisional:
        st.caption(plain(_which_are_provisional(analysis, answer)))
    if answer.rows:
        _behind_it(analysis, with_provisional(answer, analysis.chart.x))
    st.caption(f"Not counted: {plain(analysis.excludes)}")


def _which_are_provisional(analysis: AnalysisRead, answer: AnalysisAnswer) -> str:
    column = next(column for column in answer.columns if column.name == analysis.chart.x)
    named = ", ".join(said(value, column) for value in answer.provisional[-MOST_NAMED:])
    more = len(answer.provisional) - MOST_NAMED
    which = f"{named} and {more} earlier" if more > 0 else named
    return f"Provisional, so faint and not in the sentence: {which}. Fewer than 95 % of the tickets are closed yet."


def _behind_it(analysis: AnalysisRead, answer: AnalysisAnswer) -> None:
    with st.expander(f"The table behind it: {count(len(answer.rows), 'row', 'rows')}", key="behind_it"):
        columns = [Column(heading(column), column.type in NUMBERS) for column in answer.columns]
        rows = [[said(row[column.name], column) for column in answer.columns] for row in answer.rows]
        table(f"table_{analysis.slug}", analysis.title, columns, rows)
        st.download_button(
            "Download as CSV",
            lambda: as_csv(answer),
            file_name=f"{analysis.slug}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"csv_{analysis.slug}",
        )
