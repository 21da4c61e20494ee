"""Start the demo ERP: `python -m demo_erp --port 8801 --data DIR --tick 5 --token TOKEN`."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from demo_erp.intake import Rules
from demo_erp.money import PROFILES
from demo_erp.server import Erp, Settings


def parse(arguments: list[str]) -> Settings:
    """The settings on the command line; the token may come from DEMO_ERP_TOKEN, where no process list shows
    it.
    """
    parser = argparse.ArgumentParser(
        prog="demo_erp", description="A small ERP that speaks the generic contract."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8801, help="port to listen on; 0 takes a free one")
    parser.add_argument("--data", type=Path, default=Path("demo_erp_data"), help="directory of its database")
    parser.add_argument(
        "--tick", type=float, default=5.0, help="seconds between two steps of an order; 0: by hand only"
    )
    parser.add_argument(
        "--token", default=os.environ.get("DEMO_ERP_TOKEN", ""), help="bearer token clients must send"
    )
    parser.add_argument(
        "--strict", action="store_true", help="refuse customers, products and taxes it does not know"
    )
    parser.add_argument("--rounding", choices=PROFILES, default="per_line", help="how it rounds taxes")
    given = parser.parse_args(arguments)
    if not given.token:
        parser.error("a token is needed: --token or DEMO_ERP_TOKEN")
    rules = Rules(strict=given.strict, rounding=given.rounding)
    return Settings(given.data, given.token, given.host, given.port, given.tick, rules)


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    settings = parse(arguments)
    try:
        erp = Erp(settings)
    except OSError as error:
        print(f"demo ERP: port {settings.port} cannot be used: {error.strerror}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=erp.shutdown).start())
    print(f"demo ERP on http://{erp.settings.host}:{erp.server_port}/", flush=True)
    erp.serve_forever(poll_interval=0.2)
    erp.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
