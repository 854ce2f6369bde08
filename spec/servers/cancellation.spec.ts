import { expect, it } from 'vitest';
import type { IssuanceEvent } from '../../lib/index.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { isFree } from './support/free.js';
import { type ChildJob, type ChildReport, type Moment, runChild } from './support/issuance-child.js';

type EventType = IssuanceEvent['type'];

/** The last one's session is never closed. */
const moments: readonly Moment[] = ['at once', 'in the next turn', 'while the server is silent', 'a little later'];

const jobs = {
  'http-01': { challenge: 'http-01', identifiers: ['one.test', 'two.test'], poll: { firstMs: 50 } },
  'dns-01': { challenge: 'dns-01', identifiers: ['one.test', '*.one.test'], poll: { firstMs: 50 } },
} as const satisfies Record<string, Omit<ChildJob, 'moments'>>;

interface Finding extends ChildReport {
  readonly txt: readonly string[];
  readonly httpPortIsFree: boolean;
  /** Connections once the session was closed, or after the child's end where it was not. */
  connections?: number;
}

/** What a child leaves behind, certificate by certificate. It must end by itself and without an error. */
async function findingsOf(pebble: Pebble, job: ChildJob): Promise<Finding[]> {
  const findings: Finding[] = [];
  const countConnections = async (): Promise<void> => {
    await expect
      .poll(pebble.openConnections, { timeout: 3000 })
      .toBe(0)
      .catch(() => undefined);
    Object.assign(findings.at(-1) ?? {}, { connections: await pebble.openConnections() });
  };
  const records = new Set(job.identifiers.map((name) => `_acme-challenge.${name.replace(/^\*\./, '')}`));
  const end = await runChild(pebble, job, {
    silence: () => signalPebble(pebble, 'SIGSTOP'),
    ended: async (report) => {
      const txt = [...records].flatMap((record) => pebble.dns.txt(record));
      findings.push({ ...report, txt, httpPortIsFree: await isFree(pebble.httpPort) });
      signalPebble(pebble, 'SIGCONT');
    },
    closed: countConnections,
  }).finally(() => signalPebble(pebble, 'SIGCONT'));
  await countConnections();
  const held = findings.map((finding) => `${finding.moment}: ${finding.held.join(', ') || 'nothing'}`).join('; ');
  expect.soft(end, `the child's end; it held ${held}`).toEqual({ code: 0, signal: null, stderr: '' });
  return findings;
}

function signalPebble(pebble: Pebble, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const [pid] = pebble.pids();
  if (pid !== undefined) process.kill(pid, signal);
}

/** The types of the events of a run that nobody cancels, in order. */
async function eventTypes(pebble: Pebble, job: Omit<ChildJob, 'moments'>): Promise<EventType[]> {
  const [finding] = await findingsOf(pebble, { ...job, moments: ['at once'] });
  expect(finding).toMatchObject({ held: [], txt: [], httpPortIsFree: true, connections: 0 });
  expect(finding?.events).toContain('certificate-issued');
  return [...new Set(finding?.events)];
}

const nothingLeft = { held: [], txt: [], httpPortIsFree: true, connections: 0 };

describeWithPebble('an issuance that is unsubscribed', {}, (get) => {
  it.each(['http-01', 'dns-01'] as const)(
    '%s, at any event: nothing is left, and the process ends',
    async (challenge) => {
      const pebble = get();
      const types = await eventTypes(pebble, jobs[challenge]);
      expect(types).toHaveLength(11);
      for (const cancelAt of types) {
        const findings = await findingsOf(pebble, { ...jobs[challenge], cancelAt, moments });
        expect(findings.map(({ moment }) => moment)).toEqual(moments);
        for (const finding of findings) {
          const { moment, events } = finding;
          const what = `${challenge}, unsubscribed ${moment} after ${cancelAt}`;
          expect.soft(finding, what).toMatchObject({ ...nothingLeft, detached: [] });
          if (moment === 'at once') expect.soft(events.indexOf(cancelAt), what).toBe(events.length - 1);
        }
      }
      console.info(`${challenge}: ${types.length * moments.length} cancellations, at ${types.join(', ')}`);
    },
  );

  const expectAllTold = async (cancelAt: EventType): Promise<void> => {
    const job = { ...jobs['dns-01'], cleanUpFails: true, cancelAt, moments };
    for (const finding of await findingsOf(get(), job)) {
      const { moment, events, detached } = finding;
      const what = `unsubscribed ${moment} after ${cancelAt}`;
      expect.soft(events, what).toContain(cancelAt);
      expect.soft(finding, what).toMatchObject(nothingLeft);
      const told = [...events.filter((type) => type === 'clean-up-failed'), ...detached];
      expect.soft(told, what).toHaveLength(job.identifiers.length);
      expect.soft(new Set(detached).size, what).toBeLessThanOrEqual(1);
    }
  };

  it('dns-01, with clean-ups that fail: onDetachedError hears of each', () => expectAllTold('challenge-answered'));

  // A failure that waited for its turn behind the rest of the order would be lost to whoever unsubscribes before,
  // as firstValueFrom(... toCertificate()) does.
  it.each(['order-finalized', 'certificate-issued', 'clean-up-failed'] as const)(
    'dns-01, with clean-ups that failed before, at %s: each was told, as an event or to onDetachedError',
    expectAllTold,
  );
});
