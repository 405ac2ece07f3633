"""The table of all settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from gristmill.settings.kinds import InstanceType, Pairs, Reach, Setting, Texts

_GIB = 1024**3
HOME = Path("~/.gristmill")


def _row(key: str, default: Any, sentence: str, reach: Reach = Reach.SERVER) -> Any:
    metadata = {"key": key, "sentence": sentence, "reach": reach}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of this program; the table of the documentation is made from it."""

    home: Path = _row("home", HOME, "folder of the database, uploads, results and scratch files")  # noqa: RUF009
    server_host: str = _row("server.host", "127.0.0.1", "address that `gristmill serve` listens on")
    server_port: int = _row("server.port", 3005, "port that `gristmill serve` listens on")
    server_public_url: str = _row(
        "server.publicUrl", "", "address of the server for people, in messages; empty: made of host and port"
    )
    server_run_jobs: bool = _row(
        "server.runJobs", True, "`gristmill serve` runs jobs too; false: only `gristmill worker` does"
    )
    database_url: str = _row("database.url", "", "SQLAlchemy address; empty: gristmill.db in the home folder")
    admin_email: str = _row("admin.email", "", "mail address of the administrator who is made at the first start")
    admin_password: str = _row("admin.password", "", "that administrator's password; empty: one is made and printed")

    secret_key: str = _row(
        "secret.key", "", "encrypts stored credentials; empty: one is made and kept in secret.key in the home folder"
    )

    storage_file_roots: tuple[Path, ...] = _row(
        "storage.fileRoots", (), "folders beside the data folder that jobs may read and write", Reach.SHOWN
    )
    storage_buckets: tuple[str, ...] = _row(
        "storage.buckets", Texts(), "buckets and containers that jobs may read and write; none: all", Reach.SHOWN
    )
    storage_default_bucket: str = _row("storage.defaultBucket", "", "bucket that clients are told to write to")
    storage_s3_endpoint: str = _row("storage.s3.endpoint", "", "address of an S3 server; empty: Amazon's")
    storage_s3_region: str = _row("storage.s3.region", "", "region of the buckets; empty: AWS_REGION")
    storage_s3_key: str = _row("storage.s3.key", "", "access key; empty: AWS_ACCESS_KEY_ID or the machine's role")
    storage_s3_secret: str = _row("storage.s3.secret", "", "secret of the access key; empty: AWS_SECRET_ACCESS_KEY")
    storage_s3_path_style: bool = _row("storage.s3.pathStyle", True, "the bucket stands in the path, not in the host")
    storage_gs_credentials: str = _row(
        "storage.gs.credentials", "", "file of a Google service account; empty: GOOGLE_APPLICATION_CREDENTIALS"
    )
    storage_azure_key: str = _row("storage.azure.key", "", "key of the account; empty: AZURE_STORAGE_ACCOUNT_KEY")
    storage_sftp_user: str = _row("storage.sftp.user", "", "user of sftp:// addresses that name none")
    storage_sftp_password: str = _row("storage.sftp.password", "", "that user's password")
    storage_sftp_key_file: str = _row("storage.sftp.keyFile", "", "that user's private key; empty: password or agent")
    storage_hdfs_user: str = _row("storage.hdfs.user", "", "user of hdfs:// addresses, which go over WebHDFS")
    parameters_max_files: int = _row("parameters.maxFiles", 100_000, "most files of one dataset with parameters")
    parameters_allow_empty: bool = _row(
        "parameters.allowEmpty", False, "a dataset whose pattern no file fits has no rows instead of failing the run"
    )
    parameters_environment_in_recipes: bool = _row(
        "parameters.environmentInRecipes", False, "recipes may read environment parameters as ${env.name}"
    )
    connectivity_custom_sql_raw_parameters: bool = _row(
        "connectivity.customSql.rawParameters", False, "values of parameters go into SQL as they are, without quotes"
    )
    upload_enabled: bool = _row("upload.enabled", True, "people may upload files", Reach.SHOWN)
    upload_max_bytes: int = _row("upload.maxBytes", _GIB, "largest uploaded file in bytes", Reach.SHOWN)
    recipes_max_columns: int = _row("recipes.maxColumns", 2500, "most columns that a step may produce")
    recipes_max_steps: int = _row("recipes.maxSteps", 2000, "most steps of one recipe")

    engines_photon_enabled: bool = _row("engines.photon.enabled", True, "jobs may run on Photon", Reach.SHOWN)
    engines_spark_master: str = _row(
        "engines.spark.master", "", "where jobs run on Spark: local[2] is this machine; empty: Spark is not configured",
        Reach.SHOWN,
    )  # fmt: skip
    engines_fallback_to_local: bool = _row(
        "engines.fallbackToLocal", False, "run on Photon what names an engine that is not configured", Reach.SHOWN
    )
    jobs_photon_max_concurrent: int = _row("jobs.photon.maxConcurrent", 2, "wrangle jobs running at once per worker")
    jobs_photon_timeout_minutes: int = _row("jobs.photon.timeoutMinutes", 180, "then a wrangle job fails; 0: never")
    jobs_photon_memory_percent: int = _row(
        "jobs.photon.memoryPercent", 70, "share of the machine's memory for all Photon processes together"
    )
    jobs_photon_threads: int = _row("jobs.photon.threads", 0, "threads of all Photon processes together; 0: all cores")
    jobs_ingest_max_concurrent: int = _row("jobs.ingest.maxConcurrent", 4, "ingest jobs running at once per worker")
    jobs_publish_max_concurrent: int = _row(
        "jobs.publish.maxConcurrent", 4, "filewriter and publish jobs running at once per worker"
    )
    jobs_queue_timeout_minutes: int = _row("jobs.queue.timeoutMinutes", 1440, "a job that waits longer fails; 0: never")
    jobs_heartbeat_seconds: float = _row(
        "jobs.heartbeatSeconds", 5.0, "beat of a running job; four silent ones free it"
    )
    jobs_poll_seconds: float = _row("jobs.pollSeconds", 1.0, "how often an idle worker looks for jobs")
    jobs_max_attempts: int = _row("jobs.maxAttempts", 5, "claims of one job before it fails")
    jobs_scratch_retention_hours: int = _row(
        "jobs.scratchRetentionHours", 24, "how long scratch files of a failed run stay; 0: removed at once"
    )
    jobs_allow_converted_swap: bool = _row(
        "jobs.allowConvertedSwap", False, "overrides.datasources may replace workbooks and JSON documents too"
    )
    jobs_retention_days: int = _row(
        "jobs.retentionDays", 0, "then logs, profile and scratch of a run go, its record counts as deleted; 0: never"
    )
    jobs_skip_write_settings_validation: bool = _row(
        "jobs.skipWriteSettingsValidation", True, "runs do not check their outputs before they start", Reach.SWITCH
    )

    jobs_schema_validation: bool = _row(
        "jobs.schemaValidation", True, "runs compare their sources' columns with those of the import", Reach.SWITCH
    )
    jobs_fail_on_schema_drift: bool = _row(
        "jobs.failOnSchemaDrift", False, "a run fails when these columns differ", Reach.SWITCH
    )

    spark_props: tuple[tuple[str, str], ...] = _row(
        "spark.props", Pairs(), "Spark properties of every run on a Spark engine; an object of names and texts"
    )
    spark_custom_options_enabled: bool = _row(
        "spark.customOptions.enabled", False, "outputs and runs may set Spark properties", Reach.SWITCH
    )
    spark_custom_options_allowed: str = _row(
        "spark.customOptions.allowed",
        "",
        "which ones beside the four that are always offered, separated by commas",
        Reach.SWITCH,
    )

    databricks_job_overrides_enabled: bool = _row(
        "databricks.jobOverrides.enabled", True, "outputs and runs may set Databricks options", Reach.SWITCH
    )
    databricks_job_overrides_allowed: str = _row(
        "databricks.jobOverrides.allowed", "", "which ones, separated by commas; empty: all", Reach.SWITCH
    )
    databricks_allowed_service_urls: tuple[str, ...] = _row(
        "databricks.allowedServiceUrls", Texts(), "workspaces that a run may name beside that of databricks.serviceUrl"
    )
    databricks_cloud: str = _row(
        "databricks.cloud", "", "aws, azure or gcp; empty: found out from the host of the service URL"
    )
    databricks_aws_region: str = _row("databricks.awsRegion", "", "region of a logsDestination that is an S3 bucket")
    databricks_autotermination_minutes: int = _row(
        "databricks.autoterminationMinutes", 60, "idle minutes until a user's cluster stops", Reach.OPTION
    )
    databricks_enable_autotermination: bool = _row(
        "databricks.enableAutotermination", True, "whether an idle cluster stops", Reach.OPTION
    )
    databricks_cluster_mode: str = _row(
        "databricks.clusterMode", "USER", "USER: one cluster per person; JOB: one per job", Reach.OPTION
    )
    databricks_cluster_policy_id: str = _row("databricks.clusterPolicyId", "", "cluster policy", Reach.OPTION)
    databricks_driver_node_type: str = _row(
        "databricks.driverNodeType", "", "machine of the driver; empty: as the workers", Reach.OPTION
    )
    databricks_worker_node_type: str = _row(
        "databricks.workerNodeType", "", "machine of the workers; empty: a small one of the cloud", Reach.OPTION
    )
    databricks_spark_version: str = _row(
        "databricks.sparkVersion", "", "runtime; empty: the newest with long support", Reach.OPTION
    )
    databricks_min_workers: int = _row("databricks.minWorkers", 1, "fewest workers", Reach.OPTION)
    databricks_max_workers: int = _row("databricks.maxWorkers", 10, "most workers", Reach.OPTION)
    databricks_pool_id: str = _row("databricks.poolId", "", "instance pool by id", Reach.OPTION)
    databricks_pool_name: str = _row("databricks.poolName", "", "instance pool by name", Reach.OPTION)
    databricks_driver_pool_id: str = _row("databricks.driverPoolId", "", "the driver's pool by id", Reach.OPTION)
    databricks_driver_pool_name: str = _row("databricks.driverPoolName", "", "the driver's pool by name", Reach.OPTION)
    databricks_enable_local_disk_encryption: bool = _row(
        "databricks.enableLocalDiskEncryption", False, "encrypt local disks of the cluster", Reach.OPTION
    )
    databricks_logs_destination: str = _row(
        "databricks.logsDestination", "", "dbfs:/…, s3://… or /Volumes/… for the cluster's logs", Reach.OPTION
    )
    databricks_service_url: str = _row("databricks.serviceUrl", "", "address of the workspace", Reach.OPTION)
    databricks_aws_attributes_availability: str = _row(
        "databricks.awsAttributes.availability", "SPOT_WITH_FALLBACK", "SPOT, ON_DEMAND or both", Reach.OPTION
    )
    databricks_aws_attributes_availability_zone: str = _row(
        "databricks.awsAttributes.availabilityZone", "auto", "zone of the cluster", Reach.OPTION
    )
    databricks_aws_attributes_first_on_demand_instances: int = _row(
        "databricks.awsAttributes.firstOnDemandInstances", 1, "machines that are never spot ones", Reach.OPTION
    )
    databricks_aws_attributes_instance_profile_arn: str = _row(
        "databricks.awsAttributes.instanceProfileArn", "", "rights of the machines", Reach.OPTION
    )
    databricks_aws_attributes_spot_bid_price_percent: float = _row(
        "databricks.awsAttributes.spotBidPricePercent", 100.0, "highest spot price, in percent", Reach.OPTION
    )
    databricks_aws_attributes_ebs_volume_type: str = _row(
        "databricks.awsAttributes.ebsVolume.type", "", "GENERAL_PURPOSE_SSD or THROUGHPUT_OPTIMIZED_HDD", Reach.OPTION
    )
    databricks_aws_attributes_ebs_volume_count: int = _row(
        "databricks.awsAttributes.ebsVolume.count", 0, "volumes per machine", Reach.OPTION
    )
    databricks_aws_attributes_ebs_volume_size: int = _row(
        "databricks.awsAttributes.ebsVolume.size", 0, "size of a volume in GiB", Reach.OPTION
    )

    deployment_instance_type: InstanceType = _row(  # noqa: RUF009
        "deployment.instanceType",
        InstanceType.BOTH,
        "dev: there are no deployments; prod: nobody changes recipes; both: everything",
        Reach.SHOWN,
    )
    packages_export: bool = _row("packages.export", True, "flows and releases leave as packages", Reach.SWITCH)
    packages_import: bool = _row("packages.import", True, "packages come in, as flows and as releases", Reach.SWITCH)

    webhooks_enabled: bool = _row("webhooks.enabled", True, "runs send the webhooks of their flows", Reach.SWITCH)
    webhooks_max_per_flow: int = _row("webhooks.maxPerFlow", 50, "most webhooks of one flow", Reach.SWITCH)
    webhooks_allowed_hosts: tuple[str, ...] = _row(
        "webhooks.allowedHosts",
        Texts(),
        "names, addresses or networks that webhooks may reach although they are loopback or private",
    )
    webhooks_forbidden_addresses: tuple[str, ...] = _row(
        "webhooks.forbiddenAddresses",
        Texts(),
        "addresses or networks that webhooks may not reach, beside loopback, private and other special ones",
    )
    webhooks_allowed_url_regexes: tuple[str, ...] = _row(
        "webhooks.allowedUrlRegexes",
        Texts(),
        "a URL that one of these finds may be called wherever it leads, others not at all; empty: no such rule",
    )
    webhooks_ca_bundle: str = _row(
        "webhooks.caBundle", "", "file of certificate authorities that webhooks trust beside the public ones"
    )
    webhooks_timeout_seconds: float = _row("webhooks.timeoutSeconds", 30.0, "then a webhook's request has failed")
    webhooks_max_retries: int = _row("webhooks.maxRetries", 3, "how often a webhook with `retryOnFailure` is repeated")
    webhooks_retry_seconds: float = _row(
        "webhooks.retrySeconds", 1.0, "pause before a webhook is repeated; each further one is five times as long"
    )
    connectivity_connect_timeout_seconds: int = _row(
        "connectivity.connectTimeoutSeconds", 10, "how long a database may take to answer a new connection"
    )
    connectivity_lock_timeout_seconds: int = _row(
        "connectivity.lockTimeoutSeconds", 60, "how long a publication waits for a table that others hold"
    )
    connectivity_query_timeout_seconds: int = _row(
        "connectivity.queryTimeoutSeconds", 30, "how long a database may take to describe a table or query"
    )
    connectivity_timeout_minutes: int = _row(
        "connectivity.timeoutMinutes", 180, "then a job that reads or loads a table fails; 0: never"
    )

    api_access_tokens_enabled: bool = _row("apiAccessTokens.enabled", True, "access tokens are accepted", Reach.SWITCH)
    api_access_tokens_users_may_create: bool = _row(
        "apiAccessTokens.usersMayCreate", True, "people who are no administrators may create tokens", Reach.SWITCH
    )
    api_access_tokens_max_lifetime_days: int = _row(
        "apiAccessTokens.maxLifetimeDays", -1, "longest life of a token in days; -1: no limit", Reach.SWITCH
    )

    @property
    def data(self) -> Path:
        """Base storage: `/trifacta/…` lies below it."""
        return self.home / "data"

    @property
    def uploads(self) -> Path:
        """Where uploaded files are kept, a folder per person."""
        return self.data / "trifacta" / "uploads"

    @property
    def results(self) -> Path:
        """Where people's default outputs go, a folder per person."""
        return self.data / "trifacta" / "queryResults"

    @property
    def types(self) -> Path:
        """Declarations of custom types, a JSON file each."""
        return self.home / "types"

    @property
    def scratch(self) -> Path:
        """Working files of jobs, a folder per job and attempt."""
        return self.home / "scratch"

    @property
    def proofs(self) -> Path:
        """What is known of large text files that have been read."""
        return self.home / "proofs"

    @property
    def public_url(self) -> str:
        """Where people find the server, without a slash at its end."""
        return (self.server_public_url or f"http://{self.server_host}:{self.server_port}").rstrip("/")

    @property
    def database(self) -> str:
        """The database address that is really used."""
        return self.database_url or f"sqlite:///{self.home / 'gristmill.db'}"


def _rows() -> Iterator[Setting]:
    for row in fields(Settings):
        yield Setting(row.metadata["key"], row.name, row.default, row.metadata["sentence"], row.metadata["reach"])


TABLE: dict[str, Setting] = {row.key: row for row in _rows()}
