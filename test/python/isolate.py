# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs functions in forked children, so that compiled code may crash or hang.

The parent imports everything once; a child is a copy of it that runs one
function and sends back what it returned. A child that dies by a signal, or
that is killed for taking too long, is an outcome like any other.
"""

import os
import pickle
import resource
import selectors
import signal
import time
import traceback
from dataclasses import dataclass

# Enough for every test model; stops a runaway allocation before the machine.
MEMORY_LIMIT = 12 << 30
# A child that says more than this on stderr is cut from the front.
STDERR_TAIL = 4000


@dataclass
class Outcome:
    """How one child ended.

    kind is 'value' (value holds what the function returned), 'error' (value
    is the type name and text of the exception), 'signal' (value is the
    signal's name) or 'timeout'. stderr is the tail of what it wrote there.
    """

    kind: str
    value: object
    stderr: str
    seconds: float


class _Child:
    def __init__(self, key, function, limit):
        self.key, self.limit = key, limit
        self.start, self.data, self.timed_out = time.monotonic(), b"", False
        self.log = os.memfd_create("stderr")
        self.pipe, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.pipe)
            _child_main(function, write, self.log)
        os.close(write)
        # Both sides set the group, so that a kill cannot come before it.
        try:
            os.setpgid(self.pid, self.pid)
        except OSError:
            pass

    def kill(self):
        self.timed_out = True
        self.signal_group()

    def signal_group(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def outcome(self):
        _, status = os.waitpid(self.pid, 0)
        self.signal_group()  # what it started and left behind
        os.close(self.pipe)
        size = os.fstat(self.log).st_size
        at = max(0, size - STDERR_TAIL)
        text = os.pread(self.log, STDERR_TAIL, at).decode(errors="replace")
        os.close(self.log)
        seconds = time.monotonic() - self.start
        if self.timed_out:
            return Outcome("timeout", None, text, seconds)
        if os.WIFSIGNALED(status):
            name = signal.Signals(os.WTERMSIG(status)).name
            return Outcome("signal", name, text, seconds)
        if not self.data:
            code = os.waitstatus_to_exitcode(status)
            return Outcome("signal", f"exit {code}", text, seconds)
        kind, value = pickle.loads(self.data)
        return Outcome(kind, value, text, seconds)


def _child_main(function, write, log):
    code = 1
    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(log, 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        try:
            result = ("value", function())
        except BaseException as error:
            traceback.print_exc()
            result = ("error", (type(error).__name__, str(error)))
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(result, pipe)
        code = 0
    finally:
        os._exit(code)


def run_all(tasks, jobs, timeout):
    """Yields (key, Outcome) for each (key, function), as they finish.

    Keeps `jobs` children going; each gets `timeout` seconds of wall time.
    """
    tasks = iter(tasks)
    selector = selectors.DefaultSelector()
    running, more = set(), True
    try:
        while more or running:
            while more and len(running) < jobs:
                task = next(tasks, None)
                if task is None:
                    more = False
                    break
                child = _Child(task[0], task[1], timeout)
                running.add(child)
                selector.register(child.pipe, selectors.EVENT_READ, child)
            for event, _ in selector.select(timeout=0.2):
                child = event.data
                block = os.read(child.pipe, 1 << 20)
                child.data += block
                if not block:
                    selector.unregister(child.pipe)
                    running.discard(child)
                    yield child.key, child.outcome()
            now = time.monotonic()
            for child in running:
                if now - child.start > child.limit and not child.timed_out:
                    child.kill()
    finally:
        for child in running:
            child.kill()


def run_one(function, timeout):
    """The Outcome of one function."""
    return next(run_all([(None, function)], 1, timeout))[1]
