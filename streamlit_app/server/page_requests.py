"""Keeps Streamlit from returning to a page that the user has left, which can crash the page in the browser.

When a fragment (a part of a page that is redrawn alone) is to be redrawn, the request also names its page, and
Streamlit takes that for the page to show. A request sent just before the browser learns of its new page therefore leads
back to the old one. The browser then clears its screen, and the next fragment that is drawn does not find its position
there. ADR 19 describes it in full.
"""

from dataclasses import replace

from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequest,
    ScriptRequests,
    ScriptRequestType,
)
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx


class PageRequests(ScriptRequests):
    """The waiting requests of one tab's script. Drops requests for fragments of a page that the tab has left: they are
    no longer on the screen, and the new page reads the current data anyway."""

    def on_scriptrunner_ready(self) -> ScriptRequest:
        """Returns the next request. Streamlit calls this before a script's first run and after each run, and only then
        is it known which page the tab is on."""
        request = super().on_scriptrunner_ready()
        context = get_script_run_ctx()
        while context and request.type is ScriptRequestType.RERUN:
            if not _is_for_part_of_another_page(request.rerun_data, context.page_script_hash):
                break
            request = super().on_scriptrunner_ready()
        return request

    def _request_rerun_locked(self, new_data: RerunData) -> bool:
        """Adds a request. Streamlit merges two waiting requests into one for the page of the later request, so a
        waiting change of page would be lost to a fragment of the previous page; such a fragment's request is
        dropped. Streamlit would also forget that the waiting request was made by Back or Forward, whose URL is to be
        followed (`streamlit_app/state/address.py`)."""
        waiting = self._rerun_data
        waits_for_whole_page = self._state is ScriptRequestType.RERUN and not waiting.fragment_id_queue
        if waits_for_whole_page and _is_for_part_of_another_page(new_data, waiting.page_script_hash):
            return True
        if waits_for_whole_page and waiting.is_history_navigation and _is_for_part(new_data):
            new_data = replace(new_data, is_history_navigation=True)
        return super()._request_rerun_locked(new_data)


def _is_for_part_of_another_page(request: RerunData, page: str) -> bool:
    """Whether the request is for a fragment of another page. False when either page is unknown: a tab's first request
    names no page."""
    return _is_for_part(request) and bool(page and request.page_script_hash) and request.page_script_hash != page


def _is_for_part(request: RerunData) -> bool:
    return bool(request.fragment_id or request.fragment_id_queue)


def install() -> None:
    """Replaces Streamlit's class, for every script that starts from now on."""
    vars(script_runner)["ScriptRequests"] = PageRequests
