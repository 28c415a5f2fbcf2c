#!/usr/bin/env bash
# Prepares what is new in a corpus; for cron:
#   SPARK_HOME=/opt/spark
#   15 2 * * *  /opt/sparkswitch/submit/cluster/nightly.sh hdfs:///crawl hdfs:///vocab hdfs:///shards --config /opt/sparkswitch/conf/runs/c4.conf -- --master yarn >> /var/log/prepare.log 2>&1
# Without SPARK_HOME the Spark that the build made runs on this machine alone. Give the same settings every night.
# Exit codes: 0 done, 10 nothing new, 2 wrong settings, 3 bad input (see _quarantine), 75 another run still has the
# folder, else failed: the next night goes on where it was.
set -euo pipefail
if [ $# -lt 3 ]; then
  echo "usage: nightly.sh CORPUS VOCAB SHARDS [prepare options] [-- spark-submit options]" >&2
  exit 2
fi
corpus=$1 vocab=$2 shards=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

attempts=4
for ((attempt = 1; attempt <= attempts; attempt++)); do
  code=0
  "$here/submit/sparkswitch" prepare --corpus "$corpus" --vocab "$vocab" --out "$shards" \
    --nothing-new-exit-code 10 "$@" || code=$?
  if [ "$code" -ne 75 ] || [ "$attempt" -eq "$attempts" ]; then
    exit "$code"
  fi
  echo "$(date -Is) another run has $shards, trying again in ${PREPARE_WAIT_SECONDS:-900} s"
  sleep "${PREPARE_WAIT_SECONDS:-900}"
done
