"""The second command: sets everything up, then runs every check.

    python3 scripts/check.py [quick|suite|long] [options of pytest]

quick  lint, format, types and the tests that need neither the model nor a server; seconds
suite  and those that do (the default, and what CI runs)
long   and figures over a whole corpus, full fuzzing, load

KB_LONG_FRACTION=0.1 adds a tenth of the long tests to the suite, always the same ones. All checks run even if
one fails; pytest's closing line comes last. Quick and suite run in as many processes as there are processors, at most
four, a file of tests in one of them (-n 0: in one alone); long runs in one, since it measures.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

import environment
from environment import ROOT, SetupError

TIERS = ("quick", "suite", "long")
MOST_PROCESSES = 4  # each has a service of a gigabyte at times


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="check.py",
        description="Set everything up and run lint, types and tests. Every other option goes to pytest.",
        allow_abbrev=False,
    )
    parser.add_argument("tier", nargs="?", choices=TIERS, default="suite", help="default: suite")
    options, for_pytest = parser.parse_known_args(arguments)
    try:
        environment.ensure(("dev", "eval"))
        if options.tier != "quick":
            environment.run([str(environment.program("kb")), "model", "install"])
    except SetupError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("interrupted; the same command takes it up again")
    python = str(environment.program("python"))
    statuses = {
        "ruff check": run("ruff check", [python, "-m", "ruff", "check", "."]),
        "ruff format": run("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        "mypy": run("mypy", [python, "-m", "mypy"]),
    }
    statuses["pytest"], closing_line = run_pytest(python, options.tier, for_pytest)
    failed = [name for name, status in statuses.items() if status]
    print(f"\nfailed: {', '.join(failed)}" if failed else f"\npassed: {', '.join(statuses)}")
    print(closing_line, flush=True)
    return 1 if failed else 0


def run(name: str, command: Sequence[str]) -> int:
    print(f"\n== {name}", flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def side_by_side(tier: str) -> list[str]:
    """Options of pytest-xdist: files of tests keep together, since each makes homes and services of its own."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    return [] if tier == "long" or processes == 1 else ["-n", str(processes), "--dist", "loadfile"]


def run_pytest(python: str, tier: str, options: Sequence[str]) -> tuple[int, str]:
    """Exit status and closing line; the output is passed on as it comes."""
    colour = "yes" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else "no"
    command = [python, "-m", "pytest", "--tier", tier, f"--color={colour}", *side_by_side(tier), *options]
    print(f"\n== pytest, tier {tier}", flush=True)
    output = bytearray()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        for piece in iter(lambda: os.read(pipe, 65_536), b""):
            output += piece
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return process.returncode, lines[-1] if lines else "pytest printed nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
