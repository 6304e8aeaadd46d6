"""Reading the model carrier: what it holds, and what a damaged one says."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.carrier import Carrier, dequantise_q4, parse_carrier
from kb.errors import ModelError

MakeCarrier = Callable[..., bytes]


@pytest.fixture(scope="module")
def whole(make_carrier: MakeCarrier) -> bytes:
    return make_carrier()


def test_header_vocabulary_and_normaliser(whole: bytes) -> None:
    carrier = parse_carrier(whole)

    assert (carrier.config.hidden, carrier.config.layers, carrier.config.positions) == (32, 2, 40)
    assert carrier.config.epsilon == pytest.approx(1e-12)
    assert carrier.vocabulary.pieces[:5] == ("<s>", "<pad>", "</s>", "<unk>", "▁")
    assert carrier.vocabulary.pieces[-1] == "<mask>"
    assert carrier.vocabulary.scores[4] == pytest.approx(-2.0 - 4 / 7)
    assert carrier.normaliser[0x01] == ()
    assert carrier.normaliser[0xFB01] == (ord("f"), ord("i"))


def test_a_block_dequantised_by_hand() -> None:
    # low nibbles 0..15 are weights 0..15, high nibbles (all 9) are weights 16..31; the scale is 0.5
    packed = bytes(9 << 4 | low for low in range(16))
    raw = np.frombuffer(struct.pack("<e", 0.5) + packed, dtype=np.uint8)

    expected = [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5] + [0.5] * 16
    assert dequantise_q4(raw).tolist() == expected


def test_every_block_has_its_own_scale() -> None:
    blocks = [struct.pack("<e", scale) + b"\x8f" * 16 for scale in (1.0, -0.25)]
    values = dequantise_q4(np.frombuffer(b"".join(blocks), dtype=np.uint8)).reshape(2, 32)

    assert values[0].tolist() == [7.0] * 16 + [0.0] * 16
    assert values[1].tolist() == [-1.75] * 16 + [0.0] * 16


def test_tensors_come_in_the_shape_asked_for(whole: bytes) -> None:
    carrier = parse_carrier(whole)

    assert carrier.tensor("l0.fi.w", (64, 32)).shape == (64, 32)
    assert carrier.tensor("emb.ln.w", (32,)).mean() == pytest.approx(1.0, abs=0.1)
    with pytest.raises(ModelError, match="found 2048 elements"):
        carrier.tensor("l0.fi.w", (64, 64))
    with pytest.raises(ModelError, match=r"no tensor 'l9\.q\.w'"):
        carrier.tensor("l9.q.w", (32, 32))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"magic": b"GGUF"}, "not a model carrier"),
        ({"version": 2}, "of version 2"),
        ({"block": 64}, "blocks of 64"),
        ({"hidden": 33}, "impossible sizes"),
        ({"hidden": -32}, "impossible sizes"),
        ({"unk": 1000}, "special ids"),
        ({"shift": 1}, "truncated"),
        ({"shift": 2**63}, "truncated"),
    ],
)
def test_a_broken_header_is_named(make_carrier: MakeCarrier, changed: dict[str, int], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        parse_carrier(make_carrier(**changed))


@given(st.data())
def test_every_truncation_is_noticed(whole: bytes, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ModelError):
        parse_carrier(whole[:length])


@given(st.data())
def test_damage_is_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    """Whatever stands in the file, reading it gives tensors or a ModelError, nothing else."""
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        # mostly in front of the weights, where the structure is
        at = data.draw(st.integers(0, 3500) | st.integers(0, len(whole) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        _read_all(parse_carrier(bytes(damaged)))
    except ModelError as error:
        assert str(error)


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_are_refused(rest: bytes) -> None:
    with pytest.raises(ModelError):
        parse_carrier(b"E5S1" + rest)


def test_a_weight_that_is_not_finite_is_refused(whole: bytes) -> None:
    body = bytearray(whole)
    body[-4:] = struct.pack("<f", float("nan"))  # the last tensor is f32
    carrier = parse_carrier(bytes(body))
    with pytest.raises(ModelError, match="not finite"):
        carrier.tensor(carrier.names[-1], (32,))


def _read_all(carrier: Carrier) -> None:
    for name in carrier.names:
        entry = carrier._entries[name]
        assert carrier.tensor(name, (entry.elements,)).dtype == np.float32
