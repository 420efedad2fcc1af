# SPDX-License-Identifier: Apache-2.0
"""What an exported graph may be made of, so that every backend can run it."""

import onnx

from nermo_ros.inference.card import ModelError

# In ONNX Runtime and in TensorRT from 10.3 on, whose parser knows no solver and no control flow
# worth having (the operator table of onnx-tensorrt).
OPERATORS = set(
    """
    Abs Add ArgMax ArgMin Cast Ceil Clip Concat Constant ConstantOfShape Cos CumSum Div Einsum
    Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm Greater
    GreaterOrEqual Identity LayerNormalization Less LessOrEqual Log MatMul Max Min Mul Neg Not
    Or And Pow Range Reciprocal ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare Relu Reshape ScatterElements ScatterND Shape Sigmoid Sign Sin Slice Softmax
    Softplus Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Trilu Unsqueeze Where
    """.split()  # noqa: SIM905, a column of seventy quotes reads worse
)
TYPES = onnx.TensorProto
# Numbers are single precision throughout; the rest are shapes, indices and conditions.
ALLOWED_TYPES = frozenset({TYPES.FLOAT, TYPES.INT64, TYPES.INT32, TYPES.BOOL})


def check_graph(model: onnx.ModelProto) -> None:
    """Raises ModelError that names operators and types of a graph that some backend lacks.

    Half and double precision within the graph count too: parsers take them and cast in silence.
    """
    onnx.checker.check_model(model, full_check=True)
    if model.functions:
        raise ModelError(f'the graph calls functions: {[f.name for f in model.functions]}')
    unknown = {
        f'{node.domain}.{node.op_type}'.lstrip('.')
        for node in model.graph.node
        if node.domain not in ('', 'ai.onnx') or node.op_type not in OPERATORS
    }
    if unknown:
        raise ModelError(f'the graph has operators that not every backend has: {sorted(unknown)}')
    wrong = {name: kind for name, kind in _types(model).items() if kind not in ALLOWED_TYPES}
    ends = [*model.graph.input, *model.graph.output]
    wrong |= {
        value.name: value.type.tensor_type.elem_type
        for value in ends
        if value.type.tensor_type.elem_type != TYPES.FLOAT
    }
    if wrong:
        shown = ', '.join(f'{name} ({TYPES.DataType.Name(wrong[name])})' for name in sorted(wrong))
        raise ModelError(f'the graph is not in single precision: {shown}')


def _types(model: onnx.ModelProto) -> dict[str, int]:
    """Element type of every value, constant and result of the graph."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    types = {value.name: value.type.tensor_type.elem_type for value in inferred.value_info}
    types |= {constant.name: constant.data_type for constant in inferred.initializer}
    missing = {name for node in inferred.node for name in node.output if name} - set(types)
    missing -= {value.name for value in inferred.output}
    return types | dict.fromkeys(missing, TYPES.UNDEFINED)
