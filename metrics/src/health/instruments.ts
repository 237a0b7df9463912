import { delayBuckets_s, instruments } from '@benchline/model/health';

const feedAction =
  'see that ingest runs, that feed_url and its token are right, and that the store takes writes';
const storeAction = 'see that the store runs and has room; figures follow by themselves';

/** What the metrics service measures about itself, since its start. */
export const metricsInstruments = instruments({
  feed_connected: {
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether the feed of the ledger is being read',
    action: feedAction,
  },
  feed_caught_up: {
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether everything that the feed has is taken in',
    action: '0 for minutes without a restart before: the store is too slow',
  },
  feed_next_offset: {
    type: 'gauge',
    unit: 'records',
    help: 'Ledger offset of the next record wanted',
    action: 'compare with ledger_records of ingest; it goes back when the ledger was replaced',
  },
  feed_last_received_age_seconds: {
    type: 'gauge',
    unit: 's',
    help: 'Since the ledger took in the last record processed here; absent before the first',
    action: feedAction,
  },
  feed_reconnects_total: {
    type: 'counter',
    unit: 'connections',
    help: 'How often the feed was lost',
    action: 'grows: see the log of this service and of ingest',
  },
  source_to_queryable_seconds: {
    type: 'histogram',
    unit: 's',
    buckets: delayBuckets_s,
    help: 'End to end: from the last source time of a batch until it can be queried; simulated clocks are left out',
    action: 'high: compare gateway_to_queryable_seconds here and source_to_ledger_seconds of ingest',
  },
  gateway_to_queryable_seconds: {
    type: 'histogram',
    unit: 's',
    buckets: delayBuckets_s,
    help: 'From the commit of a batch in the gateway until it can be queried',
    action: 'high: compare with gateway_to_ledger_seconds of ingest; the difference is the store',
  },
  records_total: {
    type: 'counter',
    unit: 'records',
    help: 'Records of the ledger taken in',
    action: 'does not grow: see feed_connected',
  },
  refused_observations_total: {
    type: 'counter',
    unit: 'observations',
    help: 'Observations that the store refused for what they contain; the ledger keeps them',
    action: 'the log names the first of each write',
  },
  late_batches_total: {
    type: 'counter',
    unit: 'batches',
    help: 'Batches that came after later data of the same machine and source; the figures they touch are computed anew',
    action: 'grows after an outage of a gateway or device; else look for a clock that goes back',
  },
  figures_computed_total: {
    type: 'counter',
    unit: 'figures',
    help: 'Figures of a scope and window that were computed',
    action: 'nothing',
  },
  published_differing: {
    type: 'gauge',
    unit: 'periods',
    help: 'Published hours, shifts and days whose figures come out otherwise now, and nothing says why; looked for after each start',
    action: 'not 0: the log names them; rebuild the store from the ledger',
  },
  unpublished_periods: {
    type: 'gauge',
    unit: 'periods',
    help: 'Hours, shifts and days of all scopes that have data and are not published, those still open included',
    action:
      'grows beyond a day of them: see whether ingest records publications, and the log of this service',
  },
  spoilt_files: {
    type: 'gauge',
    unit: 'files',
    help: 'Files of accounts and of revisions that did not read back at the start: moved aside, and filled anew from store and ledger',
    action: 'not 0: the log names them; look at the disk, then delete FILE.unreadable-…',
  },
  stream_readers: {
    type: 'gauge',
    unit: 'readers',
    help: 'Who reads server-sent events now',
    action: 'near stream_readers_max: see who leaves streams open, or raise it',
  },
  stream_refused_total: {
    type: 'counter',
    unit: 'requests',
    help: 'Readers that were one too many and were answered 503',
    action: 'grows: as for stream_readers',
  },
  stream_coalesced_total: {
    type: 'counter',
    unit: 'updates',
    help: 'Updates that became one with the next, because a reader was still taking in an earlier one',
    action: 'nothing: the reader gets the latest figures',
  },
  stream_dropped_total: {
    type: 'counter',
    unit: 'readers',
    help: 'Readers that were cut off, because they took nothing for half a minute',
    action: 'grows: look for readers that hang, or a network that does',
  },
  energy_alarms: {
    type: 'gauge',
    unit: 'alarms',
    labels: ['state'],
    help: 'Energy alarms and warnings that ask for somebody: warning, open, acknowledged; ended: exceeded within the last day and not acknowledged',
    action: 'open or ended not 0: see the page /energy, find out why, and acknowledge',
  },
  kpi_points_total: {
    type: 'counter',
    unit: 'points',
    help: 'Points of the kpi series written for boards; absent where boards read no store',
    action: 'does not grow: see kpi_waiting_seconds',
  },
  kpi_failures_total: {
    type: 'counter',
    unit: 'tries',
    help: 'Writings of the kpi series that failed and are tried again',
    action: storeAction,
  },
  kpi_waiting_seconds: {
    type: 'gauge',
    unit: 's',
    help: 'Age of the oldest news that boards do not show yet; 0 when they show everything',
    action: storeAction,
  },
});
