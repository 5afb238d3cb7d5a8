// RUN: niello-opt --split-input-file --verify-diagnostics %s

// C1
func.func @attention(%q: tensor<2x3x4xf32>) {
  // expected-error @+1 {{'model.attention' op needs query, key and value of rank 4, but got 3, 3 and 3}}
  %o = model.attention %q, %q, %q scale 1.0 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// -----
// C1
func.func @attention(%q: tensor<1x2x3x4xf32>, %k: tensor<1x2x3x5xf32>) {
  // expected-error @+1 {{'model.attention' op needs [B,H,T,D], [B,G,S,D] and [B,G,S,E], but got 'tensor<1x2x3x4xf32>', 'tensor<1x2x3x5xf32>' and 'tensor<1x2x3x5xf32>'}}
  %o = model.attention %q, %k, %k scale 1.0 : (tensor<1x2x3x4xf32>, tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>) -> tensor<1x2x3x5xf32>
  return
}

// -----
// C2
func.func @attention(%q: tensor<1x3x3x4xf32>, %k: tensor<1x2x3x4xf32>) {
  // expected-error @+1 {{'model.attention' op needs query heads to be a multiple of key heads, but got 3 and 2}}
  %o = model.attention %q, %k, %k scale 1.0 : (tensor<1x3x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>) -> tensor<1x3x3x4xf32>
  return
}

// -----
// C3
func.func @attention(%q: tensor<1x2x3x4xf32>, %k: tensor<1x2x3x4xf16>) {
  // expected-error @+1 {{'model.attention' op needs floats of one type, but got 'f32', 'f16' and 'f16'}}
  %o = model.attention %q, %k, %k scale 1.0 : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf16>, tensor<1x2x3x4xf16>) -> tensor<1x2x3x4xf32>
  return
}

// -----
// C4
func.func @attention(%q: tensor<1x2x3x4xf32>, %m: tensor<4xi1>) {
  // expected-error @+1 {{'model.attention' op needs a mask of floats or i1 that broadcasts to 'tensor<1x2x3x3xf32>', but got 'tensor<4xi1>'}}
  %o = model.attention %q, %q, %q mask %m scale 1.0 : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<4xi1>) -> tensor<1x2x3x4xf32>
  return
}

// -----
// C5
func.func @attention(%q: tensor<1x2x3x4xf32>, %l: tensor<2xi64>) {
  // expected-error @+1 {{'model.attention' op needs an offset and a length for each of 1 batch entries, but got 'tensor<2xi64>'}}
  %o = model.attention %q, %q, %q lengths %l scale 1.0 : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<2xi64>) -> tensor<1x2x3x4xf32>
  return
}

// -----

// C6
func.func @attention(%q: tensor<1x2x3x4xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'model.attention' op needs a sink for each of 2 heads, but got 'tensor<3xf32>'}}
  %o = model.attention %q, %q, %q sinks %s scale 1.0 : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>, tensor<3xf32>) -> tensor<1x2x3x4xf32>
  return
}

// -----
// C1
func.func @rope(%x: tensor<3x8xf32>, %c: tensor<3x5xf32>) {
  // expected-error @+1 {{'model.rope' op needs tables of up to half a row that broadcast to 'tensor<3x8xf32>', but got 'tensor<3x5xf32>'}}
  %y = model.rope %x, %c, %c : (tensor<3x8xf32>, tensor<3x5xf32>, tensor<3x5xf32>) -> tensor<3x8xf32>
  return
}

