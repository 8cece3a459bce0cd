"""The commands of docs/api.md do what the page says, typed as they stand there."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.support.api import Api
from tests.support.serving import ROOT

PAGE = (ROOT / "docs/api.md").read_text("utf-8")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands are for curl")
def test_the_commands_report_a_problem_and_work_on_it(api: Api) -> None:
    (commands,) = re.findall(r"^```\n(TOKEN=.+?)^```", PAGE, re.MULTILINE | re.DOTALL)
    script = commands.replace("http://127.0.0.1:8001", str(api.base_url)).replace(".venv/bin/python", sys.executable)
    # -f: a refusal ends the script. A machine's own proxy is not for this address.
    script = script.replace("curl -s", "curl -sf --noproxy '*'")
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, check=True, capture_output=True)
    agent = api.enter("agent", "Ada Okafor")
    (ticket,) = agent.walk("/tickets")
    (message,) = agent.walk(f"/tickets/{ticket['id']}/messages")
    told = (ticket["description"], ticket["priority"], ticket["status"], message["body"])
    assert told == ("The lamp over the door flickers.", "high", "active", "Somebody comes this afternoon.")
