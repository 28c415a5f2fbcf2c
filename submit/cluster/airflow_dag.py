"""Prepares what is new in a corpus every night, with Airflow's SparkSubmitOperator.

Needs the provider apache-airflow-providers-apache-spark and a Spark connection. Paths are on a file
system that the cluster sees. A run that was killed is simply tried again: it goes on where it was.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

JAR = "/opt/sparkswitch/jobs/target/sparkswitch.jar"
CORPUS = "hdfs:///crawl"
VOCABULARY = "hdfs:///vocab"
SHARDS = "hdfs:///shards"

with DAG(
    dag_id="sparkswitch_prepare",
    schedule="15 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=15)},
) as dag:
    SparkSubmitOperator(
        task_id="prepare",
        conn_id="spark_default",
        application=JAR,
        java_class="io.sparkswitch.jobs.Main",
        name="sparkswitch prepare {{ ds }}",
        application_args=[
            "prepare",
            "--corpus", CORPUS,
            "--vocab", VOCABULARY,
            "--out", SHARDS,
            "--set", "prepare.rules=c4",
            "--json", "hdfs:///shards/prepare-{{ ds }}.json",
        ],
    )
