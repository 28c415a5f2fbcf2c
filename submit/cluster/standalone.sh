#!/usr/bin/env bash
# submit/cluster/standalone.sh start [DIR] | stop [DIR]
#
# A Spark standalone cluster on this machine's loopback, from the embedded Spark: a Master and two
# Workers, each a process of its own, with spark.authenticate on. `start` leaves in DIR (default
# target/standalone) a conf folder that names the master and its secret, and prints how to submit.
# `stop` ends the three processes by their ids and removes DIR.
#
# WORKER_CORES (2) and WORKER_MEMORY (4g) size each worker.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dir=${2:-$root/target/standalone}

die() {
  printf 'standalone: %s\n' "$*" >&2
  exit 1
}

# daemon NAME CLASS [arguments]: starts it, its id in NAME.pid, what it says in NAME.log.
daemon() {
  local name=$1 main=$2
  shift 2
  : >"$dir/$name.log"
  nohup "$root/submit/spark-class" "$main" --properties-file "$dir/conf/spark-defaults.conf" \
    --host 127.0.0.1 --port 0 --webui-port 0 "$@" </dev/null >"$dir/$name.log" 2>&1 &
  echo $! >"$dir/$name.pid"
}

# await NAME EXPRESSION: prints the first match in NAME's log; a daemon has 60 seconds to say it.
await() {
  local name=$1 expression=$2
  for _ in {1..300}; do
    grep -Eom1 "$expression" "$dir/$name.log" && return
    kill -0 "$(cat "$dir/$name.pid")" 2>/dev/null || break
    sleep 0.2
  done
  tail -20 "$dir/$name.log" >&2
  die "$name did not start; its log is $dir/$name.log"
}

# The secret stays in a file of the user alone: command lines show in ps. Spark gives the module options
# of Java 17 to every JVM it starts except to a driver in standalone's cluster deploy mode.
write_configuration() {
  local options
  options=$(sed -n 's:.*<spark.module.options>\(.*\)</spark.module.options>.*:\1:p' "$root/pom.xml")
  mkdir -p "$dir/conf" "$dir/local"
  ln -s "$root/target/spark-home/jars" "$dir/jars"
  cp "$root/conf/log4j2.properties" "$dir/conf/"
  (
    umask 077
    {
      echo "spark.authenticate true"
      echo "spark.deploy.maxExecutorRetries -1" # the Master reads it: a gang replaces what it loses
      echo "spark.driver.extraJavaOptions $options"
      echo "spark.authenticate.secret $(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
    } >"$dir/conf/spark-defaults.conf"
  )
}

start() {
  [ -d "$root/target/spark-home/jars" ] || die "the embedded Spark is not built yet: ./mvnw -q -DskipTests package"
  [ ! -e "$dir" ] || die "$dir exists already; end that cluster first: submit/cluster/standalone.sh stop $dir"
  if [ -z "${JAVA_HOME:-}" ]; then
    JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
    export JAVA_HOME
  fi
  write_configuration
  dir=$(cd "$dir" && pwd)
  export SPARK_HOME=$dir SPARK_LOCAL_DIRS=$dir/local SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_HOSTNAME=localhost
  export SPARK_CONF_DIR=$dir/none SPARK_DAEMON_MEMORY=512m # Daemons log as Spark's defaults have it.

  daemon master org.apache.spark.deploy.master.Master
  local master worker
  master=$(await master 'spark://127\.0\.0\.1:[0-9]+')
  echo "spark.master $master" >>"$dir/conf/spark-defaults.conf"
  for worker in worker-1 worker-2; do
    daemon "$worker" org.apache.spark.deploy.worker.Worker --cores "${WORKER_CORES:-2}" \
      --memory "${WORKER_MEMORY:-4g}" --work-dir "$dir/work-$worker" "$master"
    await "$worker" 'Successfully registered with master' >/dev/null
  done
  cat <<END
$master is up, with two workers. Submit with
  SPARK_CONF_DIR=$dir/conf submit/sparkswitch VERB … [-- --deploy-mode cluster]
End it with
  submit/cluster/standalone.sh stop $dir
END
}

stop() {
  [ -f "$dir/master.pid" ] || die "no cluster was started in $dir"
  local name pid
  for name in worker-1 worker-2 master; do
    [ -f "$dir/$name.pid" ] || continue
    pid=$(cat "$dir/$name.pid")
    kill "$pid" 2>/dev/null || continue
    for _ in {1..100}; do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
  done
  rm -rf "$dir"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *)
    echo "usage: submit/cluster/standalone.sh start [DIR] | stop [DIR]" >&2
    exit 2
    ;;
esac
