// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// niello: compiles a model file to an executable, a library or an object.
//
//   niello compile model.onnx -o model               compile for this machine
//   niello compile model.onnx --emit=shared          a library with a C header
//   niello compile model.onnx --emit=plan            print the IR of that stage and stop
//   niello run model.onnx --input x=random:1         compile into a cache and run
//   niello ops                                       operators that compile
//
// Everything it does is in compiler/driver, so other programs can do it too.

#include "compiler/driver/Driver.h"

int main(int argc, char **argv) { return niello::runDriver(argc, argv); }
