import { delayBuckets_s, instruments } from '@benchline/model/health';

const quarantineAction = 'by reason: benchline quarantine shows what was put there, and what to do with it';
const storeAction =
  'see that InfluxDB runs, has room and takes the token; the ledger keeps everything meanwhile';

/** What an ingest measures about itself, since its start. */
export const ingestInstruments = instruments({
  broker_connected: {
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether messages can come from the broker',
    action: 'see that the broker runs and that address and password in broker are right',
  },
  broker_connects_total: {
    type: 'counter',
    unit: 'connections',
    help: 'Connections to the broker',
    action: 'grows steadily: the network breaks, or the broker is restarted',
  },
  messages_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages of the group read from the broker',
    action: 'does not grow: see broker_connected and the gateways',
  },
  gateway_online: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['gateway'],
    help: 'Whether a gateway was heard of and has not said that it goes',
    action: 'see whether the gateway runs and reaches the broker',
  },
  gateway_last_received_age_seconds: {
    type: 'gauge',
    unit: 's',
    labels: ['gateway'],
    help: 'Since the last signed message of a gateway; absent before the first. A gateway says something every second',
    action: 'alarm above 30: see whether the gateway runs and reaches the broker',
  },
  gateway_alarm: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['gateway', 'alarm'],
    help: 'Two histories under one identity (fork), or a gateway from the past (older_epoch, epoch_ahead); absent when there is none',
    action:
      'find the second gateway with this id, or the restored image, and give it an id and a key of its own',
  },
  gateway_warning: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['gateway', 'warning'],
    help: 'A clock more than a minute off (gateway_clock, source_clock) or times that cannot be true; absent when there is none',
    action:
      'set the clock; GET /status names the source. Nothing is lost: impossible times are placed and marked',
  },
  gateway_clock_offset_seconds: {
    type: 'gauge',
    unit: 's',
    labels: ['gateway'],
    help: 'How far the clock of a gateway is ahead of this one, by its last hello; absent before the first',
    action: 'beyond ±60: set the clock of the gateway (NTP)',
  },
  batches_total: {
    type: 'counter',
    unit: 'batches',
    labels: ['gateway', 'outcome'],
    help: 'Signed batches by what became of them; all but accepted ones changed nothing in the ledger',
    action: 'duplicate and hole belong to repetition; fork, older_epoch and epoch_ahead are alarms',
  },
  observations_total: {
    type: 'counter',
    unit: 'observations',
    labels: ['gateway'],
    help: 'Observations in accepted batches',
    action: 'does not grow although machines work: see the gateway',
  },
  held_observations_total: {
    type: 'counter',
    unit: 'observations',
    labels: ['gateway'],
    help: 'Observations of batches kept back from the stores because they bring more series than max_series_per_gateway',
    action: 'see which machine invents names; they are in the ledger and in quarantine, nothing is lost',
  },
  lost_batches_total: {
    type: 'counter',
    unit: 'batches',
    labels: ['gateway'],
    help: 'Batches that a gateway no longer had when the ledger needed them; a loss record stands for them',
    action: 'data are lost: see the spool of the gateway and how long ingest was away',
  },
  foreign_messages_total: {
    type: 'counter',
    unit: 'messages',
    help: 'Messages on topics that are not for this ledger',
    action: 'GET /status names their topics',
  },
  unmapped_observations_total: {
    type: 'counter',
    unit: 'observations',
    help: 'Observations of machines and signals that the plant file does not have; kept in the ledger, not in the store',
    action: 'add them to the plant file; GET /status names them',
  },
  quarantined_total: {
    type: 'counter',
    unit: 'pieces',
    labels: ['reason'],
    help: 'What was not let in, by reason',
    action: quarantineAction,
  },
  quarantine_files: {
    type: 'gauge',
    unit: 'files',
    help: 'Pieces in the quarantine',
    action: quarantineAction,
  },
  quarantine_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Size of the quarantine',
    action: quarantineAction,
  },
  quarantine_not_kept_total: {
    type: 'counter',
    unit: 'pieces',
    help: 'Pieces that were only counted because the quarantine is at its bound',
    action: 'look at the quarantine and empty it',
  },
  ledger_records: {
    type: 'gauge',
    unit: 'records',
    help: 'Records in the ledger: the offset of the next',
    action: 'goes back: the ledger was replaced; look at once',
  },
  ledger_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Size of the ledger on disk',
    action: 'plan the disk by its growth',
  },
  ledger_floor_records: {
    type: 'gauge',
    unit: 'records',
    help: 'Offset of the oldest record that retention has left',
    action: 'see the retention in the configuration',
  },
  ledger_damaged_records: {
    type: 'gauge',
    unit: 'records',
    help: 'Records that do not read back; gateways are asked for what they held',
    action: 'not 0: check the disk; benchline ledger check says what is left of it',
  },
  ledger_cut_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Torn end cut off the ledger at the last start; it was not acknowledged',
    action: 'not 0 without a power cut: check the disk',
  },
  ledger_append_seconds: {
    type: 'histogram',
    unit: 's',
    buckets: delayBuckets_s,
    help: 'Duration of appends to the ledger, fsync included',
    action: 'p99 above 1 s: the disk is too slow for what comes',
  },
  gateway_to_ledger_seconds: {
    type: 'histogram',
    unit: 's',
    buckets: delayBuckets_s,
    help: 'From the commit of a batch in the gateway until it is durable here',
    action: 'high: see batches_resent_total of the gateway and ledger_append_seconds',
  },
  source_to_ledger_seconds: {
    type: 'histogram',
    unit: 's',
    buckets: delayBuckets_s,
    help: 'From the last source time of a batch until it is durable here; simulated clocks are left out',
    action: 'higher than gateway_to_ledger_seconds: sampling, publishing interval, or a clock that is wrong',
  },
  projection_behind_records: {
    type: 'gauge',
    unit: 'records',
    help: 'Records that the store does not have yet; absent without a store',
    action: storeAction,
  },
  projection_lag_seconds: {
    type: 'gauge',
    unit: 's',
    help: 'Age of the oldest record that the store does not have yet; 0 when it has all',
    action: storeAction,
  },
  projection_failing: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['code'],
    help: 'Whether and why the store refuses: an error code; absent while it takes what it is given',
    action: storeAction,
  },
  projection_retries_total: {
    type: 'counter',
    unit: 'tries',
    help: 'Writes to the store that had to be tried again',
    action: storeAction,
  },
  projection_unmapped_points_total: {
    type: 'counter',
    unit: 'points',
    help: 'Points that the store has no place for, since the projection began',
    action: 'add machine and signal to the plant file and start ingest again: they are written then',
  },
  projection_refused_observations_total: {
    type: 'counter',
    unit: 'observations',
    help: 'Observations that the store refused for what they contain, since the projection began; they are in quarantine',
    action: quarantineAction,
  },
  feed_readers: {
    type: 'gauge',
    unit: 'readers',
    help: 'Readers of the feed now',
    action: '0: the metrics service does not run or does not reach this service',
  },
});
