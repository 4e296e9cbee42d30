"""What the children of these tests do; run as a module."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

from aiaas_mock.errors import ApiError
from aiaas_mock.jobs.childhood import Parent


def main(what: str, *arguments: str) -> int:
    """Do what a test says."""
    if what == "deaf":  # it has no parent, so to speak
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(json.dumps({"pid": os.getpid()}), flush=True)
        time.sleep(60)
    parent = Parent()
    print("a library says hello on standard output")
    match what:
        case "count":
            for step in range(int(arguments[0])):
                parent.tell(step=step)
        case "refuse":
            parent.fail(ApiError("not_enough_events", "There are 3 events.", param="/types"))
            return 1
        case "crash":
            raise ValueError("a secret of the child")
        case "exit":
            return int(arguments[0])
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "say":
            parent._output.write(arguments[0] + "\n")
            parent._output.flush()
            time.sleep(60)
        case "babble":
            parent._output.write("x" * 2_000_000)
            parent._output.flush()
            time.sleep(60)
        case "chatter":
            for number in range(20_000):
                print(f"line {number} of what nobody reads", file=sys.stderr)
            return 1
        case "wait" | "stubborn":
            if what == "stubborn":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            parent.tell(pid=os.getpid())
            time.sleep(60)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
