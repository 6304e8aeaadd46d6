"""Model folders on disk: installs the default ones, finds, verifies and identifies any."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs

from kb import models
from kb.errors import ModelError
from kb.modelfetch import download_wheel, read_files
from kb.models import Model

SEAL = "kb-model.json"
FORMAT = 1  # raise it when anything else is written from the same wheel
_SCRATCH = ".installing-"
_ABANDONED_S = 24 * 3600


def default_cache() -> Path:
    """The user's cache folder for models and embeddings; whatever is in it can be made again."""
    return platformdirs.user_cache_path("kb", appauthor=False)


def default_folder(cache: Path, model: Model | None = None) -> Path:
    """Where a default model, by default the multilingual one, stands in `cache`, installed or not."""
    wanted = model or models.MULTILINGUAL
    return cache / "models" / f"{wanted.name}-{wanted.carrier[:12]}"


def _silent(_message: str) -> None:
    return None


def install(
    cache: Path,
    wheel: Path | None = None,
    progress: Callable[[str], None] = _silent,
    model: Model | None = None,
) -> Path:
    """The folder of a default model, by default the multilingual one, written if it is not there whole.

    Everything is prepared in a scratch folder beside the destination and moved in by one rename, so that
    no reader sees half a folder, and of two installs at a time the later one finds the work done.

    Errors: ModelError when the disk is too small, the wheel cannot be had or is another one.
    """
    wanted = model or models.MULTILINGUAL
    folder = default_folder(cache, wanted)
    if folder.is_dir() and not verify(folder):
        progress(f"{folder} is there and whole")
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder.parent)
        _require_space(folder.parent, wanted.folder_bytes + (0 if wheel else 2 * wanted.wheel.wheel_bytes))
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder.parent) as scratch:
            files = read_files(wanted.wheel, wheel or download_wheel(wanted.wheel, Path(scratch), progress))
            new = Path(scratch) / "model"
            new.mkdir()
            wanted.write(files, new, progress)
            _seal(new, wanted)
            _move_in(new, folder)
    except OSError as error:
        raise ModelError(
            f"cannot write the model into {folder.parent}: {error}; free the disk or choose another --cache"
        ) from error
    progress(f"installed {folder}")
    return folder


def resolve(model: str | None, cache: Path) -> Path:
    """The folder of a model: the default one (None), a folder as given, or a name in the hub's local cache.

    Never asks the network. Errors: ModelError when there is no such folder, or it holds no model.
    """
    if model is None:
        folder = default_folder(cache)
        if not (folder / SEAL).is_file():
            raise ModelError(f"the default model is not in {cache}; run `kb model install`")
        return folder
    given = Path(model).expanduser()
    if given.is_dir():
        return _require_model(given)
    found = _in_hub_cache(model)
    if found is None:
        raise ModelError(
            f"no model {model!r}: found neither such a folder nor such a name in {_hub_cache()}; "
            "give a sentence-transformers folder, or leave the model out to use the default one"
        )
    return _require_model(found)


def resolve_second(model: str | None, cache: Path) -> Path | None:
    """The folder of the encoder that reads English beside the default one; None beside a model of the user's own, which
    is asked alone. ModelError where it is not installed."""
    if model is not None:
        return None
    folder = default_folder(cache, models.ENGLISH)
    if not (folder / SEAL).is_file():
        raise ModelError(f"the model {models.ENGLISH.name} is not in {cache}; run `kb model install`")
    return folder


def verify(folder: Path) -> list[str]:
    """What is damaged in a model folder, one sentence each; empty when it is whole.

    A folder that this program did not write has no checksums: it is only looked at for what it must hold.
    """
    if not folder.is_dir():
        return [f"{folder} is no folder"]
    if not (folder / SEAL).exists():
        missing = _missing(folder)
        return [missing] if missing else []
    try:
        sealed = _read_seal(folder)["files"]
    except ModelError as error:
        return [str(error)]
    damage = []
    for name, expected in sealed.items():
        try:
            found = _sha256(folder / name)
        except OSError as error:
            damage.append(f"{name}: cannot be read ({error.strerror})")
            continue
        if found != expected:
            damage.append(f"{name}: its checksum is {found}, expected {expected}")
    return damage


