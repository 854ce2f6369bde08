import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { concat, defer, firstValueFrom, from, Subscription } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AcmeDnsError,
  AcmeTimeoutError,
  dns01,
  type DnsFailure,
  type DnsPropagation,
  type DnsRecord,
  txtPublisher,
} from '../../lib/index.js';
import {
  authoritativeServers,
  recursiveResolvers,
  rfc2136,
  type Rfc2136Options,
  type TsigAlgorithm,
  zoneLookup,
} from '../../lib/node/index.js';
import { type Bind, describeWithBind } from '../support/bind.js';
import { covers } from '../support/covers.js';
import { done } from '../support/done.js';
import { freePort } from '../support/free-port.js';
import { type Pebble, startPebble } from '../support/pebble.js';
import { issued, namesIn, obtain, ofType, openAccount } from './support/client.js';

covers('dns01', 'dnsUpdate');

const algorithms: readonly TsigAlgorithm[] = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'];
const zones = {
  'example.test': {
    records: [
      '_acme-challenge.far IN CNAME proof.acme.test.',
      '_acme-challenge.alias IN CNAME alias.proof',
      'loop IN CNAME loop2',
      'loop2 IN CNAME loop',
      'sub IN NS ns.sub',
      'ns.sub IN A 127.0.0.1',
    ],
  },
  'sub.example.test': {},
  'acme.test': { nameServers: ['ns', 'ns6', 'gone'], records: ['ns6 IN AAAA ::1', 'gone IN A 192.0.2.1'] },
  'locked.test': { keys: [] },
};

const keys = { ...Object.fromEntries(algorithms.map((each) => [`key-${each}`, each])), weak: 'hmac-sha256' };
const recordOf = (name: string, value: string): DnsRecord => ({
  name,
  value,
  identifier: { type: 'dns', value: name },
});
const random = () => randomBytes(32).toString('base64url');
/** Sockets and timers of this process that keep it alive. */
const held = () => process.getActiveResourcesInfo().filter((each) => /UDP|TCP|Timeout|Query/.test(each));

