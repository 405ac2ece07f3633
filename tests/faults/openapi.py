"""Thousands of requests made from the server's own OpenAPI document: `python -m tests.faults.openapi [CASES]`.

None may be answered with a 5xx, or with something that the document does not say.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "demo"))

from server import access_token, running_server

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance"
CASES = 5000


def run(cases: int, seed: int = 1) -> tuple[int, str]:
    """Send about so many requests; answers the exit code of schemathesis and what it printed."""
    with tempfile.TemporaryDirectory(prefix="openapi-") as folder:
        cache = Path(folder)
        (cache / "data").mkdir()
        (cache / "home").mkdir()
        token = access_token(cache)
        with running_server(cache) as address:
            authorization = f"Authorization: Bearer {token}"
            document = f"{address}/v4/open-api-spec"
            paths = httpx.get(document, headers={"Authorization": f"Bearer {token}"}).raise_for_status().json()["paths"]
            operations = sum(len(methods) for methods in paths.values())
            command = [SCHEMATHESIS, "run", document, "--header", authorization, "--phases", "fuzzing"]
            command += ["--checks", CHECKS, "--max-examples", str(max(cases // operations, 1)), "--seed", str(seed)]
            command += [
                "--continue-on-failure",
                "--no-color",
                "--request-timeout",
                "60",
                "--generation-database",
                "none",
            ]
            command += ["--suppress-health-check", "all", "--exclude-path-regex", "apiAccessTokens"]
            done = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr


def main() -> int:
    code, printed = run(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
    print(printed if code else "\n".join(re.findall(r".*(?:Test cases|generated|passed|Operations|Tested).*", printed)))
    return code


if __name__ == "__main__":
    sys.exit(main())
