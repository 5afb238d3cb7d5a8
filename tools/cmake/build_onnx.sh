#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds the ONNX C++ library once into the cache folder, from its source
# package on PyPI. niello_find_onnx() looks for it there.
#
#   build_onnx.sh [python]     with the pip and cmake of that Python
#
# 5 minutes on two cores. Does nothing where the library is there already.

set -euo pipefail
python=${1:-python3}
version=1.23.2
folder=${NIELLO_CACHE:-$HOME/.cache/niello}/onnx-$version
[ -f "$folder/install/lib/cmake/ONNX/ONNXConfig.cmake" ] && exit 0

cmake=$(dirname "$("$python" -c 'import sys; print(sys.executable)')")/cmake
[ -x "$cmake" ] || cmake=cmake
rm -rf "$folder"
mkdir -p "$folder/source"
"$python" -m pip download -q --no-binary onnx --no-deps \
  --disable-pip-version-check -d "$folder" "onnx==$version" \
  >"$folder/build.log" 2>&1 || {
  cat "$folder/build.log" >&2
  echo "build_onnx.sh: could not fetch the source of onnx $version" >&2
  exit 1
}
tar -xzf "$folder/onnx-$version.tar.gz" -C "$folder/source" --strip-components 1
{
  "$cmake" -G Ninja -S "$folder/source" -B "$folder/build" \
    -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
    -DCMAKE_INSTALL_PREFIX="$folder/partial" \
    -DPython3_EXECUTABLE="$(command -v "$python")" \
    -DONNX_BUILD_PYTHON=OFF -DONNX_USE_LITE_PROTO=ON -DONNX_ML=ON
  ninja -C "$folder/build"
  "$cmake" --install "$folder/build"
} >>"$folder/build.log" 2>&1 || {
  tail -n 30 "$folder/build.log" >&2
  echo "build_onnx.sh: the ONNX library does not build, see $folder/build.log" >&2
  exit 1
}
# The name appears only when all is there: a broken-off run starts anew.
mv "$folder/partial" "$folder/install"
rm -rf "$folder/build" "$folder/source"
