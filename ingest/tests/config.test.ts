import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerAccess } from '@benchline/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadIngestConfig } from '../src/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const text = `
ledger_id: ledger-1
plant: plant.yaml
data_dir: data
key_file: ../ledger.key
trusted_gateways_dir: /etc/benchline/gateways
group: site
broker: { url: mqtts://broker:8883, username: ingest, password_file: secret, ca_file: ca.pem }
http: { host: 0.0.0.0, port: 8090, credentials_file: people.yaml }
influx: { version: 2, url: 'http://influx:8086', org: works, bucket: telemetry, token_file: token }
`;

test('paths are relative to the configuration file, secrets are read from their files', () => {
  const config = loadIngestConfig(write('ingest.yaml', text));
  write('secret', 'pass word\nsecond line\n');
  write('ca.pem', 'PEM');
  expect(config).toMatchObject({
    plant: join(folder, 'plant.yaml'),
    data_dir: join(folder, 'data'),
    key_file: join(folder, '..', 'ledger.key'),
    trusted_gateways_dir: '/etc/benchline/gateways',
    http: { credentials_file: join(folder, 'people.yaml') },
    influx: { token_file: join(folder, 'token') },
  });
  expect(brokerAccess(config.broker)).toEqual({
    url: 'mqtts://broker:8883',
    username: 'ingest',
    password: 'pass word',
    ca: 'PEM',
  });
});

test('a mistyped key is refused where it stands', () => {
  expect(() => loadIngestConfig(write('ingest.yaml', text.replace('data_dir', 'data_dri')))).toThrow(
    /ingest\.yaml:4.*data_dri/s,
  );
});

test('a secret that cannot be read is named', () => {
  const { broker } = loadIngestConfig(write('ingest.yaml', text));
  expect(() => brokerAccess(broker)).toThrow(/secret/);
});
