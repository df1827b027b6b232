#!/bin/bash -eu
# For OSS-Fuzz: builds every target with its seeds and options. SRC and OUT are set by its images. Works without
# Docker as well, with cargo-fuzz and a nightly toolchain:
#   SRC=$(dirname "$PWD") OUT=$PWD/target/oss-fuzz CARGO='cargo +nightly' fuzz/oss-fuzz/build.sh
read -r -a cargo <<<"${CARGO:-cargo}"
cd "$SRC/${PROJECT:-bombproof}"
"${cargo[@]}" fuzz build --release --debug-assertions
mkdir -p "$OUT"
for path in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$path" .rs)
  cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
  cp fuzz/bombproof.dict "$OUT/$target.dict"
  printf '[libfuzzer]\nmax_len = 65536\nrss_limit_mb = 1024\ntimeout = 25\n' >"$OUT/$target.options"
  seeds=$(FUZZ_SEEDS='' scripts/fuzz-seeds "$target")
  # shellcheck disable=SC2086
  if [ -n "$seeds" ]; then zip -q -r "$OUT/${target}_seed_corpus.zip" $seeds; fi
done
