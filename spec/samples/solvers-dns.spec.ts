import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { of } from 'rxjs';
import { lastValueFrom, toArray } from 'rxjs';
import { AcmeAuthorizationError, type IssuanceEvent, obtainCertificate, txtLookups } from 'rxacme';
import { fakeCa, testAccount } from 'rxacme/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { byCloudflare, cloudflare } from '../../samples/solvers/dns-api.js';
import { obtainByUpdates } from '../../samples/solvers/dns-update.js';
import { describeWithBind } from '../support/bind.js';

const identifiers = ['example.test', '*.example.test', 'www.example.test'];
const typesOf = (events: readonly IssuanceEvent[]) => events.map(({ type }) => type);

describe('the sample for an HTTP interface', () => {
  const token = 'sample-token-of-the-service';

  interface Entry {
    readonly id: string;
    readonly name: string;
    readonly content: string;
  }

  /** A service with one zone, which has a name of its owner's beside the challenges. */
  async function startService() {
    const foreign = { id: '0', name: '_acme-challenge.example.test', content: '"the owner’s own"' };
    const entries = new Map<string, Entry>([['0', foreign]]);
    const requests: string[] = [];
    const added: Entry[] = [];
    let next = 1;
    const answer = async (request: IncomingMessage): Promise<readonly [number, unknown]> => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://service.test');
      const [, , zone, records, id] = pathname.split('/');
      requests.push(`${request.method} ${pathname.replace(/\d+$/, 'N')}`);
      if (request.headers.authorization !== `Bearer ${token}`) return [403, 'Invalid access token'];
      if (zone === undefined) return [200, searchParams.get('name') === 'example.test' ? [{ id: 'z1' }] : []];
      if (zone !== 'z1' || records !== 'dns_records') return [404, 'Not found'];
      if (request.method === 'GET')
        return [200, [...entries.values()].filter(({ name }) => name === searchParams.get('name'))];
      if (request.method === 'DELETE') return entries.delete(id ?? '') ? [200, { id }] : [404, 'Record not found'];
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Entry & { type: string };
      if (body.name.includes('locked')) return [400, 'This record is locked'];
      const entry = { ...body, id: String(next++) };
      entries.set(entry.id, entry);
      added.push(entry);
      return [200, entry];
    };
    const server = createServer((request, response) => {
      void answer(request).then(([status, result]) => {
        const isError = typeof result === 'string';
        const body = {
          success: !isError,
          errors: isError ? [{ message: result }] : [],
          result: isError ? null : result,
        };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void (server.closeAllConnections(), server.close()));
    const lookup = (name: string) =>
      of([...entries.values()].filter((each) => each.name === name).map(({ content }) => content.replaceAll('"', '')));
    return {
      url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      ...{ entries, requests, added, foreign },
      propagation: txtLookups({ servers: [{ server: 'ns1', lookup }], firstMs: 10 }),
    };
  }

  const run = async (service: Awaited<ReturnType<typeof startService>>, names: readonly string[], secret = token) => {
    const solvers = [byCloudflare(cloudflare(secret, service.url), ['example.test'], service.propagation)];
    const order$ = obtainCertificate(testAccount(fakeCa()), { identifiers: names, solvers });
    return lastValueFrom(order$.pipe(toArray()));
  };

  it('adds each value, waits for it, and removes it by its value', async () => {
    const service = await startService();
    const events = await run(service, identifiers);
    expect(typesOf(events)).toContain('proof-progress');
    expect(typesOf(events)).not.toContain('clean-up-failed');
    expect(typesOf(events).at(-1)).toBe('certificate-issued');
    expect(service.added.map(({ name }) => name).sort()).toEqual([
      '_acme-challenge.example.test',
      '_acme-challenge.example.test',
      '_acme-challenge.www.example.test',
    ]);
    expect(service.added.map(({ content }) => content)).toEqual(
      service.added.map(() => expect.stringMatching(/^"[\w-]{43}"$/)),
    );
    expect([...service.entries.values()]).toEqual([service.foreign]);
  });

  it('can be repeated: a value that is there is not added again, one that is gone is fine', async () => {
    const service = await startService();
    const { add, remove } = cloudflare(token, service.url);
    const record = {
      zone: 'example.test',
      name: 'a.example.test',
      value: 'v',
      identifier: { type: 'dns', value: 'a' },
    };
    const done = (work: ReturnType<typeof add>) => lastValueFrom(work as ReturnType<typeof of>, { defaultValue: 0 });
    await done(add(record));
    await done(add(record));
    expect(service.added).toHaveLength(1);
    await done(remove(record));
    await done(remove(record));
    expect(service.entries.size).toBe(1);
  });

  it('names the names that the service refuses, and leaves nothing of the others', async () => {
    const service = await startService();
    const error: unknown = await run(service, [...identifiers, 'locked.example.test']).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    const { failures } = error as AcmeAuthorizationError;
    expect(failures.map(({ identifier, reason }) => [identifier.value, reason])).toEqual([
      ['locked.example.test', expect.stringContaining('400 This record is locked')],
    ]);
    expect([...service.entries.values()]).toEqual([service.foreign]);
  });

  it('does not show its token where that is refused', async () => {
    const service = await startService();
    const wrong = 'another-token-of-the-service';
    const error: unknown = await run(service, ['example.test'], wrong).catch((each: unknown) => each);
    expect((error as Error).message).toContain('403 Invalid access token');
    expect(inspect(error, { depth: 12 })).not.toContain(wrong);
  });
});

describeWithBind(
  'the sample for dynamic updates',
  { zones: { 'example.test': {} }, keys: { acme: 'hmac-sha256' } },
  (get) => {
    it('adds the records, sees them at the name server, and removes them', async () => {
      const bind = get();
      const tsig = { name: 'acme', algorithm: 'hmac-sha256', secret: bind.secret('acme') } as const;
      const check = { resolvers: [bind.server], port: bind.port, firstMs: 50, lookupTimeoutMs: 500 };
      const order$ = obtainByUpdates(testAccount(fakeCa()), identifiers, { server: bind.server, tsig }, check);
      const events = await lastValueFrom(order$.pipe(toArray()));
      expect(typesOf(events).at(-1)).toBe('certificate-issued');
      const seen = events.flatMap((event) => (event.type === 'proof-progress' ? [event.progress] : []));
      expect(seen.at(-1)).toMatchObject({ seen: 1, of: 1, waitingFor: [] });
      for (const name of ['example.test', 'www.example.test'])
        expect(await bind.txt(`_acme-challenge.${name}`)).toEqual([]);
    });
  },
);
