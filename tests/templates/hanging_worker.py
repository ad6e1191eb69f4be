"""A worker that hangs when it is started for the first time, as LibreOffice does once in a while."""

import time
from pathlib import Path

from templates.worker import jail, serve


def main() -> None:
    options = serve.Options.from_arguments()
    channel = serve.Channel()
    jail.die_with(options.lifeline)
    marker = Path(options.extra["marker"])
    if not marker.exists():
        marker.touch()
        time.sleep(600)
    channel.serve(lambda header, blobs: (header, blobs))


if __name__ == "__main__":
    main()
