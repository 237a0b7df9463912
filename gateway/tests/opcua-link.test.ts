import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, openLog } from '@benchline/model';
import { RepublishRequest } from 'node-opcua-client';
import { expect, test } from 'vitest';
import { connectLink, isBroken, type Session } from '../src/sources/opcua/link.ts';
import { rig } from './support/opcua-rig.ts';
import { double } from './support/plc.ts';

/** What asking for a notification again comes to, of a subscription that nobody made. */
function askAgain(session: Session): Promise<unknown> {
  const request = new RepublishRequest({ subscriptionId: 77, retransmitSequenceNumber: 1 });
  return new Promise((resolve) => session.republish(request, (error: Error | null) => resolve(error)));
}

// Taken for a refusal, what the server still holds would be given up, and a gap declared that is none.
test('a request fails as broken whenever its connection breaks, and as refused when the server says no', async (context) => {
  const { plc, wire } = rig(context);
  const server = await plc({ power: double(1) });
  const cable = await wire(() => server.port);
  const pki_dir = mkdtempSync(join(tmpdir(), 'benchline-link-'));
  context.onTestFinished(() => rmSync(pki_dir, { recursive: true, force: true }));
  const options = {
    endpoint: `opc.tcp://127.0.0.1:${cable.port}`,
    security: { mode: 'None', accept: 'unauthenticated' } as const,
    password: undefined,
    pki_dir,
    gateway: 'edge',
    session_timeout_ms: 30_000,
    log: openLog('test'),
  };
  const failures: unknown[] = [];
  for (const delay_ms of [0, 1, 3, 10, 200]) {
    const link = await connectLink(options, undefined, () => {}, context.signal);
    const refused = await askAgain(link.session);
    expect([describeError(refused), isBroken(refused)]).toEqual([
      expect.stringContaining('BadSubscriptionIdInvalid'),
      false,
    ]);
    const pending = askAgain(link.session);
    cable.cut();
    await sleep(delay_ms);
    failures.push(askAgain(link.session), pending);
    await sleep(20);
    failures.push(askAgain(link.session));
    const late = askAgain(link.session);
    await link.abandon();
    failures.push(late);
    cable.mend();
  }
  const texts = (await Promise.all(failures)).filter((error) => !isBroken(error)).map(describeError);
  expect(texts).toEqual([]);
});
