// The entries of code.ll.
module attributes {model.source = "two words.onnx", model.hash = "00ff",
                   model.symbols = {n = [1, 512]}} {
  func.func private @main(
    tensor<?xf32> {model.name = "x", model.dtype = "float32",
                   model.dims = ["n"]})
    -> (tensor<?xf32> {model.name = "tanh(x)", model.dtype = "float32",
                       model.dims = ["n"]},
        tensor<4xui8> {model.name = "ends", model.dtype = "uint8",
                       model.dims = [4]})
    attributes {model.entry}
  func.func private @half(
    tensor<2x?xf16> {model.name = "float", model.dtype = "float16",
                     model.dims = [2, "?"]})
    -> (tensor<f32> {model.name = "first", model.dtype = "float32",
                     model.dims = []})
    attributes {model.entry}
}
