"""Ways to compute an encoder's vectors on a CPU. Which one a version answers with is measured, not assumed.

| runtime | what computes | vectors |
| --- | --- | --- |
| `torch` | the weights as they are | the reference |
| `torch-bfloat16` | the same, rounded to 8 bits of mantissa | differ in the third digit |
| `onnx` | one fused graph in ONNX Runtime, float32 | differ in the sixth digit |
| `onnx-int8` | the same graph with matrix products of 8-bit integers | differ in the second digit |
"""
