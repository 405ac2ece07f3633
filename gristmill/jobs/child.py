"""The engine's side of an engine process: an order comes in, messages go out, and then perhaps the next order.

A message is a JSON object with `kind`:

    progress   percent
    log        level, message
    ask        question: what must be noted before the work goes on; any answer lets it
    done       the result: sinks (path, rows, columns, nulled), seconds; of a task its `answer`
    problems   error (`RecipeError`, `RunError`, …), problems (the form of the API)
    bug        message, traceback

The last three tell with `stays` whether the process takes another order.

The process dies with its server: the pipe between them then reads as ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from gristmill.engines.watch import RunResult, Watch
from gristmill.problems import ProblemError
from gristmill.recipe.job import Job

Json = dict[str, Any]
RUNNER = "gristmill.engines.runner:run"
ORPHANED = 70
PHOTON = "photon"
NOTED = b"noted"
MOST_ORDERS = 200
MOST_BYTES = 400 << 20


class Start:
    """What multiprocessing's fork server unpickles in a new process.

    Its own `Process` would import the server's main module here, and with it the whole server.
    """

    def _bootstrap(self, parent_sentinel: int) -> int:
        fds = forkserver.get_inherited_fds()
        assert fds, "started by the fork server with the pipe to the worker"
        serve(Connection(fds[0]))
        return 0


def serve(connection: Connection) -> None:
    """Carry out the orders that the pipe brings, one after the other, and leave the process without further ado."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then stops us
    inbox = Inbox(connection)
    for done in range(1, MOST_ORDERS + 1):
        order, watch = inbox.next_order()
        last = outcome(order, watch)
        stays = order.get("engine") == PHOTON and last["kind"] != "bug" and done < MOST_ORDERS and _is_small()
        watch.send({**last, "stays": stays})
        if not stays:
            break
    os._exit(0)


def outcome(order: Json, watch: Watch) -> Json:
    """The last message: what came of the order."""
    try:
        run = find_runner(order["runner"])
        if "task" in order:
            return {"kind": "done", "answer": run(order["task"], watch)}
        result: RunResult = run(Job.from_json(order["job"]), order["engine"], watch)
        return {"kind": "done", **asdict(result)}
    except ProblemError as error:
        problems = [problem.as_json() for problem in error.problems]
        return {"kind": "problems", "error": type(error).__name__, "problems": problems, "text": str(error)}
    except MemoryError:
        text = "out of memory: the run needs more than this machine gives to it"
        return {"kind": "problems", "error": "RunError", "problems": [{"code": "run", "message": text}], "text": text}
    except Exception as error:
        return {"kind": "bug", "message": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}


def find_runner(name: str) -> Callable[..., Any]:
    """The function that `package.module:function` names."""
    module, _, function = name.partition(":")
    runner: Callable[..., Any] = getattr(import_module(module), function)
    return runner


def do_nothing(job: Job, engine: str, watch: Watch) -> RunResult:
    """The runner of the first order of all: it only starts the fork server."""
    return RunResult(())


class PipeWatch:
    """Tells the worker what happens; any thread may call it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._percent = 0
        self._may_go_on = threading.Semaphore(0)

    def progress(self, percent: int) -> None:
        percent = min(percent, 100)
        if percent > self._percent:
            self._percent = percent
            self.send({"kind": "progress", "percent": percent})

    def log(self, level: str, message: str) -> None:
        self.send({"kind": "log", "level": level, "message": message})

    def ask(self, question: Json) -> None:
        """Wait until the worker has noted something."""
        self.send({"kind": "ask", "question": question})
        self._may_go_on.acquire()

    def go_on(self) -> None:
        """The worker has answered."""
        self._may_go_on.release()

    def send(self, message: Json) -> None:
        """Pass a message on; without a server there is nobody left to work for."""
        try:
            with self._sending:
                self._connection.send_bytes(json.dumps(message).encode())
        except OSError:
            os._exit(ORPHANED)


class Inbox:
    """What the pipe brings: orders, and answers to questions of the order at work; at last its end.

    Then the server has died, or has no more orders: there is nobody left to work for.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders: SimpleQueue[bytes] = SimpleQueue()
        self._watch = PipeWatch(connection)
        threading.Thread(target=self._listen, daemon=True).start()

    def next_order(self) -> tuple[Json, PipeWatch]:
        """Wait for an order; its watch begins anew."""
        order: Json = json.loads(self._orders.get())
        self._watch = PipeWatch(self._connection)
        return order, self._watch

    def _listen(self) -> None:
        try:
            while True:
                message = self._connection.recv_bytes()
                if message == NOTED:
                    self._watch.go_on()
                else:
                    self._orders.put(message)
        except (EOFError, OSError):
            pass
        finally:
            sys.stderr.flush()
            os._exit(ORPHANED)


def _is_small() -> bool:
    """Whether the process has not grown: one that has gives its memory back by ending."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # not on Linux
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") < MOST_BYTES
