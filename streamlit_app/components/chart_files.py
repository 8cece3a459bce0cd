"""Buttons that save a chart of this page as a picture, in the colours that it has on the screen."""

from streamlit_app.components.component_files import component

_chart_files = component("chart_files")


def chart_files(key: str, chart: str, name: str) -> None:
    """Draws the buttons. `chart` is the key of the chart's container, and the chart must be drawn as SVG. `name` is the
    file's, without its ending."""
    _chart_files(key=key, data={"chart": f".st-key-{chart}", "name": name})
