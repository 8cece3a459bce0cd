"""The SQL lab: ask anything of the replica in SQL, see the rows, take them away."""

import streamlit as st

from streamlit_app.client.errors import AnalyticsAway
from streamlit_app.components.sql_editor import sql_editor
from streamlit_app.language.text import plain
from streamlit_app.sql_lab import asking, chart_choice, saved, schema
from streamlit_app.sql_lab.history import draw_history
from streamlit_app.sql_lab.parameters import draw_parameters
from streamlit_app.sql_lab.result import draw_result, show_away
from streamlit_app.sql_lab.saved_list import draw_saved
from streamlit_app.state import lists

# A quick statement is over by then, and the page is drawn only once.
WAITS_SECONDS = 0.5


def lab() -> None:
    tables = lists.sql_tables()
    saved.follow_address()
    draw_saved()
    draw_history(asking.ask_again)
    schema.draw_examples()
    schema.draw_tables(tables)
    saved.draw_opened()
    run = asking.current_after(WAITS_SECONDS)
    sql_editor(
        "sql_editor",
        tables,
        asking.ask,
        heard=asking.heard(),
        is_running=run is not None and not run.is_over,
        fill=schema.filled(),
        error_line=run.error_line if run else None,
        saving=saved.saving(),
    )
    draw_parameters(asking.run_with_values, has_run=asking.has_asked(), is_waited_for=asking.is_waiting())
    chart_choice.choose_for(run)
    if not asking.is_waiting():
        draw_result(run)


st.title("SQL lab")
try:
    told = lists.sql_lab()
    if told.startswith("unconfined"):
        st.warning(plain(f"Statements run {told}."))
        lab()
    elif told == "ok":
        lab()
    else:
        lists.sql_lab.forget()
        st.info(plain(f"On this machine the SQL lab is {told}."))
except AnalyticsAway as error:
    show_away(error)
    st.button("Try again")
