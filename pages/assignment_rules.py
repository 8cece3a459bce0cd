"""The rules that give new tickets to teams and people by themselves: keeping them, and trying them on past tickets."""

import streamlit as st

from streamlit_app.assignment.rule_list import draw_rules
from streamlit_app.assignment.trial import draw_trial
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

st.title("Assignment rules")
st.text(
    "A ticket that is reported, or reopened and has nobody, goes through these rules from the top. The first one that "
    "is on and fits gives it to a team, and there to somebody who works now and has room: first to those who know "
    "about its category or building, of them to the one with the fewest tickets. If nobody is free, it waits in the "
    "team's queue."
)
rules = ask_or_reuse("assignment_rules", session.api().assignment_rules)
draw_rules(rules)
if rules:
    draw_trial(rules)
