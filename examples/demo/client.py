"""A client of the API that shows on the screen what it sends and what comes back."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import httpx

FINAL = ("Complete", "Failed", "Canceled")
WIDTH = 110


class Client:
    """Requests to `/v4` with an access token, printed as they go."""

    def __init__(self, address: str, token: str) -> None:
        self._http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def call(self, method: str, path: str, body: object = None, *, whole: bool = False) -> Any:
        """The answer's JSON; `whole` prints all of it. Ends the demo when the server refuses."""
        print(f"\n\033[1m{method} {path}\033[0m" if sys.stdout.isatty() else f"\n{method} {path}")
        if body is not None:
            print(f"  {_short(json.dumps(body))}")
        answer = self._http.request(method, path, json=body)
        content = answer.json() if answer.content else None
        shown = json.dumps(content, indent=2).replace("\n", "\n  ") if whole else _short(json.dumps(content))
        print(f"→ {answer.status_code} {answer.reason_phrase}\n  {shown}")
        if answer.is_error:
            sys.exit("the server refused the request")
        return content

    def follow(self, job_group: int) -> float:
        """Wait until the job group has ended; its seconds. Ends the demo unless it is Complete."""
        print(f"\nGET /v4/jobGroups/{job_group}/status, until it is final")
        started = time.monotonic()
        status = shown = ""
        while status not in FINAL:
            status = self._http.get(f"/v4/jobGroups/{job_group}/status").raise_for_status().json()
            if status != shown:
                print(f"→ {status} after {time.monotonic() - started:.1f} s")
                shown = status
            time.sleep(0.1)
        if status != "Complete":
            jobs = self._http.get(f"/v4/jobGroups/{job_group}/jobs").json()["data"]
            sys.exit(f"the job group ended {status}: {[job['errorMessage'] for job in jobs if job['errorMessage']]}")
        return time.monotonic() - started

    def first_lines(self, path: str, count: int) -> list[str]:
        """The first lines of a download."""
        print(f"\nGET {path}")
        return self._http.get(path).raise_for_status().text.splitlines()[:count]


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
