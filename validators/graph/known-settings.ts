/** A server's configuration file: which settings it may have, and how a line names one. */
export interface Format {
  readonly server: string;
  /** Names of files that are this server's whatever they hold. */
  readonly files: RegExp;
  /** What becomes of a setting that the server does not know. */
  readonly effect: string;
  /** The setting of a line, in its first group. */
  readonly line: RegExp;
  /** Settings whose loss is felt; there are more. */
  readonly known: ReadonlySet<string>;
}

const words = (text: string) => new Set(text.trim().split(/\s+/));

const equals = /^\s*([a-zA-Z][\w.-]*)\s*=/;
const passedOver = 'it is passed over without a word, and the default holds';
const refused = 'it would not start';

/** The formats of files that people write by hand. Source: each server's own reference. */
export const formats: readonly Format[] = [
  {
    server: 'Kafka',
    files: /^(?:server|broker|kraft|kafka)[\w-]*\.properties$/,
    effect: passedOver,
    line: equals,
    known: words(`
      advertised.listeners allow.everyone.if.no.acl.found authorizer.class.name auto.create.topics.enable auto.leader.rebalance.enable
      broker.id broker.rack compression.type config.providers controlled.shutdown.enable controller.listener.names
      controller.quorum.bootstrap.servers controller.quorum.voters default.replication.factor delete.topic.enable
      group.initial.rebalance.delay.ms inter.broker.listener.name inter.broker.protocol.version listener.security.protocol.map
      listeners log.cleanup.policy log.dir log.dirs log.flush.interval.messages log.flush.interval.ms log.message.format.version
      log.retention.bytes log.retention.check.interval.ms log.retention.hours log.retention.minutes log.retention.ms
      log.roll.hours log.segment.bytes message.max.bytes metadata.log.dir min.insync.replicas node.id num.io.threads
      num.network.threads num.partitions num.recovery.threads.per.data.dir num.replica.fetchers offsets.retention.minutes
      offsets.topic.num.partitions offsets.topic.replication.factor process.roles replica.fetch.max.bytes replica.lag.time.max.ms
      replica.selector.class sasl.enabled.mechanisms sasl.mechanism.inter.broker.protocol security.inter.broker.protocol
      share.coordinator.state.topic.min.isr share.coordinator.state.topic.replication.factor socket.receive.buffer.bytes
      socket.request.max.bytes socket.send.buffer.bytes ssl.client.auth ssl.keystore.location ssl.keystore.password
      ssl.truststore.location ssl.truststore.password super.users transaction.max.timeout.ms transaction.state.log.min.isr
      transaction.state.log.num.partitions transaction.state.log.replication.factor unclean.leader.election.enable
      zookeeper.connect zookeeper.connection.timeout.ms zookeeper.session.timeout.ms`),
  },
  {
    server: 'ZooKeeper',
    files: /^zoo(?:keeper)?[\w-]*\.(?:cfg|properties)$/,
    effect: passedOver,
    line: equals,
    known: words(`
      4lw.commands.whitelist admin.enableServer admin.serverPort autopurge.purgeInterval autopurge.snapRetainCount clientPort
      clientPortAddress dataDir dataLogDir dynamicConfigFile initLimit leaderServes maxClientCnxns maxSessionTimeout
      metricsProvider.className metricsProvider.httpPort minSessionTimeout quorumListenOnAllIPs reconfigEnabled secureClientPort
      standaloneEnabled syncLimit tickTime`),
  },
  {
    server: 'Redis',
    files: /^(?:redis|valkey|sentinel)[\w-]*\.conf$/,
    effect: refused,
    line: /^\s*([a-z][a-z-]*)\s+\S/,
    known: words(`
      aclfile activedefrag appenddirname appendfilename appendfsync appendonly auto-aof-rewrite-min-size
      auto-aof-rewrite-percentage bind client-output-buffer-limit cluster-enabled cluster-config-file cluster-node-timeout
      daemonize databases dbfilename dir io-threads lazyfree-lazy-eviction logfile loglevel masterauth masteruser maxclients
      maxmemory maxmemory-policy maxmemory-samples min-replicas-max-lag min-replicas-to-write notify-keyspace-events pidfile
      port protected-mode rdbchecksum rdbcompression rename-command replica-announce-ip replica-announce-port
      replica-read-only replica-serve-stale-data replicaof repl-diskless-sync requirepass save slowlog-log-slower-than
      stop-writes-on-bgsave-error supervised tcp-backlog tcp-keepalive timeout tls-auth-clients tls-ca-cert-file
      tls-cert-file tls-key-file tls-port unixsocket user`),
  },
  {
    server: 'PostgreSQL',
    files: /^(?:postgres|pg)[\w-]*\.conf$/,
    effect: refused,
    line: /^\s*([a-z]\w*)\s*(?:=|\s)\s*\S/,
    known: words(`
      archive_command archive_mode authentication_timeout autovacuum bgwriter_delay checkpoint_completion_target
      checkpoint_timeout config_file data_checksums data_directory datestyle default_transaction_isolation
      effective_cache_size effective_io_concurrency external_pid_file fsync full_page_writes hba_file hot_standby
      hot_standby_feedback huge_pages ident_file idle_in_transaction_session_timeout include include_dir include_if_exists
      listen_addresses lock_timeout log_autovacuum_min_duration log_checkpoints log_connections log_destination log_directory
      log_disconnections log_filename log_line_prefix log_lock_waits log_min_duration_statement log_min_messages log_statement
      log_temp_files log_timezone logging_collector maintenance_work_mem max_connections max_parallel_workers
      max_replication_slots max_slot_wal_keep_size max_wal_senders max_wal_size max_worker_processes min_wal_size
      password_encryption port primary_conninfo primary_slot_name random_page_cost shared_buffers shared_preload_libraries
      ssl ssl_ca_file ssl_cert_file ssl_key_file statement_timeout superuser_reserved_connections synchronous_commit
      synchronous_standby_names tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval temp_buffers timezone
      unix_socket_directories wal_buffers wal_compression wal_keep_size wal_level wal_receiver_timeout wal_sender_timeout
      work_mem`),
  },
  {
    server: 'MySQL',
    files: /\.cnf$|^(?:my|mysql|mariadb)\.ini$/,
    effect: refused,
    line: /^\s*([a-z][\w-]*)\s*(?:=|$)/,
    known: words(`
      bind_address binlog_expire_logs_seconds binlog_format character_set_server collation_server datadir default_time_zone
      event_scheduler expire_logs_days general_log gtid_mode innodb_buffer_pool_instances innodb_buffer_pool_size
      innodb_file_per_table innodb_flush_log_at_trx_commit innodb_flush_method innodb_lock_wait_timeout
      innodb_log_buffer_size innodb_log_file_size innodb_redo_log_capacity interactive_timeout join_buffer_size
      key_buffer_size local_infile log_bin log_error long_query_time lower_case_table_names max_allowed_packet
      max_connections net_read_timeout net_write_timeout performance_schema pid_file port read_only relay_log
      require_secure_transport secure_file_priv server_id skip_name_resolve slow_query_log socket sort_buffer_size sql_mode
      ssl_ca ssl_cert ssl_key sync_binlog table_open_cache thread_cache_size tls_version tmp_table_size tmpdir
      transaction_isolation wait_timeout`),
  },
];
