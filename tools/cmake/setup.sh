# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What tools/demo and tools/test share: install what is missing, configure,
# build. Sourced by bash, with `root` set to the top of the tree. Each function
# does only what is left to do and says so in one line when that takes long.

set -euo pipefail
cache=${NIELLO_CACHE:-$HOME/.cache/niello}
export NIELLO_CACHE=$cache
build=$root/build
python=$cache/venv/bin/python
begin=$SECONDS
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 \
  PYTHONDONTWRITEBYTECODE=1

# Seconds that the steps to come are expected to take on two cores; a step
# subtracts its own when it is over or was not needed.
left=0

minutes() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

say() {
  local rest=""
  [ "$left" -gt 0 ] && rest=", about $(minutes "$left") left"
  printf '[%s%s] %s\n' "$(minutes $((SECONDS - begin)))" "$rest" "$*"
}

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root or sudo to run: $*"
  fi
}

# run <log name> <command>...: quiet, the log's end is shown when it fails.
run() {
  local log=$build/logs/$1
  shift
  mkdir -p "$build/logs"
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "this failed: $* (all of it is in $log)"
  fi
}

missing_packages() {
  local package
  for package; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
      grep -qx installed || printf '%s\n' "$package"
  done
}

# need_packages <seconds> <Debian package>...
need_packages() {
  local seconds=$1 missing
  shift
  command -v dpkg-query >/dev/null ||
    die "installs by apt-get, and this is no Debian: install the packages" \
      "that the README lists and run cmake by hand"
  missing=$(missing_packages "$@")
  if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    say "installing" $missing
    run apt-update.log as_root apt-get update
    # shellcheck disable=SC2086
    run apt-install.log as_root apt-get install -y --no-install-recommends \
      $missing
  fi
  left=$((left - seconds))
}

# Packages without which only some tests are left out.
want_packages() {
  local missing package
  missing=$(missing_packages "$@")
  for package in $missing; do
    (run "apt-$package.log" as_root apt-get install -y \
      --no-install-recommends "$package") 2>/dev/null ||
      say "$package cannot be had here: tests that need it are left out"
  done
}

# need_python <seconds> <requirement>...: into a virtual environment of ours.
need_python() {
  local seconds=$1 missing=()
  shift
  if [ ! -x "$python" ] || ! "$python" -c '' 2>/dev/null; then
    say "making a Python environment in $cache/venv"
    rm -rf "$cache/venv"
    mkdir -p "$cache"
    run venv.log python3 -m venv "$cache/venv"
  fi
  local requirement installed
  installed=$("$python" -m pip freeze)
  for requirement; do
    grep -qix "$requirement" <<<"$installed" || missing+=("$requirement")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing into it: ${missing[*]}"
    run pip.log "$python" -m pip install -q "${missing[@]}"
  fi
  left=$((left - seconds))
}

# need_onnx <seconds>
need_onnx() {
  if [ ! -d "$cache/onnx-1.23.2/install" ]; then
    say "building the ONNX library, once, into $cache"
    "$root/tools/cmake/build_onnx.sh" "$python"
  fi
  left=$((left - $1))
}

# Shows every half minute how far ninja has come; the time left follows from
# the time that the steps so far have taken.
watch_build() {
  local pid=$1 later=$left tick=0 at
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    tick=$((tick + 1))
    [ $((tick % 30)) = 0 ] || continue
    at=$(grep -o '^\[[1-9][0-9]*/[0-9]*\]' "$build/logs/build.log" |
      tail -n 1 | tr -d '[]')
    [ -n "$at" ] || continue
    left=$((later + tick * (${at#*/} - ${at%/*}) / ${at%/*}))
    say "  step ${at%/*} of ${at#*/}"
  done
  left=$later
  wait "$pid"
}

# build_targets <seconds from nothing> <ninja target>...
build_targets() {
  local seconds=$1 cmake=$cache/venv/bin/cmake
  shift
  mkdir -p "$build"
  if [ ! -f "$build/build.ninja" ]; then
    say "configuring $build"
    run configure.log "$cmake" -G Ninja -S "$root" -B "$build" \
      -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
      -DPython3_EXECUTABLE="$python"
  fi
  local steps
  steps=$(ninja -C "$build" -n "$@" | grep '^\[' | grep -vc 'Re-checking' || true)
  if [ "$steps" -gt 20 ]; then
    say "building $*"
  elif [ "$steps" -gt 0 ]; then
    left=$((left - seconds)) seconds=0
    say "building what changed"
  fi
  left=$((left - seconds))
  if [ "$steps" -gt 0 ]; then
    run build.log ninja -C "$build" "$@" &
    watch_build $!
  fi
}

# To build niello, and to run tests and the demo.
build_packages=(
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools liblld-22-dev
  clang-22 lld-22 libclang-rt-22-dev libpolly-22-dev libzstd-dev zlib1g-dev
  libxml2-dev libstdc++-12-dev libc6-dev binutils musl-dev libprotobuf-dev
  protobuf-compiler libhalide14-0-dev libpng-dev libjpeg-dev ninja-build python3
  python3-venv python3-dev git
)
build_python=(cmake==3.31.10 nanobind==3.1.0)
test_python=(
  lit==23.1.5 psutil==7.2.2 numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1
  ml_dtypes==0.6.0
)
