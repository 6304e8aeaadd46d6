"""The first command: sets everything up and starts the service on the articles in `data/`.

    python3 scripts/up.py [--home DIR] [options of kb serve, such as --port 8080]

A second run finds its environment, model and index in place and only starts the service.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import environment
from environment import ROOT, SetupError, say

ARTICLES = ROOT / "data" / "articles"
SOURCES_NAME = "sources.sha256"


def main(arguments: list[str]) -> NoReturn:
    parser = argparse.ArgumentParser(
        prog="up.py",
        description="Set everything up and start the service on the articles in data/. "
        "Every other option goes to 'kb serve', for example --port 8080.",
        allow_abbrev=False,
    )
    parser.add_argument("--home", type=Path, default=ROOT / ".kb", help="where the index goes (default: .kb)")
    options, for_serve = parser.parse_known_args(arguments)
    home = options.home.absolute()
    try:
        environment.ensure()
        environment.run([kb(), "model", "install"])
        index_if_needed(home)
    except SetupError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("interrupted; the same command takes it up again")
    become([kb(), "serve", "--home", str(home), *for_serve])


def kb() -> str:
    return str(environment.program("kb"))


def index_if_needed(home: Path) -> None:
    """Indexes the articles unless this home's index was made from just these, by just this program."""
    note = home / SOURCES_NAME
    expected = " ".join(sources_hash(folder) for folder in (ARTICLES, ROOT / "kb", ROOT / "indexer"))
    if note.exists() and note.read_text("utf-8") == expected:
        return
    say(f"indexing {ARTICLES} into {home}")
    environment.run([kb(), "index", str(ARTICLES), "--home", str(home)])
    note.write_text(expected, "utf-8")


def sources_hash(folder: Path) -> str:
    """Hash over the paths and bytes of all files in a folder, compiled ones left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def become(command: list[str]) -> NoReturn:
    """Ends as the service, so that signals and the exit status are its own."""
    if os.name != "nt":
        os.execv(command[0], command)
    with subprocess.Popen(command) as service:
        while True:
            try:
                sys.exit(service.wait())
            except KeyboardInterrupt:  # the console has sent Ctrl-C to the service as well
                continue


if __name__ == "__main__":
    main(sys.argv[1:])
