"""The taught encoder as a graph of ONNX, for a message at a time: the weights in seven bits of eight, a scale a column, and what is multiplied with
them in eight bits as it comes. Two results: what each piece adds to the answers and, after these, to what the message is like; and what is there
before any.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from muhatap.reading import context
from training.encoder import Floats

_OF_RUNTIME = "com.microsoft"  # operators that ONNX Runtime has beside the standard's
_OPERATORS, _FORM = 20, 10
_LENGTH = "pieces of a message"
_TINY = 1e-12
# Steps either way. Processors without instructions for eight bits (VNNI) add two products in sixteen: 2 x 255 x 63 is the most these hold.
_OF_WEIGHTS, _OF_PIECES = 63, 127


class _Graph:
    """Nodes in their order, and the arrays they ask for."""

    def __init__(self, arrays: Mapping[str, Floats]) -> None:
        self.arrays = arrays
        self.nodes: list[NodeProto] = []
        self.kept: list[TensorProto] = []

    def keep(self, name: str, array: NDArray[np.generic]) -> str:
        self.kept.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def number(self, name: str) -> str:
        """An array as it is."""
        return self.keep(name, self.arrays[name].astype(np.float32))

    def weights(self, name: str) -> tuple[str, str]:
        """A table in seven bits, turned so that a column is what comes out; and the columns' scales."""
        steps, worth = in_steps(self.arrays[f"{name}.weights"], _OF_WEIGHTS)
        return self.keep(f"{name}.steps", steps.T), self.keep(f"{name}.worth", worth)

    def add(self, kind: str, *asks: str, gives: str = "", **how: object) -> str:
        """A node with one result, under this name or one of its own."""
        gives = gives or f"{kind} {len(self.nodes)}"
        domain = _OF_RUNTIME if kind in ("DynamicQuantizeMatMul", "QAttention", "SkipLayerNormalization") else ""
        self.nodes.append(helper.make_node(kind, list(asks), [gives], domain=domain, **how))
        return gives

    def line(self, name: str, states: str) -> str:
        steps, worth = self.weights(name)
        return self.add("DynamicQuantizeMatMul", states, steps, worth, "", self.number(f"{name}.start"))

    def norm(self, name: str, states: str, more: str) -> str:
        both = self.number(f"{name}.weights"), self.number(f"{name}.start")
        return self.add("SkipLayerNormalization", states, more, *both, epsilon=_TINY)

    def layer(self, name: str, states: str, n_heads: int) -> str:
        looked = self.line(f"{name}.takes", self.attention(f"{name}.asks", states, n_heads))
        states = self.norm(f"{name}.after_looking", looked, states)
        thought = self.add("Gelu", self.line(f"{name}.widens", states), approximate="tanh")
        return self.norm(f"{name}.after_thinking", self.line(f"{name}.narrows", thought), states)

    def attention(self, name: str, states: str, n_heads: int) -> str:
        given = [f"{name} in steps", f"{name} a step", f"{name} nought"]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [states], given))
        steps, worth = self.weights(name)
        asks = (given[0], steps, self.number(f"{name}.start"), given[1], worth, "", given[2])
        return self.add("QAttention", *asks, num_heads=n_heads)

    def begin(self) -> str:
        """The pieces as states, each in its place."""
        steps, worth = in_steps(self.arrays["pieces"], _OF_PIECES)
        whole = self.add("Cast", self.add("Gather", self.keep("pieces", steps), context.PIECES), to=TensorProto.FLOAT)
        of_piece = self.add("Mul", whole, self.add("Gather", self.keep("pieces.worth", worth[:, None]), context.PIECES))
        length = self.add("Shape", context.PIECES, start=1)
        of_place = self.add("Slice", self.number("places"), self.keep("first", np.array([0])), length)
        both = self.number("begins.weights"), self.number("begins.start")
        return self.add("LayerNormalization", self.add("Add", of_piece, of_place), *both, epsilon=_TINY)


def in_steps(table: Floats, most: int) -> tuple[NDArray[np.int8], Floats]:
    """Each row in so many steps either way, and how much a step of it is."""
    worth = (np.maximum(np.abs(table).max(axis=1), 1e-9) / most).astype(np.float32)
    return np.rint(table / worth[:, None]).astype(np.int8), worth


def packed(arrays: Mapping[str, Floats], names: Sequence[str], scores: Sequence[float], n_heads: int) -> bytes:
    """The graph with its arrays (training/context.py names them; a row of a table is what comes out), and the pieces with their log chances, as one
    file. Raises KeyError where an array is missing.
    """
    graph = _Graph(arrays)
    states = graph.begin()
    for n in range(sum(name.endswith(".asks.start") for name in arrays)):
        states = graph.layer(f"layer {n}", states, n_heads)
    weights = np.concatenate([arrays["answers.weights"], arrays["likeness.weights"]])
    starts = np.concatenate([arrays["answers.start"], arrays["likeness.start"]])
    graph.add("MatMul", states, graph.keep("weights", weights.T.astype(np.float32)), gives=context.ADDED)
    graph.add("Identity", graph.keep("starts", starts.astype(np.float32)), gives=context.START)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "second look",
            [_value(context.PIECES, TensorProto.INT64, 1, _LENGTH)],
            [
                _value(context.ADDED, TensorProto.FLOAT, 1, _LENGTH, len(starts)),
                _value(context.START, TensorProto.FLOAT, len(starts)),
            ],
            graph.kept,
        ),
        opset_imports=[helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_OF_RUNTIME, 1)],
        ir_version=_FORM,
    )
    told = {context.NAMES: "\n".join(names), context.SCORES: " ".join(f"{score:.6g}" for score in scores)}
    helper.set_model_props(model, told)
    return bytes(model.SerializeToString(deterministic=True))


def _value(name: str, kind: int, *shape: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)
