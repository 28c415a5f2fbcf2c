"""Prepares what is new in a corpus every night, with Airflow's SparkSubmitOperator.

Needs the provider apache-airflow-providers-apache-spark and a Spark connection. Paths are on a file
system that the cluster sees. A run that was killed is simply tried again: it goes on where it was; wrong
settings (exit code 2) and bad input (3) are not. The driver runs beside Airflow's worker (deploy mode client):
in cluster mode spark-submit does not tell these codes, and status.json in SHARDS has to be asked.
"""

import re

from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowException, AirflowFailException
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

JAR = "/opt/sparkswitch/jobs/target/sparkswitch.jar"
CORPUS = "hdfs:///crawl"
VOCABULARY = "hdfs:///vocab"
SHARDS = "hdfs:///shards"
CONFIG = "/opt/sparkswitch/conf/runs/c4.conf"  # rules, lengths; the same every night


class PrepareOperator(SparkSubmitOperator):
    """Fails at once where another try would fail alike."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowException as e:
            if re.search(r"Error code is: [23]\b", str(e)):
                raise AirflowFailException(str(e)) from e
            raise


with DAG(
    dag_id="sparkswitch_prepare",
    schedule="15 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=15)},
) as dag:
    PrepareOperator(
        task_id="prepare",
        conn_id="spark_default",
        application=JAR,
        java_class="io.sparkswitch.jobs.Main",
        name="sparkswitch prepare {{ ds }}",
        driver_memory="4g",
        num_executors=8,
        executor_cores=4,
        executor_memory="4g",
        application_args=[
            "prepare",
            "--corpus", CORPUS,
            "--vocab", VOCABULARY,
            "--out", SHARDS,
            "--config", CONFIG,
            "--json", "hdfs:///shards/prepare-{{ ds }}.json",
        ],
    )
