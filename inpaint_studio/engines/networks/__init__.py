"""Neural networks: ONNX files with cards, run by ONNX Runtime, which is loaded with the first of them."""
