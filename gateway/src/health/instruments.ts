import { instruments } from '@benchline/model/health';

const sourceAction = 'see that the controller runs and can be reached; GET /status names the problem';
const ledgerAction =
  'see that broker and ingest run, that ingest trusts this gateway and this gateway the ledger';

/** What a gateway measures about itself. Losses by reason are `gaps_total`: each gap is declared data loss. */
export const gatewayInstruments = instruments({
  source_connected: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['source'],
    help: 'Whether a source is connected',
    action: sourceAction,
  },
  source_last_message_age_seconds: {
    type: 'gauge',
    unit: 's',
    labels: ['source'],
    help: 'Since the last message of a source; absent before the first',
    action: sourceAction,
  },
  source_observed_until_age_seconds: {
    type: 'gauge',
    unit: 's',
    labels: ['source', 'machine'],
    help: 'Now less the source time up to which a machine was watched; absent where that clock is simulated',
    action: 'above 10 s while the source is connected: compare the clocks of controller and gateway',
  },
  source_sampling_interval_seconds: {
    type: 'gauge',
    unit: 's',
    labels: ['source'],
    help: 'Longest sampling interval that an OPC UA server agreed to; faster changes can be missed',
    action: 'larger than asked for: the server cannot sample faster, or its configuration forbids it',
  },
  observations_total: {
    type: 'counter',
    unit: 'observations',
    labels: ['source'],
    help: 'Observations committed to the spool',
    action: 'does not grow although the machine works: see the mapping of the source',
  },
  observations_repeated_total: {
    type: 'counter',
    unit: 'observations',
    labels: ['source'],
    help: 'Observations seen before and left out, as after every reconnection',
    action: 'nothing: identity makes repetitions harmless',
  },
  observations_bad_total: {
    type: 'counter',
    unit: 'observations',
    labels: ['source'],
    help: 'Observations without a value, because the source said bad or the value could not be mapped',
    action: 'grows: see what the controller says of its tags',
  },
  values_refused_total: {
    type: 'counter',
    unit: 'values',
    labels: ['source'],
    help: 'Values that came as good and that the mapping had to refuse',
    action:
      'correct the type, scale or state table of the signal in the plant file; GET /status names states',
  },
  batches_refused_total: {
    type: 'counter',
    unit: 'batches',
    help: 'Batches that the contract cannot carry; a gap stands for each',
    action: 'report it: the mapping should have refused the value',
  },
  gaps_total: {
    type: 'counter',
    unit: 'gaps',
    labels: ['source', 'reason'],
    help: 'Declared losses: stretches in which nobody watched, or whose data could not be kept',
    action:
      'by reason: source_* see the controller; gateway_restart see why it ended; queue_overflow see sampling',
  },
  backlog_observations: {
    type: 'gauge',
    unit: 'observations',
    help: 'Observations that wait for the disk; above 50 000 the sources wait too',
    action: 'grows: the disk of data_dir is full or too slow',
  },
  commits_total: {
    type: 'counter',
    unit: 'commits',
    help: 'Commits to the spool, each fsynced',
    action: 'nothing',
  },
  commit_retries_total: {
    type: 'counter',
    unit: 'tries',
    help: 'Commits tried again because the disk was full',
    action: 'make room in data_dir; sources wait meanwhile',
  },
  spool_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'What the spool holds on disk, acknowledged batches included until their space is needed',
    action: 'near spool_limit_bytes is normal; see spool_unacknowledged_batches',
  },
  spool_limit_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Bound of the spool on disk',
    action: 'spool.max_bytes in the configuration',
  },
  spool_disk_free_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'What the disk of data_dir has left; absent where it does not say',
    action: 'near spool.min_free_bytes the spool deletes before its own bound: make room',
  },
  spool_unacknowledged_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Bytes of segments with batches that no ledger holds yet',
    action: ledgerAction,
  },
  spool_unacknowledged_batches: {
    type: 'gauge',
    unit: 'batches',
    help: 'Batches that no ledger holds yet',
    action: ledgerAction,
  },
  spool_oldest_unacknowledged_age_seconds: {
    type: 'gauge',
    unit: 's',
    help: 'Since the gateway took in the oldest batch that no ledger holds yet; 0 when there is none',
    action: ledgerAction,
  },
  spool_left_seconds: {
    type: 'gauge',
    unit: 's',
    help: 'How long until a bound of the spool is reached if no ledger acknowledges anything, at the rate of the last minutes; absent while nothing comes',
    action:
      'while acknowledgements stall: so long until data are lost. Mend the way to ingest, or raise the bound',
  },
  spool_refusing: {
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether there is no room, so that sources wait',
    action: 'make room on the disk of data_dir, or mend the way to ingest',
  },
  spool_appended_bytes_total: {
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes committed to the spool',
    action: 'its rate says how much room an outage needs',
  },
  lost_batches_total: {
    type: 'counter',
    unit: 'batches',
    labels: ['reason'],
    help: 'Unacknowledged batches that are gone, by what took them: bound of bytes, age, a full disk, damage; gaps stand for them',
    action: 'data are lost: mend the way to ingest, give the spool more room, check the disk',
  },
  spool_cut_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Torn or corrupt end of the spool cut off at the last start',
    action: 'not 0 without a power cut: check the disk',
  },
  spool_renewals_total: {
    type: 'counter',
    unit: 'epochs',
    help: 'How often a new epoch began because the past of the spool was lost',
    action: 'grows: look for an image of this gateway that was restored, or a disk that loses writes',
  },
  broker_connected: {
    type: 'gauge',
    unit: '0 or 1',
    help: 'Whether there is a connection to the broker',
    action: 'see that the broker runs and that broker.url, user and password are right',
  },
  broker_connects_total: {
    type: 'counter',
    unit: 'connections',
    help: 'Connections to the broker since the start',
    action: 'grows steadily: another client has the same client id, or the network breaks',
  },
  batches_sent_total: {
    type: 'counter',
    unit: 'batches',
    help: 'Batches sent to the broker, repetitions included',
    action: 'does not grow although batches wait: see broker_connected',
  },
  batches_resent_total: {
    type: 'counter',
    unit: 'batches',
    help: 'Batches sent again because they were not acknowledged in time',
    action: 'grows steadily: broker or ingest lose messages or are too slow',
  },
  batches_in_flight: {
    type: 'gauge',
    unit: 'batches',
    help: 'Sent and not acknowledged',
    action: 'stays high: ingest is too slow, see its ledger_append_seconds',
  },
  send_stalls_total: {
    type: 'counter',
    unit: 'stalls',
    help: 'How often the ledger was asked where it stands because no acknowledgement came',
    action: ledgerAction,
  },
  send_rewinds_total: {
    type: 'counter',
    unit: 'rewinds',
    help: 'How often a ledger held less than it had acknowledged and was sent the rest again',
    action: 'grows: a ledger was restored from a backup; if not, check its disk',
  },
  acknowledgements_total: {
    type: 'counter',
    unit: 'acknowledgements',
    help: 'Acknowledgements with the signature of a trusted ledger',
    action: ledgerAction,
  },
  acknowledgements_refused_total: {
    type: 'counter',
    unit: 'acknowledgements',
    labels: ['reason'],
    help: 'Acknowledgements that are forged, damaged, for another gateway or out of date; none deletes anything',
    action:
      'unknown_key or signature_invalid grow: another client of the broker forges them; restrict it by an ACL',
  },
  alarm: {
    type: 'gauge',
    unit: '0 or 1',
    labels: ['alarm'],
    help: 'second_gateway, client_id_contested or forged_acknowledgements; absent when there is none',
    action:
      'find the other gateway with this id, or the client that forges; give each an id and a key of its own',
  },
  commands_ignored_total: {
    type: 'counter',
    unit: 'commands',
    help: 'Sparkplug commands other than a rebirth; a gateway never writes to a controller',
    action: 'grows: find out who sends commands to a gateway that only reads',
  },
});
