// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
// expected-error @+1 {{'model.weight' op needs a static ranked tensor of numbers, but got 'tensor<?xf32>'}}
model.weight @w file("a") offset 0 length 4 encoding "raw" : tensor<?xf32>

// -----
// C2
// expected-error @+1 {{'model.weight' op needs encoding "raw" or "varint", but got "gzip"}}
model.weight @w file("a") offset 0 length 4 encoding "gzip" : tensor<1xf32>

// -----
// C3
// expected-error @+1 {{'model.weight' op needs offset and length of 0 or more, but got -1 and 4}}
model.weight @w file("a") offset -1 length 4 encoding "raw" : tensor<1xf32>

// -----
// C4
// expected-error @+1 {{'model.weight' op needs the length of its type, 8 bytes, but got 4}}
model.weight @w file("a") offset 0 length 4 encoding "raw" : tensor<2xf32>

// -----
// C5
// expected-error @+1 {{'model.weight' op needs a file in the model's folder, but got "../a"}}
model.weight @w file("../a") offset 0 length 4 encoding "raw" : tensor<1xf32>

// -----
// C1
func.func @load() {
  // expected-error @+1 {{'model.load_weight' op needs a model.weight named @none, but there is none}}
  %w = model.load_weight @none : tensor<1xf32>
  return
}

// -----
// C2
model.weight @w file("a") offset 0 length 4 encoding "raw" : tensor<1xf32>
func.func @load() {
  // expected-error @+1 {{'model.load_weight' op needs the weight's type 'tensor<1xf32>', but got 'tensor<2xf32>'}}
  %w = model.load_weight @w : tensor<2xf32>
  return
}

// -----
// C6
// expected-error @+1 {{'model.weight' op needs a file with offset, length and encoding, or a program with its inputs, but got both}}
"model.weight"() {sym_name = "w", type = tensor<1xf32>, file = "a", offset = 0 : i64, length = 4 : i64, encoding = "raw", program = @p, inputs = [@v]} : () -> ()

// -----
// C6
// expected-error @+1 {{'model.weight' op needs a file with offset, length and encoding, or a program with its inputs, but got not all of either}}
"model.weight"() {sym_name = "w", type = tensor<1xf32>, program = @p} : () -> ()

// -----
// C1
func.func @numbers(%ok: i1, %n: index) {
  // expected-error @+1 {{'model.require' op needs at most 2 numbers, but got 3}}
  model.require %ok, 5, "no", %n, %n, %n
  return
}

// -----
// C2
func.func @place(%ok: i1, %n: index) {
  // expected-error @+1 {{'model.require' op needs a number for {1} in its sentence, but got 1}}
  model.require %ok, 5, "{0} and {1}", %n
  return
}

// -----
// C1
func.func @tap(%x: tensor<1xf32>) {
  // expected-error @+1 {{'model.tap' op needs a name, but got ""}}
  %t = model.tap "", %x : tensor<1xf32>
  return
}
