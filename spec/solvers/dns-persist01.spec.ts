import { EMPTY, lastValueFrom, from, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { parseDnsPersistValue } from '../../lib/codec/dns-persist-record.js';
import { dnsPersist01, type DnsPersist01Options, type DnsPersistTxtRecord } from '../../lib/solvers/dns-persist01.js';
import { obtainCertificate } from '../../lib/index.js';
import { fakeCa, testAccount } from '../../lib/testing/index.js';
import { challengeWith } from '../codec/challenges.js';
import { covers } from '../support/covers.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('dnsPersist01');

const names = ['authority.example', 'ca.example.net'];
const taskWith = (members: object = {}, wildcard = false) => {
  const challenge = challengeWith('dns-persist-01', { 'issuer-domain-names': names, ...members });
  return taskOf({ type: 'dns-persist-01', challenge, wildcard });
};

async function added(options: Partial<DnsPersist01Options> = {}, task = taskWith()): Promise<DnsPersistTxtRecord> {
  const records: DnsPersistTxtRecord[] = [];
  const solver = dnsPersist01({ add: (record) => (records.push(record), EMPTY), ...options });
  await lastValueFrom(from(solver.present(task)).pipe(toArray()));
  expect(records).toHaveLength(1);
  return records[0] as DnsPersistTxtRecord;
}

describe('dnsPersist01', () => {
  it('names the first issuer and the account', async () => {
    expect(await added()).toEqual({
      name: '_validation-persist.example.org',
      value: 'authority.example; accounturi=https://ca.example/account/1',
      strings: ['authority.example; accounturi=https://ca.example/account/1'],
      identifier: { type: 'dns', value: 'example.org' },
    });
  });

  it('chooses an issuer, an end, and wildcards as it is told', async () => {
    const persistUntilAt = new Date('2027-01-01T00:00:00Z');
    const { value } = await added({ issuer: (all) => all[1] ?? '', persistUntilAt, wildcard: true });
    expect(parseDnsPersistValue(value)).toMatchObject({ issuer: 'ca.example.net', persistUntilAt, wildcard: true });
  });

  it('asks for wildcards where the order does', async () => {
    expect((await added({}, taskWith({}, true))).value).toMatch(/; policy=wildcard$/);
  });

  it('takes the account that the challenge names where it is its own, and refuses another', async () => {
    await added({}, taskWith({ accounturi: 'https://ca.example/account/1' }));
    const other = added({}, taskWith({ accounturi: 'https://ca.example/account/2' }));
    await expect(other).rejects.toBeInstanceOf(AcmeProtocolError);
    await expect(other).rejects.toThrow('https://ca.example/account/2');
  });

  it('refuses an issuer that is not on offer, and what is no name', async () => {
    await expect(added({ issuer: () => 'other.example' })).rejects.toBeInstanceOf(AcmeInputError);
    const address = { ...taskWith(), identifier: { type: 'ip', value: '192.0.2.1' } };
    await expect(added({}, address)).rejects.toBeInstanceOf(AcmeInputError);
  });

  it('leaves the record, unless it is told to remove it', async () => {
    const removed: string[] = [];
    const kept = dnsPersist01({ add: () => EMPTY });
    const cleared = dnsPersist01({ add: () => EMPTY, remove: ({ value }) => (removed.push(value), EMPTY) });
    for (const solver of [kept, cleared]) await lastValueFrom(from(solver.cleanUp(taskWith())).pipe(toArray()));
    expect(removed).toEqual(['authority.example; accounturi=https://ca.example/account/1']);
    expect(kept).not.toHaveProperty('ready');
    expect(dnsPersist01({ add: () => EMPTY, ready: () => EMPTY })).toHaveProperty('ready');
  });
});

describe('dnsPersist01 at a server of version 02', () => {
  const prefix = 'https://ca.example/account-hash/';
  const meta = { accountHashPrefix: prefix, issuerDomainNames: ['ca.test'], caaIdentities: ['CA.test.', 'b.test'] };
  const wentAt = (changed: object = {}, challenge: object = { issuerDomainNames: ['ca.test', 'b.test'] }) => {
    const records: DnsPersistTxtRecord[] = [];
    const add = (record: DnsPersistTxtRecord) => (records.push(record), EMPTY);
    return virtualTime((time) => {
      const { scheduler } = time;
      const challengeTypes = () => ['dns-persist-01'];
      const challengeMembers = () => challenge;
      const ca = fakeCa({ scheduler, challengeTypes, challengeMembers, meta: { ...meta, ...changed } });
      const account = testAccount(ca, { scheduler });
      const order = { identifiers: ['*.a.test'], solvers: [dnsPersist01({ add, session: account.session })] };
      const { error } = completed(time, obtainCertificate(account, order));
      return { records, error, account, ca };
    });
  };

  it('names the account by a hash that is bound to the name', () => {
    const { records, error, account, ca } = wentAt();
    expect(error).toBeUndefined();
    const [{ name, value } = { name: '', value: '' }, ...others] = records;
    expect([name, others]).toEqual(['_validation-persist.a.test', []]);
    expect(value).toMatch(
      /^ca\.test; accounturi=https:\/\/ca\.example\/account-hash\/sha-256\/[\w-]{43}; policy=wildcard$/,
    );
    expect(value).not.toContain(account.url);
    expect(ca.history.count('directory')).toBe(1);
  });

  it.each<[string, object, object | undefined]>([
    ['accountHashPrefix', { accountHashPrefix: undefined }, undefined],
    ['c.test', { issuerDomainNames: ['ca.test', 'c.test'] }, undefined],
    ['d.test', {}, { issuerDomainNames: ['ca.test', 'd.test'] }],
  ])('publishes nothing where %s is missing or too much', (name, changed, challenge) => {
    const { records, error } = wentAt(changed, challenge);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect((error as Error).message).toContain(name);
    expect(records).toEqual([]);
  });

  it('says that it needs the session', async () => {
    const challenge = challengeWith('dns-persist-01', { issuerDomainNames: names });
    const without = added({}, taskOf({ type: 'dns-persist-01', challenge }));
    await expect(without).rejects.toBeInstanceOf(AcmeInputError);
    await expect(without).rejects.toThrow('session');
  });
});

describe('dnsPersist01 at a CA', () => {
  const challengeTypes = () => ['dns-persist-01'];

  it('proves a name and its wildcard without a token, once and again', () => {
    const zone = new Map<string, Set<string>>();
    const add = ({ name, value }: DnsPersistTxtRecord) => {
      zone.set(name, (zone.get(name) ?? new Set()).add(value));
      return EMPTY;
    };
    const outcome = ({ identifier, wildcard }: { identifier: { value: string }; wildcard: boolean }) =>
      [...(zone.get(`_validation-persist.${identifier.value}`) ?? [])]
        .map(parseDnsPersistValue)
        .some((each) => each.issuer === 'ca.test' && (!wildcard || each.wildcard))
        ? undefined
        : { type: 'unauthorized', detail: 'no record' };
    const order = { identifiers: ['a.test', '*.a.test'], solvers: [dnsPersist01({ add, wildcard: true })] };
    for (let turn = 0; turn < 2; turn++) {
      const { error, events } = obtainedAtFakeCa({ ca: { challengeTypes, validation: { outcome } }, order });
      expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    }
    expect([...zone].map(([name, values]) => [name, values.size])).toEqual([['_validation-persist.a.test', 1]]);
    const narrow = { ...order, identifiers: ['*.b.test'], solvers: [dnsPersist01({ add: () => EMPTY })] };
    const { error } = obtainedAtFakeCa({ ca: { challengeTypes, validation: { outcome } }, order: narrow });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
  });

  it('ends the order where the challenge breaks the rules, before anything is published', () => {
    const records: unknown[] = [];
    const solver = dnsPersist01({ add: (record) => (records.push(record), EMPTY) });
    const challengeMembers = () => ({ 'issuer-domain-names': ['CA.test.'] });
    const { error, ca } = obtainedAtFakeCa({
      ca: { challengeTypes, challengeMembers },
      order: { identifiers: ['a.test'], solvers: [solver] },
    });
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect([records, ca.history.count('challenge')]).toEqual([[], 0]);
  });
});
