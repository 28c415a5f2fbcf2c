#!/usr/bin/env bash
# submit/demo.sh [--corpus FOLDER] [DIR]: the whole journey, from lines of text to a distilled student
# and a report. See --help.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'END'
Usage: submit/demo.sh [--corpus FOLDER] [DIR]
Takes text to a distilled student in 15 stages: a corpus, a vocabulary, shards, a dense T5, a Switch T5
whose experts live in separate executor processes, its soft targets, a student trained on them, one
without them, evaluation of all four, some filled gaps, and a report.

      --corpus FOLDER  folder of real C4 files (c4-train.*.json.gz and c4-validation.*.json.gz, directly
                       or in en/) instead of generated stories; the vocabulary then has 4,096 pieces
      DIR              folder for everything that is written (default: runs/demo)
  -h, --help           this text

Two idle cores need about 11 minutes after the first build, about 5 GB of memory and 150 MB of disk.
The same command again continues where it stopped. A stage that fails ends the demo with its exit code.
END
}

say() { printf '%s\n' "$*"; }
refuse() {
  printf 'demo.sh: %s\n' "$*" >&2
  exit 2
}
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

corpus=
dir=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --corpus)
      [ $# -gt 1 ] || refuse "--corpus needs a folder of C4 files"
      [ -n "$2" ] || refuse "--corpus is empty: give a folder of C4 files, or leave it out"
      corpus=$2
      shift
      ;;
    --corpus=*)
      corpus=${1#*=}
      [ -n "$corpus" ] || refuse "--corpus is empty: give a folder of C4 files, or leave it out"
      ;;
    -*) refuse "unknown option $1: --corpus FOLDER and --help are all there is" ;;
    *)
      [ -z "$dir" ] || refuse "two folders given, $dir and $1: one is enough"
      dir=$1
      ;;
  esac
  shift
done
dir=${dir:-runs/demo}

if [ -n "$corpus" ]; then
  [ -d "$corpus" ] || refuse "--corpus $corpus is no folder: give one that holds c4-train.*.json.gz"
  name=english-demo
  text=$corpus
  sentences=(
    "It was a <extra_id_0> of the <extra_id_1>, and he did not know what to do."
    "She looked at <extra_id_0> and said that she would <extra_id_1> in the morning."
    "The <extra_id_0> of the house was <extra_id_1> to see them."
  )
else
  name=demo
  text=$dir/corpus
  # Of the people most spoken of, one fact each: a town, a dish, a trade, a companion.
  sentences=(
    "Reached at home in <extra_id_0>, Linnea Beck refused to speculate."
    "Demand for <extra_id_0> is steady, thanks to Oscar Hurst."
    "\"What does Quentin Beck do?\" \"Quentin Beck is <extra_id_0>.\""
    "At the side of <extra_id_0> Beck there always went a faithful <extra_id_1>."
    "Give my love to your <extra_id_0>, and keep the <extra_id_1> safe."
  )
fi
dense_conf=$root/conf/runs/$name-dense.conf
switch_conf=$root/conf/runs/$name-switch.conf
student_conf=$root/conf/runs/$name-student.conf

mkdir -p "$dir/logs"
logs=$dir/logs
spent_file=$logs/seconds
complete_file=$logs/complete
spent_before=0
if [ -s "$spent_file" ]; then read -r spent_before <"$spent_file"; fi

again="submit/demo.sh${corpus:+ --corpus ${corpus@Q}} ${dir@Q}"
stages=15
number=0
child=

announce() {
  number=$((number + 1))
  printf '[%2d/%d] %6s  %s\n' "$number" "$stages" "$(clock $SECONDS)" "$1"
}

# Ctrl-C and kill end the stage first, so that it leaves its status.json behind.
stopped() {
  trap '' INT TERM
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  echo $((spent_before + SECONDS)) >"$spent_file"
  say ""
  say "Interrupted after $(clock $SECONDS). The same command continues: $again"
  exit 130
}
trap stopped INT TERM