// -----
// C2
func.func @rope(%x: tensor<3x8xf16>, %c: tensor<3x4xf32>) {
  // expected-error @+1 {{'model.rope' op needs one element type, but got 'f16' and 'f32'}}
  %y = model.rope %x, %c, %c : (tensor<3x8xf16>, tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x8xf16>
  return
}

// -----
// C1
func.func @random() {
  // expected-error @+1 {{'model.random' op needs a size for each of 1 dynamic dimensions, but got 0}}
  %r = model.random normal seed 7 first 0.0 second 1.0 : tensor<?xf32>
  return
}

// -----
// C2
func.func @random() {
  // expected-error @+1 {{'model.random' op needs a probability for bernoulli and only for it}}
  %r = model.random bernoulli seed 7 first 0.0 second 1.0 : tensor<3xf32>
  return
}

// -----
// C2
func.func @random(%p: tensor<4xf32>) {
  // expected-error @+1 {{'model.random' op needs a probability for each element of 'tensor<3xf32>', but got 'tensor<4xf32>'}}
  %r = model.random bernoulli seed 7 first 0.0 second 1.0 probability %p : tensor<4xf32> : tensor<3xf32>
  return
}

// -----
// C3
func.func @random() {
  // expected-error @+1 {{'model.random' op needs floats, but got 'i32'}}
  %r = model.random uniform seed 7 first 0.0 second 1.0 : tensor<3xi32>
  return
}

// -----
// C1
func.func @recurrence(%h: tensor<4xf32>) {
  // expected-error @+1 {{'model.recurrence' op needs an input to go over, but got none}}
  %last = model.recurrence(%h) over() axis 0 {
  ^bb0(%s: tensor<4xf32>):
    model.yield %s : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// C1
func.func @recurrence(%h: tensor<4xf32>, %x: tensor<4xf32>) {
  // expected-error @+1 {{'model.recurrence' op needs inputs of one size at axis 1, but got 'tensor<4xf32>'}}
  %last = model.recurrence(%h) over(%x) axis 1 {
  ^bb0(%s: tensor<4xf32>, %t: tensor<f32>):
    model.yield %s : tensor<4xf32>
  } : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----
// C2
func.func @recurrence(%h: tensor<4xf32>, %x: tensor<3x4xf32>) {
  // expected-error @+1 {{'model.recurrence' op needs a body over 'tensor<4xf32>', 'tensor<4xf32>', but got 'tensor<4xf32>', 'tensor<5xf32>'}}
  %last = model.recurrence(%h) over(%x) axis 0 {
  ^bb0(%s: tensor<4xf32>, %t: tensor<5xf32>):
    model.yield %s : tensor<4xf32>
  } : (tensor<4xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  return
}

// -----
// C3
func.func @recurrence(%h: tensor<4xf32>, %x: tensor<3x4xf32>) {
  // expected-error @+1 {{'model.recurrence' op needs a body that yields 'tensor<4xf32>', 'tensor<5xf32>', but got 'tensor<4xf32>', 'tensor<4xf32>'}}
  %last, %all = model.recurrence(%h) over(%x) axis 0 {
  ^bb0(%s: tensor<4xf32>, %t: tensor<4xf32>):
    model.yield %s, %t : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<3x4xf32>) -> (tensor<4xf32>, tensor<3x5xf32>)
  return
}

// -----
// C3
func.func @recurrence(%h: tensor<4xf32>, %x: tensor<3x4xf32>) {
  // expected-error @+1 {{'model.recurrence' op needs a result for each of 1 states, but got 0}}
  model.recurrence(%h) over(%x) axis 0 {
  ^bb0(%s: tensor<4xf32>, %t: tensor<4xf32>):
    model.yield
  } : (tensor<4xf32>, tensor<3x4xf32>) -> ()
  return
}

// -----
// C4
func.func @recurrence(%h: tensor<4xf32>, %x: tensor<3x4xf32>) {
  // expected-error @+1 {{'model.recurrence' op needs 1 flags in reverse, but got 2}}
  %last = model.recurrence(%h) over(%x) axis 0 {
  ^bb0(%s: tensor<4xf32>, %t: tensor<4xf32>):
    model.yield %s : tensor<4xf32>
  } {reverse = array<i1: true, false>} : (tensor<4xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  return
}

// -----

// C1
func.func @gelu(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'model.gelu' op failed to infer returned types}}
  // expected-error @+1 {{'model.gelu' op inferred type(s) 'tensor<2x3xf32>' are incompatible with return type(s) of operation 'tensor<2x4xf32>'}}
  %y = model.gelu %x approximate none : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return
}
