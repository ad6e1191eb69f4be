"""One engine in a process of its own: reads `{"documents", "keep"}` a line, answers `{"ms"}` a line.

`ms` is the time of one document, the mean of those of the line, which are parsed before the clock starts. The first
line that it writes is `{"version"}` or `{"missing"}`.
"""

import gc
import importlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    engine, work, folder, *options = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not stand between the answers
    try:
        module = importlib.import_module(f"with_{engine}")
        render = module.prepare(work, Path(folder), *options)
    except (ImportError, OSError) as error:
        print(json.dumps({"missing": str(error).splitlines()[0]}), file=answers, flush=True)
        return
    print(json.dumps({"version": module.version()}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        gc.collect()
        started = time.perf_counter()
        for data in asked["documents"]:
            made = render(data)
        elapsed = (time.perf_counter() - started) / len(asked["documents"])
        if asked["keep"]:
            Path(asked["keep"]).write_bytes(made)
        print(json.dumps({"ms": elapsed * 1000}), file=answers, flush=True)


if __name__ == "__main__":
    main()