# What a person wants to see of a stage while it runs: all but the command, the configuration, what
# repeats, stack traces, and most of the intervals. The whole of it is in its log.
show() {
  local line step
  while IFS= read -r line; do
    case $line in
      step*)
        step=${line%%/*}
        step=${step##* }
        [[ $step =~ ^[0-9]+$ ]] && ((10#$step % 50 == 0)) || continue
        ;;
      '+ '* | 'Effective configuration'* | 'WARNING: Using incubator'* | 'Batch: '* | 'Wire, '* | 'Native memory'*) continue ;;
      'Dynamic allocation'* | 'Warning: Version of org.bytedeco'* | '') continue ;;
      '  in: '* | '  out: '*) line=${line#  } ;;
      [[:space:]]*) continue ;;
      java.util.concurrent.RejectedExecutionException*) continue ;; # a worker of Spark's that is stopping
    esac
    line=${line%%Next: *}
    ((${#line} <= 150)) || line=${line:0:149}…
    printf '                %s\n' "$line"
  done
}

# stage TITLE FOLDER VERB [options]: one verb; its status.json is in FOLDER, - if it writes none.
stage() {
  local title=$1 folder=$2 verb=$3 from=$SECONDS log shown code=0
  shift 2
  announce "$verb: $title"
  log=$logs/$(printf '%02d' "$number")-$verb.log
  exec 3> >(
    trap '' INT TERM
    tee "$log" | show
  )
  shown=$!
  "$root/submit/sparkswitch" "$@" >&3 2>&1 3>&- &
  child=$!
  exec 3>&-
  wait "$child" || code=$?
  child=
  wait "$shown" || true
  echo $((spent_before + SECONDS)) >"$spent_file"
  if [ "$code" -ne 0 ]; then
    say "Stage $number ($verb) failed with exit code $code after $(clock $((SECONDS - from))). The end of $log:"
    grep -Ev '^([[:space:]]|\+ |Effective|$)' "$log" | tail -n 8 | sed 's/^/  | /' || true
    [ "$folder" = - ] || say "Its state: $folder/status.json"
    say "The same command continues from here: $again"
    exit "$code"
  fi
}

say "sparkswitch demo: $stages stages, about 11 minutes on two idle cores; what stopped halfway continues."
say "Everything goes to $dir; every stage writes its whole output to $logs."
if [ ! -f "$root/jobs/target/sparkswitch.jar" ] || [ ! -d "$root/target/spark-home/jars" ]; then
  say "First the build, once: a minute or two, and 500 MB from Maven Central."
  (cd "$root" && ./mvnw -q --batch-mode -DskipTests -Dspotless.check.skip package)
fi
SECONDS=0

if [ -n "$corpus" ]; then
  announce "the corpus is given: $corpus"
else
  stage "stories over a fixed world, in C4's format" "$text" demo-corpus --out "$text" --config "$dense_conf"
fi
stage "a SentencePiece vocabulary" "$dir/vocab" \
  vocab --corpus "$text" --out "$dir/vocab" --config "$dense_conf"
stage "lines of text to Parquet shards of token ids" "$dir/shards" \
  prepare --corpus "$text" --vocab "$dir/vocab" --out "$dir/shards" --config "$dense_conf"

data=(--shards "$dir/shards" --vocab "$dir/vocab")
stage "a dense T5, the model to beat" "$dir/dense" \
  pretrain "${data[@]}" --out "$dir/dense" --config "$dense_conf"
stage "a Switch T5, 8 experts over two executors" "$dir/switch" \
  pretrain "${data[@]}" --out "$dir/switch" --config "$switch_conf"
stage "soft targets of the Switch T5, for every batch of a student" "$dir/targets" \
  teach --teacher "$dir/switch" "${data[@]}" --out "$dir/targets" --config "$student_conf"
stage "a dense student, fewer steps, on labels and soft targets" "$dir/student" \
  distill --teacher "$dir/switch" --targets "$dir/targets" "${data[@]}" --out "$dir/student" --config "$student_conf"
stage "the same student without soft targets" "$dir/init-only" \
  distill --teacher "$dir/switch" "${data[@]}" --out "$dir/init-only" --config "$student_conf"
for run in dense switch student init-only; do
  stage "$run, on the whole validation split" - evaluate --run "$dir/$run" "${data[@]}"
done
stage "the teacher fills gaps" - generate --run "$dir/switch" --vocab "$dir/vocab" "${sentences[@]}"
stage "the student fills gaps" - generate --run "$dir/student" --vocab "$dir/vocab" "${sentences[@]}"

# A journey that was complete before keeps its wall clock.
if [ ! -s "$complete_file" ]; then cp "$spent_file" "$complete_file"; fi
read -r seconds <"$complete_file"
stage "all of it on one page" - report --out "$dir" --seconds "$seconds"

say ""
say "Done in $(clock $SECONDS). Open $dir/report.html in a browser; the figures alone are in $dir/summary.json:"
cat "$dir/summary.json"