def fingerprint(folder: Path) -> str:
    """64 hex digits that name the encoder in caches and manifests, wherever its folder lies.

    The default model's is made of the carrier's checksum and the folder's format, so that it is the same
    whichever release of a library wrote the files (`verify` says whether they are whole). Any other is
    made of the contents of all files but hidden ones and texts about the model.
    """
    if (folder / SEAL).exists():
        seal = _read_seal(folder)
        told: Any = [seal["model"], seal["carrier"], FORMAT]
    else:
        told = [(name, _sha256(folder / name)) for name in _files(folder) if not name.endswith(".md")]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _files(folder: Path) -> Iterator[str]:
    """Relative names of a model's files, in order."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.name != SEAL and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_seal(folder: Path) -> dict[str, Any]:
    """kb-model.json; ModelError when it is damaged or of another release."""
    try:
        seal: Any = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / SEAL} is damaged ({error}); run `kb model install`") from error
    if not isinstance(seal, dict) or seal.get("format") != FORMAT:
        raise ModelError(
            f"{folder} is not of format {FORMAT}, which this release reads; run `kb model install`"
        )
    files = seal.get("files")
    listed = isinstance(files, dict) and files and all(isinstance(digest, str) for digest in files.values())
    if not listed or not isinstance(seal.get("model"), str) or not isinstance(seal.get("carrier"), str):
        raise ModelError(f"{folder / SEAL} is damaged (fields missing); run `kb model install`")
    return seal


def _require_model(folder: Path) -> Path:
    if missing := _missing(folder):
        raise ModelError(missing)
    return folder


def _missing(folder: Path) -> str | None:
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return None
    return f"{folder} holds no model: expected modules.json (sentence-transformers) or config.json"


def _hub_cache() -> Path:
    """The hub's local cache, by its documented variables.

    Read here, not imported from huggingface_hub: that one fixes "offline" when it is imported.
    """
    if stated := os.environ.get("HF_HUB_CACHE"):
        return Path(stated).expanduser()
    user_cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.environ.get("HF_HOME", f"{user_cache}/huggingface")).expanduser() / "hub"


def _in_hub_cache(name: str) -> Path | None:
    """The local snapshot's folder, in the hub's documented layout: refs/main names the revision."""
    for candidate in [name] if "/" in name else [name, f"sentence-transformers/{name}"]:
        stored = _hub_cache() / f"models--{candidate.replace('/', '--')}"
        main = stored / "refs" / "main"
        if main.is_file():
            snapshot = stored / "snapshots" / main.read_text(encoding="utf-8").strip()
            if snapshot.is_dir():
                return snapshot
    return None


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"the model needs {needed:,} bytes in {folder}, {free:,} are free; "
            "free the disk or choose another --cache"
        )


def _remove_abandoned(models: Path) -> None:
    """Removes scratch folders that a killed install left, old enough that no running one owns them."""
    for scratch in models.glob(f"{_SCRATCH}*"):
        if time.time() - scratch.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(scratch)


def _seal(folder: Path, model: Model) -> None:
    """Writes README and checksums, sets the modes (safetensors writes 0600), and flushes all to the disk."""
    (folder / "README.md").write_text(model.about, encoding="utf-8")
    seal = {
        "format": FORMAT,
        "model": model.name,
        "package": f"{model.wheel.package}=={model.wheel.version}",
        "carrier": model.carrier,
        "files": {name: _sha256(folder / name) for name in _files(folder)},
    }
    (folder / SEAL).write_text(json.dumps(seal, indent=2) + "\n", encoding="utf-8")
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        _flush(path)


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders; its file system keeps the order of names itself
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move_in(new: Path, folder: Path) -> None:
    """Renames `new` to `folder`; a damaged one there is moved out of the way, a whole one is kept."""
    for attempt in range(8):
        try:
            new.rename(folder)
        except OSError:
            if not folder.exists():
                raise
        else:
            _flush(folder.parent)
            return
        if folder.is_dir() and not verify(folder):
            return
        with contextlib.suppress(FileNotFoundError):  # another install moved it first
            folder.rename(new.parent / f"damaged-{attempt}")
    raise ModelError(f"{folder} is being replaced by other installs over and over; run the command once more")
