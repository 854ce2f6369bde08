import { EMPTY, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeDnsError } from '../../../lib/model/errors/dns-error.js';
import { followCname } from '../../../lib/solvers/dns/follow-cname.js';
import { done } from '../../support/done.js';
import { virtualTime } from '../../support/virtual-time.js';

const chain = (aliases: Readonly<Record<string, string>>) => (name: string) => of(aliases[name] ?? name);

describe('followCname', () => {
  it('emits the end of a chain, and the name itself where there is none', async () => {
    const lookup = chain({ 'a.test': 'B.test.', 'b.test': 'c.test' });
    expect(await done(followCname('A.test.', lookup))).toEqual(['c.test']);
    expect(await done(followCname('c.test', lookup))).toEqual(['c.test']);
    expect(await done(followCname('c.test', () => EMPTY))).toEqual(['c.test']);
  });

  it('ends where there is no such name: a record may be put there', async () => {
    const absent = () => throwError(() => new AcmeDnsError('no-such-name', 'NXDOMAIN'));
    expect(await done(followCname('a.test', absent))).toEqual(['a.test']);
    const failing = () => throwError(() => new AcmeDnsError('server-failure', 'SERVFAIL'));
    await expect(done(followCname('a.test', failing))).rejects.toMatchObject({ failure: 'server-failure' });
  });

  it.each([
    ['two names', { 'a.test': 'b.test', 'b.test': 'a.test' }, 'a.test -> b.test -> a.test'],
    ['a loop further on', { 'a.test': 'b.test', 'b.test': 'c.test', 'c.test': 'b.test' }, 'b.test -> c.test -> b.test'],
  ])('explains a loop of %s', async (_, aliases, said) => {
    const error = await done(followCname('a.test', chain(aliases))).catch((each: unknown) => each);
    expect(error).toMatchObject({ failure: 'alias-loop', message: expect.stringContaining(said) });
  });

  it('follows 16 aliases and no more', async () => {
    let looks = 0;
    const endless = (name: string) => (looks++, of(`x.${name}`));
    await expect(done(followCname('a.test', endless))).rejects.toMatchObject({ failure: 'alias-loop' });
    expect(looks).toBe(17);
    const long = chain(Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`${at}.test`, `${at + 1}.test`])));
    expect(await done(followCname('0.test', long))).toEqual(['16.test']);
  });

  it('waits for one look after another, and stops when it is unsubscribed', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const one = cold('--b|', { b: 'b.test' });
      const two = cold('--|');
      const lookup = (name: string) => (name === 'a.test' ? one : two);
      expectObservable(followCname('a.test', lookup)).toBe('----(b|)', { b: 'b.test' });
      expectObservable(followCname('a.test', lookup), '^--!').toBe('');
      expectSubscriptions(two.subscriptions).toBe(['--^-!', '--^!']);
    }));
});
