"""A small client of the language server: JSON-RPC over the pipes of a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any

SECONDS = 60


class Client:
    """A `gristmill lsp` process. Requests wait for their answer; notifications of the server are kept."""

    def __init__(self, **capabilities: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from gristmill.cli.main import main; main()", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ,
        )
        self.number = 0
        self.arrived: Queue[dict[str, Any] | None] = Queue()
        self.kept: deque[dict[str, Any]] = deque()
        Thread(target=self._read, daemon=True).start()
        self.offers = self.request("initialize", processId=None, rootUri=None, capabilities=capabilities)
        self.notify("initialized")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self.process.kill()
        self.process.wait()

    def leave(self) -> int:
        """Say goodbye as the protocol wants it; the exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(SECONDS)

    # -- messages ------------------------------------------------------------------------------------

    def request(self, method: str, **params: Any) -> Any:
        """The result of a request; fails on an error."""
        self.number += 1
        self._write({"id": self.number, "method": method, "params": params or None})
        answer = self._next(lambda message: message.get("id") == self.number)
        assert "error" not in answer, answer
        return answer["result"]

    def notify(self, method: str, **params: Any) -> None:
        self._write({"method": method, "params": params})

    def notified(self, method: str) -> Any:
        """The parameters of the next notification of that kind."""
        return self._next(lambda message: message.get("method") == method)["params"]

    def _next(self, wanted: Any) -> dict[str, Any]:
        for message in list(self.kept):
            if wanted(message):
                self.kept.remove(message)
                return message
        while (message := self.arrived.get(timeout=SECONDS)) is not None:
            if wanted(message):
                return message
            self.kept.append(message)
        raise AssertionError("the server has gone")

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        length = 0
        while header := stream.readline():
            if header.lower().startswith(b"content-length"):
                length = int(header.split(b":")[1])
            if not header.strip():
                self.arrived.put(json.loads(stream.read(length)))
        self.arrived.put(None)

    # -- documents -----------------------------------------------------------------------------------

    def open(self, file: Path, text: str) -> Any:
        """Open a document; its diagnostics."""
        document = {"uri": file.as_uri(), "languageId": "wrangle", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)
        return self.notified("textDocument/publishDiagnostics")["diagnostics"]

    def change(self, file: Path, text: str, version: int) -> None:
        self.notify(
            "textDocument/didChange",
            textDocument={"uri": file.as_uri(), "version": version},
            contentChanges=[{"text": text}],
        )

    def at(self, method: str, file: Path, line: int, character: int, **more: Any) -> Any:
        """A request about a place of a document."""
        position = {"line": line, "character": character}
        return self.request(f"textDocument/{method}", textDocument={"uri": file.as_uri()}, position=position, **more)