/** Fails where something is still held a number of turns later. What others have begun, a resolver say, ends in that time. */
async function expectNothingHeld(turns = 1000): Promise<void> {
  for (let turn = 0; turn < turns && held().length > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(held()).toEqual([]);
}

/** Resolvers of Node's own stay a while after their last answer. */
const nothingHeldByOthers = () => expectNothingHeld(Infinity);

describeWithBind('dynamic updates', { zones, keys }, (get) => {
  const tsig = (bind: Bind, name = 'key-hmac-sha256', algorithm: TsigAlgorithm = 'hmac-sha256') => ({
    name,
    algorithm,
    secret: bind.secret(name),
  });
  const provider = (bind: Bind, options: Partial<Rfc2136Options> = {}) =>
    rfc2136({ server: bind.server, tsig: tsig(bind), ...options });
  /** What adding a record errors with. */
  const failureOf = async (name: string, options: (bind: Bind) => Partial<Rfc2136Options>): Promise<AcmeDnsError> => {
    const error = await done(provider(get(), options(get())).add(recordOf(name, 'value'))).then(
      () => undefined,
      (each: unknown) => each,
    );
    expect(error).toBeInstanceOf(AcmeDnsError);
    for (const key of Object.keys(keys)) expect(inspect(error, { depth: 10 })).not.toContain(get().secret(key));
    return error as AcmeDnsError;
  };

  describe.each(algorithms)('%s', (algorithm) => {
    it.each(['udp', 'tcp'] as const)(
      'over %s: adds a value beside others, and removes exactly that one',
      async (transport) => {
        const bind = get();
        const name = `_acme-challenge.${transport}.${algorithm}.example.test`;
        const { add, remove } = provider(bind, { transport, tsig: tsig(bind, `key-${algorithm}`, algorithm) });
        await done(concat(add(recordOf(name, 'one')), add(recordOf(name, 'two')), add(recordOf(name, 'two'))));
        expect(await bind.txt(name)).toEqual(['one', 'two']);
        await done(remove(recordOf(name, 'one')));
        expect(await bind.txt(name)).toEqual(['two']);
        await done(concat(remove(recordOf(name, 'one')), remove(recordOf(name, 'two'))));
        expect(await bind.txt(name)).toEqual([]);
      },
    );
  });

  it('takes values of more than one string, and of characters that zone files quote', async () => {
    const name = '_validation-persist.example.test';
    const value = `ca.example; accounturi="https://ca.example/\\${'x'.repeat(400)}"`;
    await done(provider(get()).add(recordOf(name, value)));
    expect(await get().txt(name)).toEqual([value]);
    await done(provider(get()).remove(recordOf(name, value)));
  });

  it('finds the zone of a name at the server: the most specific one', async () => {
    const name = '_acme-challenge.host.sub.example.test';
    await done(provider(get()).add(recordOf(name, 'value')));
    expect(await get().txt(name)).toEqual(['value']);
    await done(provider(get(), { zone: 'SUB.example.test.' }).remove(recordOf(name, 'value')));
    expect(await get().txt(name)).toEqual([]);
  });

  it.each<[string, DnsFailure, RegExp, string, (bind: Bind) => Partial<Rfc2136Options>]>([
    ['a zone that it does not have', 'refused', /REFUSED/, '_acme-challenge.other.org', () => ({})],
    ['a zone that is given wrongly', 'not-authoritative', /NOTAUTH/, 'a.example.test', () => ({ zone: 'other.org' })],
    ['a name outside the zone', 'not-authoritative', /NOTZONE/, 'a.other.org', () => ({ zone: 'example.test' })],
    ['a zone that nobody may change', 'refused', /REFUSED.*may|allow/, 'a.locked.test', () => ({})],
    ['no key', 'refused', /not signed/, 'a.example.test', () => ({ tsig: undefined })],
    ['an unknown key', 'bad-key', /BADKEY/, 'a.example.test', (bind) => ({ tsig: { ...tsig(bind), name: 'nobody' } })],
    [
      'another algorithm',
      'bad-key',
      /BADKEY/,
      'a.example.test',
      (bind) => ({ tsig: tsig(bind, 'weak', 'hmac-sha512') }),
    ],
    [
      'another secret',
      'bad-signature',
      /BADSIG.*secrets/,
      'a.example.test',
      (bind) => ({ tsig: { ...tsig(bind), secret: bind.secret('weak') } }),
    ],
    [
      'another time',
      'bad-time',
      /BADTIME.*its clock is (399|400|401) s ahead/,
      'a.example.test',
      () => ({ clock: { now: () => Date.now() - 400_000 } }),
    ],
  ])('explains a refusal: %s', async (_, failure, message, name, options) => {
    const error = await failureOf(name, options);
    expect([error.failure, error.server]).toEqual([failure, get().server]);
    expect(error.message).toMatch(message);
  });

  it('leaves no socket and no timer, whenever it is unsubscribed', async () => {
    await nothingHeldByOthers();
    for (const transport of ['udp', 'tcp'] as const) {
      for (const afterMs of [0, 0.2, 0.5, 1, 2, 4, 8]) {
        const subscription: Subscription = from(
          provider(get(), { transport }).add(recordOf('_acme-challenge.cut.example.test', 'cut')),
        ).subscribe();
        if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
        subscription.unsubscribe();
        await expectNothingHeld();
      }
    }
    await done(provider(get()).remove(recordOf('_acme-challenge.cut.example.test', 'cut')));
    await expectNothingHeld();
  });

  it('says so where nobody answers', async () => {
    const server = `127.0.0.1:${await freePort()}`;
    for (const transport of ['udp', 'tcp'] as const) {
      expect((await failureOf('a.example.test', () => ({ server, transport }))).failure).toBe('unreachable');
    }
  });

  describe('the check at the authoritative servers', () => {
    const check = (bind: Bind, options = {}) =>
      authoritativeServers({
        resolvers: [bind.server],
        port: bind.port,
        lookupTimeoutMs: 200,
        firstMs: 50,
        ...options,
      });
    const seen = (bind: Bind, record: DnsRecord, options = {}): Promise<DnsPropagation[]> =>
      done(check(bind, options).seen(record));

    it('sees a value that is there at once', async () => {
      const [bind, record] = [get(), recordOf('_acme-challenge.seen.example.test', random())];
      await done(provider(bind).add(record));
      expect(await seen(bind, record)).toEqual([{ name: record.name, seen: 1, of: 1, waitingFor: [] }]);
    });

    it('waits for one that comes later, and says what is missing', async () => {
      const [bind, record] = [get(), recordOf('_acme-challenge.later.example.test', random())];
      let looks = 0;
      const progress: DnsPropagation[] = [];
      await new Promise<void>((resolve, reject) => {
        from(check(bind).seen(record)).subscribe({
          next: (each) => {
            progress.push(each);
            if (++looks === 2) from(provider(bind).add(record)).subscribe();
          },
          error: reject,
          complete: resolve,
        });
      });
      expect(progress[0]).toMatchObject({ seen: 0, of: 1 });
      expect(progress[0]?.waitingFor).toEqual([
        {
          server: `ns.example.test (127.0.0.1:${bind.port})`,
          reason: expect.stringMatching(/NXDOMAIN.*resolvers may remember for [57] s/),
        },
      ]);
      expect(progress.at(-1)).toMatchObject({ seen: 1, of: 1, waitingFor: [] });
    });

    it('gives up and names the server', async () => {
      const record = recordOf('_acme-challenge.never.example.test', random());
      const error = await seen(get(), record, { timeoutMs: 300 }).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect((error as Error).message).toMatch(/0 of 1 servers.*ns\.example\.test/);
    });

    it('does not wait for addresses without a way to them, as long as another shows the value', async () => {
      const [bind, record] = [get(), recordOf('proof.acme.test', random())];
      await done(provider(bind).add(record));
      expect((await seen(bind, record)).at(-1)).toMatchObject({ seen: 1, of: 1 });
      await done(provider(bind).remove(record));
    });

    it('follows aliases, explains loops, and finds zones', async () => {
      const bind = get();
      const end = (name: string) => done(check(bind).canonicalName?.(name) ?? []);
      expect(await end('_acme-challenge.far.example.test')).toEqual(['proof.acme.test']);
      expect(await end('_acme-challenge.Alias.example.test.')).toEqual(['alias.proof.example.test']);
      expect(await end('_acme-challenge.example.test')).toEqual(['_acme-challenge.example.test']);
      await expect(end('loop.example.test')).rejects.toMatchObject({ failure: 'alias-loop' });
      const zoneOf = zoneLookup({ resolvers: [bind.server], port: bind.port });
      expect(await firstValueFrom(zoneOf('_acme-challenge.host.sub.example.test'))).toBe('sub.example.test');
      expect(await firstValueFrom(zoneOf('_acme-challenge.www.example.test'))).toBe('example.test');
    });

    it('leaves no socket and no timer when it is unsubscribed', async () => {
      await nothingHeldByOthers();
      const record = recordOf('_acme-challenge.cut.example.test', random());
      for (const afterMs of [0, 1, 3, 6, 15, 60]) {
        const subscription = from(check(get()).seen(record)).subscribe();
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        subscription.unsubscribe();
        await expectNothingHeld();
      }
    });
  });

  describe('an issuance that Pebble validates there', () => {
    let pebble: Pebble;
    beforeAll(async () => {
      pebble = await startPebble({ dnsServer: get().server });
      return () => pebble.stop();
    });

    const solver = (bind: Bind) =>
      dns01(
        txtPublisher(provider(bind), {
          propagation: authoritativeServers({
            resolvers: [bind.server],
            port: bind.port,
            lookupTimeoutMs: 300,
            firstMs: 50,
          }),
          zone: zoneLookup({ resolvers: [bind.server], port: bind.port }),
        }),
      );

    it.each<[string, readonly string[]]>([
      ['a name and its wildcard, which share a record', ['example.test', '*.example.test']],
      ['ten names at once', Array.from({ length: 10 }, (_, index) => `host${index}.example.test`)],
      ['a name whose challenge is delegated by an alias', ['alias.example.test', '*.alias.example.test']],
      ['a name in a delegated zone', ['www.sub.example.test']],
    ])('%s', async (_, identifiers) => {
      const bind = get();
      const events = await obtain(await openAccount(pebble), { identifiers, solvers: [solver(bind)] });
      expect(
        issued(events)
          .certificate.leaf.identifiers.map(({ value }) => value)
          .sort(),
      ).toEqual([...identifiers].sort());
      expect(namesIn(events, 'challenge-presented')).toHaveLength(identifiers.length);
      expect(ofType(events, 'clean-up-failed')).toEqual([]);
      for (const name of identifiers) expect(await bind.txt(`_acme-challenge.${name.replace('*.', '')}`)).toEqual([]);
      expect(await bind.txt('alias.proof.example.test')).toEqual([]);
    });

    it('is checked at resolvers of one’s choice', async () => {
      const bind = get();
      const propagation = recursiveResolvers({ servers: [bind.server], delayMs: 0, firstMs: 50 });
      const events = await obtain(await openAccount(pebble), {
        identifiers: ['resolved.example.test'],
        solvers: [dns01(txtPublisher(provider(bind), { propagation }))],
      });
      expect(issued(events).certificate).toBeDefined();
    });

    it('ends with what the name server refused, name by name', async () => {
      const bind = get();
      const refused = defer(async () =>
        obtain(await openAccount(pebble), {
          identifiers: ['a.locked.test', 'b.locked.test'],
          solvers: [dns01(provider(bind))],
        }),
      );
      await expect(firstValueFrom(refused)).rejects.toMatchObject({
        code: 'authorization',
        failures: [{ reason: expect.stringContaining('REFUSED') }, { reason: expect.stringContaining('REFUSED') }],
      });
    });
  });
});
