#!/usr/bin/env bash
# Checks the models of this folder with Spin, and that they fail where the algorithm is broken on purpose.
# One line a run: expectation met or not, states, processor seconds of the search. README.md tells what each run shows.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v spin >/dev/null || ! command -v "${CC:=cc}" >/dev/null; then
  echo 'check:model: needs spin and a C compiler (Debian: apt-get install spin gcc)' >&2
  if [[ ${CI:-} == true ]]; then exit 1; fi
  echo 'check:model: skipped' >&2
  exit 0
fi

models=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$models"/*.pml .
unexpected=0
TIMEFORMAT=%1U

# run EXPECTED MODEL TITLE DEFINES...: EXPECTED is `holds`, or a pattern of what the verifier must complain of.
run() {
  local expected=$1 model=$2 title=$3
  shift 3
  local compile=(-DSAFETY) search=()
  if [[ " $* " == *' -DCHECK_PROGRESS '* ]]; then
    # Weak fairness: a rank that can go on does so at some time. NFAIR makes room for the verifier's counters.
    compile=(-DNFAIR=3)
    search=(-a -f)
  fi
  local report states seconds verdict=FAILED
  rm -f pan pan.*
  spin -a "$@" "$model.pml" >/dev/null
  "$CC" -O2 -w -DCOLLAPSE -DMEMLIM=1500 "${compile[@]}" -o pan pan.c
  # The last line of the report is what `time` adds.
  report=$( { time ./pan -m3000000 "${search[@]}" 2>&1; } 2>&1) || true
  seconds=${report##*$'\n'}
  states=$(awk '/states, stored/ { printf "%d", $1 }' <<<"$report")
  if [[ $expected == holds ]]; then
    # Whatever limits a search makes its result worthless.
    if grep -q 'errors: 0' <<<"$report" && ! grep -Eqi 'search not completed|too small|memory limit|out of memory' <<<"$report"; then
      verdict=holds
    fi
  elif grep -Eq "^pan:1: $expected" <<<"$report"; then
    verdict='breaks, as it must'
  fi
  printf '%-18s  %-9s  %-76s %9d states %5s s\n' "$verdict" "$model" "$title" "${states:-0}" "$seconds"
  if [[ $verdict == FAILED ]]; then
    unexpected=1
    grep -E '^pan|errors:|error:' <<<"$report" >&2 || true
  fi
}

ASSERTION='assertion violated'
DEADLOCK='invalid end state'
CYCLE='acceptance cycle'

run holds barrier 'nobody early, nobody two ahead, never all asleep; waking for nothing' -DSPURIOUS
run holds barrier 'no deadlock; nobody wakes for nothing'
run holds barrier 'everybody goes on for ever, under weak fairness' -DCHECK_PROGRESS
run holds barrier 'the same; 2 ranks, waking for nothing' -DCHECK_PROGRESS -DSPURIOUS -DRANKS=2
run holds barrier 'failures: nobody waits for ever; one barrier' -DFAILURES -DBARRIERS=1
run holds barrier 'failures by ranks only, and ranks that close; one barrier' -DFAILURES -DLEAVING -DNO_STARTER -DBARRIERS=1
run holds barrier 'failures and ranks that close; 2 ranks' -DFAILURES -DLEAVING -DRANKS=2
run holds barrier 'after a failure all come to an end, under weak fairness; 2 ranks' \
  -DFAILURES -DLEAVING -DRANKS=2 -DCHECK_EACH_LOOK -DCHECK_PROGRESS
run holds allreduce 'each rank reads what was written for its round'
run holds allreduce 'the same with two barriers and one slot a rank' -DTWO_BARRIERS
run holds allreduce 'the same with failures and ranks that close; 2 ranks' -DFAILURES -DLEAVING -DRANKS=2

run "$ASSERTION" barrier 'who completes the generation does not wake' -DMUTANT_NO_WAKE
run "$ASSERTION" barrier 'it reads the number of parked ranks before it arrives' -DMUTANT_EARLY_READ
run "$ASSERTION" barrier 'the gate is read after the last look' -DMUTANT_LATE_GATE
run "$ASSERTION" barrier 'a rank counts itself as parked after its last look' -DMUTANT_LATE_COUNT
run "$ASSERTION" barrier 'the gate is notified but not changed' -DMUTANT_NO_GATE_CHANGE
run "$ASSERTION" barrier 'one line a rank' -DMUTANT_SINGLE_LINE
run "$ASSERTION" barrier 'generations modulo 2' -DMODULUS=2
run "$ASSERTION" barrier 'generations modulo 3' -DMODULUS=3
run "$DEADLOCK" barrier 'who completes the generation does not wake; found as a deadlock' -DMUTANT_NO_WAKE -DUNASSERTED
run "$CYCLE" barrier 'the same, found as lack of progress; 2 ranks, waking for nothing' \
  -DMUTANT_NO_WAKE -DUNASSERTED -DSPURIOUS -DCHECK_PROGRESS -DRANKS=2
run "$DEADLOCK" barrier 'a failure wakes first and is marked afterwards; 2 ranks' \
  -DMUTANT_WAKE_BEFORE_POISON -DFAILURES -DRANKS=2
run "$ASSERTION" allreduce 'one slot a rank and one barrier' -DMUTANT_SINGLE_SLOT
run "$ASSERTION" allreduce 'a rank whose round has failed calls again' -DMUTANT_RETRY -DFAILURES -DLEAVING -DNO_STARTER

exit "$unexpected"
