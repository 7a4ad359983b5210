# Sourced by the scripts beside it: where the project is, how to say what goes on.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
START_SECONDS=$SECONDS

if [ -t 1 ]; then BOLD=$'\e[1m'; RED=$'\e[31m'; GREEN=$'\e[32m'; DIM=$'\e[2m'; PLAIN=$'\e[0m'; else BOLD=; RED=; GREEN=; DIM=; PLAIN=; fi

step() { printf '%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }
note() { printf '    %s%s%s\n' "$DIM" "$*" "$PLAIN"; }
fail() { printf '%serror: %s%s\n' "$RED" "$*" "$PLAIN" >&2; exit 1; }
took() { local s=$((SECONDS - START_SECONDS)); printf '%d min %02d s' $((s / 60)) $((s % 60)); }

# Configures (once) and builds a preset: build PRESET [TARGET...]
build() {
  local preset=$1 log; shift
  log=build/$preset.log
  mkdir -p build
  # A tree copied from another place keeps absolute paths: start it anew.
  if [ -f "build/$preset/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "build/$preset/CMakeCache.txt"; then
    rm -rf "build/$preset"
  fi
  if [ ! -f "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" >"$log" 2>&1 || { tail -n 30 "$log" >&2; fail "configuring failed; all of it is in $log"; }
  fi
  local targets=()
  [ $# -gt 0 ] && targets=(--target "$@")
  if [ -t 1 ]; then
    cmake --build "build/$preset" "${targets[@]}" || fail "the build failed"
  else
    # One line for each tenth of the work keeps a log readable.
    NINJA_STATUS='[%f/%t] ' cmake --build "build/$preset" "${targets[@]}" 2>&1 | awk '
      /^\[[0-9]+\/[0-9]+\] (Building|Linking|Generating|Re-)/ {
        split(substr($1, 2), part, "/"); share = int(10 * part[1] / part[2])
        if (share != last) { print "    " $1; last = share; fflush() } next }
      /^-- |^\[0\/|Re-checking/ { next } { print; fflush() }'
    [ "${PIPESTATUS[0]}" -eq 0 ] || fail "the build failed"
  fi
}
