import { concat, defer, EMPTY, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  type DnsRecord,
  dns01,
  fixedDelay,
  obtainCertificate,
  type TxtPublisherOptions,
  txtLookups,
  txtPublisher,
} from '../../lib/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType } from './told.js';

covers('dns01');

/** A provider that takes 100 ms for each change, and a zone in which somebody else has values, too. */
function world(
  { scheduler }: VirtualTime,
  options: Partial<TxtPublisherOptions> = {},
  failing: readonly string[] = [],
) {
  const foreign = ['_acme-challenge.a.test somebody else’s'];
  const zone = new Set(foreign);
  const calls: string[] = [];
  const open = { now: 0, most: 0 };
  const change = (what: 'add' | 'remove') => (txt: DnsRecord) =>
    defer(() => {
      calls.push(`${what} ${txt.name}`);
      open.most = Math.max(open.most, ++open.now);
      return concat(
        timer(100, scheduler),
        defer(() => {
          open.now--;
          if (what === 'remove') zone.delete(`${txt.name} ${txt.value}`);
          else if (failing.some((name) => txt.name.includes(name)))
            return throwError(() => new Error('quota exceeded'));
          else zone.add(`${txt.name} ${txt.value}`);
          return EMPTY;
        }),
      );
    });
  // A name server follows aliases when it is asked for a value.
  const endOf = (name: string) => (options.followCname === undefined ? name : 'proofs.acme.test');
  const lookup = (name: string) =>
    of([...zone].filter((each) => each.startsWith(`${endOf(name)} `)).map((each) => each.split(' ')[1] ?? ''));
  const propagation = txtLookups({ servers: [{ server: 'ns1.test', lookup }], scheduler });
  const ca = fakeCa({ scheduler });
  const account = testAccount(ca, { scheduler });
  const solver = dns01(
    txtPublisher({ add: change('add'), remove: change('remove') }, { propagation, scheduler, ...options }),
  );
  const order = (...identifiers: string[]) => obtainCertificate(account, { identifiers, solvers: [solver] });
  return { ca, zone, foreign, calls, open, order };
}

describe('an order over a DNS provider', () => {
  it('for a name and its wildcard adds two values to one record, one after the other, and removes those two', () =>
    virtualTime((time) => {
      const { order, calls, zone, foreign } = world(time);
      const { values } = completed(time, order('a.test', '*.a.test'));
      expect(values.at(-1)?.type).toBe('certificate-issued');
      const name = '_acme-challenge.a.test';
      expect(calls).toEqual([`add ${name}`, `add ${name}`, `remove ${name}`, `remove ${name}`]);
      expect([[...zone], time.scheduler.now(), time.timers()]).toEqual([foreign, 400, 0]);
      const progress = ofType(values, 'proof-progress').map((each) => [each.name, each.progress]);
      expect(progress).toEqual(['a.test', '*.a.test'].map((each) => [each, { name, seen: 1, of: 1, waitingFor: [] }]));
    }));

  it('shares one value of two orders by an alias, and each removes its own', () =>
    virtualTime((time) => {
      const { order, zone, foreign } = world(time, { followCname: () => of('proofs.acme.test') });
      const both = [record(order('a.test', '*.a.test')), record(order('b.test'))];
      time.flush();
      expect(both.map(({ values }) => values.at(-1)?.type)).toEqual(['certificate-issued', 'certificate-issued']);
      expect([[...zone], time.timers()]).toEqual([foreign, 0]);
    }));

  it.each([50, 150, 5_000, 59_000])(
    'left after %i ms, in the midst of it all, leaves no value and no timer',
    (leaveMs) =>
      virtualTime((time) => {
        const { scheduler } = time;
        const propagation = fixedDelay({ delayMs: 60_000, scheduler });
        const { order, zone, foreign, ca } = world(time, { propagation, atATime: 2 });
        const recording = record(order('a.test', '*.a.test', 'b.test', 'c.test'));
        scheduler.schedule(() => recording.unsubscribe(), leaveMs);
        time.flush();
        expect([[...zone], time.timers(), ca.history.count('challenge')]).toEqual([foreign, 0, 0]);
        expect(scheduler.now()).toBeLessThan(leaveMs + 1_000);
      }),
  );

  it('for ten names, of which the provider refuses one: names that one, tells the server nothing, leaves no value', () =>
    virtualTime((time) => {
      const names = Array.from({ length: 10 }, (_, index) => `n${index}.test`);
      const { order, calls, zone, foreign, open, ca } = world(time, { atATime: 3 }, ['n7.test']);
      const { error, values } = completed(time, order(...names));
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      const { failures } = error as AcmeAuthorizationError;
      expect(failures.map(({ identifier, reason }) => [identifier.value, reason])).toEqual([
        ['n7.test', 'the solver failed: quota exceeded'],
      ]);
      // It may have been added all the same: it is removed with the others.
      expect(calls.filter((each) => each.startsWith('remove')).sort()).toEqual(
        names.map((each) => `remove _acme-challenge.${each}`),
      );
      expect([[...zone], open.most, ca.history.count('challenge')]).toEqual([foreign, 3, 0]);
      expect(ofType(values, 'proof-progress')).toEqual([]);
    }));
});
