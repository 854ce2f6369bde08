import { from, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { txtLookups } from '../../../lib/solvers/dns/txt-lookups.js';
import { done } from '../../support/done.js';
import { virtualTime } from '../../support/virtual-time.js';
import { recordOf } from './records.js';

describe('txtLookups', () => {
  it('asks for the name where the aliases begin, as the certification authority does', async () => {
    const asked: string[] = [];
    const lookup = (name: string) => (asked.push(name), of(['value']));
    const aliased = { ...recordOf(), name: 'proof.acme.example', aliasOf: '_acme-challenge.example.org' };
    await done(txtLookups({ servers: [{ server: 'one', lookup }] }).seen(aliased));
    await done(txtLookups({ servers: [{ server: 'one', lookup }] }).seen(recordOf()));
    expect(asked).toEqual(['_acme-challenge.example.org', '_acme-challenge.example.org']);
  });

  it('follows aliases where it is given a look-up for them', async () => {
    const servers = [{ server: 'one', lookup: () => of([]) }];
    expect(txtLookups({ servers })).not.toHaveProperty('canonicalName');
    const check = txtLookups({ servers, cname: (name) => of(name === 'a.test' ? 'b.test' : name) });
    expect(await done(check.canonicalName?.('a.test') ?? [])).toEqual(['b.test']);
  });

  it('does not look at once where absence is remembered', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const servers = [{ server: 'one', lookup: () => of(['value']) }];
      const last = { name: recordOf().name, seen: 1, of: 1, waitingFor: [] };
      const check = (remembersAbsence: boolean) => txtLookups({ servers, remembersAbsence, scheduler });
      expectObservable(from(check(true).seen(recordOf()))).toBe('5s (l|)', { l: last });
      expectObservable(from(check(false).seen(recordOf()))).toBe('(l|)', { l: last });
    }));

  it.each<[RegExp, object]>([
    [/servers/, { servers: [] }],
    [/servers/, {}],
    [/timeoutMs/, { timeoutMs: '5' }],
    [/delayMs/, { delayMs: -1 }],
    [/atLeast/, { atLeast: NaN }],
  ])('refuses at the call: %s', (message, options) => {
    const given = { servers: [{ server: 'one', lookup: () => of([]) }], ...options };
    const check = () => txtLookups(message.source === 'servers' ? (options as never) : given);
    expect(check).toThrow(TypeError);
    expect(check).toThrow(message);
  });
});
