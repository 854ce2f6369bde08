import { EMPTY, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  AcmeTimeoutError,
  type DnsRecord,
  dns01,
  obtainCertificate,
  txtLookups,
  txtPublisher,
} from '../../lib/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('dns01');

const identifiers = ['example.org', '*.example.org', 'slow.example', 'other.example'];

/** A DNS in which each value appears some time after it was added. */
function world({ scheduler }: VirtualTime, delayMs: (record: DnsRecord) => number) {
  const records = new Map<string, { readonly record: DnsRecord; readonly seenAt: number }>();
  const journal: string[] = [];
  const provider = {
    add: (record: DnsRecord) => {
      journal.push(`add ${record.name}`);
      records.set(`${record.name} ${record.value}`, { record, seenAt: scheduler.now() + delayMs(record) });
      return EMPTY;
    },
    remove: ({ name, value }: DnsRecord) => {
      journal.push(`remove ${name}`);
      records.delete(`${name} ${value}`);
      return EMPTY;
    },
  };
  const lookup = (name: string) => {
    journal.push(`look ${name}`);
    const seen = [...records.values()].filter(
      ({ record, seenAt }) => record.name === name && seenAt <= scheduler.now(),
    );
    return of(seen.map(({ record }) => record.value));
  };
  const ca = fakeCa({ scheduler });
  const propagation = txtLookups({ servers: [{ server: 'ns1.example', lookup }], scheduler });
  const solver = dns01(txtPublisher(provider, { propagation, scheduler }));
  const obtain$ = obtainCertificate(testAccount(ca, { scheduler }), { identifiers, solvers: [solver] });
  return { ca, records, journal, obtain$ };
}

describe('an order whose records take a while to be seen', () => {
  it('adds all of them, waits for all of them at once, and removes them', () =>
    virtualTime((time) => {
      const { journal, records, obtain$ } = world(time, ({ name }) => (name.includes('slow') ? 30_000 : 1_000));
      const { values, error } = completed(time, obtain$);
      expect(error).toBeUndefined();
      expect(values.at(-1)?.type).toBe('certificate-issued');
      const steps = journal.map((each) => each.split(' ')[0]);
      expect(steps.slice(0, 4)).toEqual(['add', 'add', 'add', 'add']);
      expect(steps.slice(-4)).toEqual(['remove', 'remove', 'remove', 'remove']);
      expect([records.size, time.timers()]).toEqual([0, 0]);
    }));

  it('is given up where one is never seen, without a word to the server: the error names it and why', () =>
    virtualTime((time) => {
      const { ca, journal, records, obtain$ } = world(time, ({ name }) => (name.includes('slow') ? Infinity : 0));
      const error = errorOf(time, obtain$);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      const { failures } = error as AcmeAuthorizationError;
      expect(failures.map(({ identifier }) => identifier.value)).toEqual(['slow.example']);
      expect(failures[0]?.reason).toMatch(/0 of 1 servers show the value.*ns1\.example: the name has no TXT record/);
      expect(failures[0]?.cause).toBeInstanceOf(AcmeTimeoutError);
      expect(ca.history.count('challenge')).toBe(0);
      expect(journal.filter((each) => each.startsWith('remove'))).toHaveLength(4);
      expect([records.size, time.timers()]).toEqual([0, 0]);
    }));
});
