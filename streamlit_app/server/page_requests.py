"""Keeps Streamlit from going back to a page that was left, and the browser's page from dying of it.

A part that is drawn alone is asked for together with the page it stands on, and Streamlit takes that for the page to go
to. A part asked for just before the browser hears of its new page leads back to the old one; the browser then empties
itself, and the next part that is drawn has no place there. ADR 19 tells it in full.
"""

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequest,
    ScriptRequests,
    ScriptRequestType,
)
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx


class PageRequests(ScriptRequests):
    """What a script is to do next. Drops requests for parts of another page than the tab's own: nobody sees them any
    more, and what is new is read with the page that took their place."""

    def on_scriptrunner_ready(self) -> ScriptRequest:
        """Before the first run of a script and after each: only now it is known which page the tab is on."""
        request = super().on_scriptrunner_ready()
        context = get_script_run_ctx()
        while context and request.type is ScriptRequestType.RERUN:
            if not _is_for_part_of_another_page(request.rerun_data, context.page_script_hash):
                break
            request = super().on_scriptrunner_ready()
        return request

    def _request_rerun_locked(self, new_data: RerunData) -> bool:
        """Streamlit makes one request of two that wait, for the later one's page. A change of page that has not begun
        must not be lost to a part of the page before."""
        waiting = self._rerun_data
        waits_for_whole_page = self._state is ScriptRequestType.RERUN and not waiting.fragment_id_queue
        if waits_for_whole_page and _is_for_part_of_another_page(new_data, waiting.page_script_hash):
            return True
        return super()._request_rerun_locked(new_data)


def _is_for_part_of_another_page(request: RerunData, page: str) -> bool:
    """Where both are known: a tab's first request names no page."""
    is_for_part = bool(request.fragment_id or request.fragment_id_queue)
    return is_for_part and bool(page and request.page_script_hash) and request.page_script_hash != page


def install() -> None:
    """For every script that starts from now on."""
    vars(script_runner)["ScriptRequests"] = PageRequests
