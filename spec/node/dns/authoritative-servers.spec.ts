import { decode, encode, type Packet } from 'dns-packet';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { authoritativeServers } from '../../../lib/node/dns/authoritative-servers.js';
import { recursiveResolvers } from '../../../lib/node/dns/recursive-resolvers.js';
import { zoneLookup } from '../../../lib/node/dns/zone-lookup.js';
import { recordOf } from '../../solvers/dns/records.js';
import { nameServer } from './name-server.js';

const soa = { mname: 'ns', rname: 'admin', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 30 };
const authoritative = 0x0400;
type Answer = Partial<Packet> & { rcode?: number };

/** One server for all roles: answers by `TYPE name`, else with NXDOMAIN. */
const serverOf = (answers: Readonly<Record<string, Answer>>) => {
  const asked: string[] = [];
  return nameServer(({ bytes }) => {
    const [question] = decode(bytes).questions ?? [];
    const key = `${question?.type ?? ''} ${question?.name ?? ''}`;
    asked.push(key);
    const { rcode = answers[key] === undefined ? 3 : 0, flags = authoritative, ...rest } = answers[key] ?? {};
    const packet = {
      type: 'response',
      id: bytes.readUInt16BE(0),
      flags: flags | rcode,
      questions: question ? [question] : [],
    };
    return [encode({ ...packet, ...rest } as Packet)];
  }).then((made) => ({ ...made, asked }));
};

const common: Record<string, Answer> = {
  'SOA example.org': { answers: [{ type: 'SOA', name: 'example.org', data: soa }] },
  'NS example.org': { answers: [{ type: 'NS', name: 'example.org', data: 'ns.example.org' }] },
  'A ns.example.org': { answers: [{ type: 'A', name: 'ns.example.org', data: '127.0.0.1' }] },
  'AAAA ns.example.org': {},
  'SOA _acme-challenge.example.org': { rcode: 3, authorities: [{ type: 'SOA', name: 'example.org', data: soa }] },
};
const txt = (value: string): Answer => ({ answers: [{ type: 'TXT', name: recordOf().name, data: value }] });

/** How a check goes at one server. */
async function outcomeOf(answers: Readonly<Record<string, Answer>>) {
  const { server, asked } = await serverOf({ ...common, ...answers });
  const options = { resolvers: [server.label], port: server.port, firstMs: 20, timeoutMs: 150, lookupTimeoutMs: 500 };
  const outcome = await lastValueFrom(from(authoritativeServers(options).seen(recordOf())).pipe(toArray())).catch(
    (error: Error) => error,
  );
  return { outcome, asked, server };
}

describe('authoritativeServers', () => {
  it('asks the resolvers for the zone, never for the record’s own name', async () => {
    const { outcome, asked } = await outcomeOf({ 'TXT _acme-challenge.example.org': txt('value') });
    expect(outcome).toMatchObject([{ seen: 1, of: 1 }]);
    expect(asked.filter((each) => each.includes('_acme-challenge'))).toEqual([
      // At the name server: whether it hands the name on, and the value.
      'SOA _acme-challenge.example.org',
      'TXT _acme-challenge.example.org',
    ]);
  });

  it.each<[string, Answer, RegExp]>([
    ['does not answer for the zone', { ...txt('value'), flags: 0 }, /lame delegation/],
    ['refuses', { rcode: 5 }, /REFUSED/],
    ['fails', { rcode: 2 }, /SERVFAIL/],
    ['has another value', txt('other'), /1 other values/],
    ['has the name but no value', {}, /no TXT record/],
  ])('waits where a server %s, and says so', async (_, answer, message) => {
    const { outcome } = await outcomeOf({ 'TXT _acme-challenge.example.org': answer });
    expect(outcome).toMatchObject({ code: 'timeout', message: expect.stringMatching(message) });
  });

  it('follows a delegation of the record by itself', async () => {
    const ns = [{ type: 'NS', name: '_acme-challenge.example.org', data: 'ns.acme.example' }] as const;
    const { outcome, asked } = await outcomeOf({
      'SOA _acme-challenge.example.org': { flags: 0, authorities: [...ns] },
      'A ns.acme.example': { answers: [{ type: 'A', name: 'ns.acme.example', data: '127.0.0.1' }] },
      'TXT _acme-challenge.example.org': txt('value'),
    });
    expect(outcome).toMatchObject([{ seen: 1 }]);
    expect(asked).toContain('A ns.acme.example');
  });

  it('does not follow a delegation that leads away or for ever', async () => {
    const away = [{ type: 'NS', name: 'other.example', data: 'ns.other.example' }] as const;
    const { asked } = await outcomeOf({
      'SOA _acme-challenge.example.org': { flags: 0, authorities: [...away] },
      'TXT _acme-challenge.example.org': txt('value'),
    });
    expect(asked).not.toContain('A ns.other.example');
  });

  it('errors where there is no zone, or no name server with an address', async () => {
    const nowhere = await outcomeOf({ 'SOA example.org': { rcode: 3 }, 'SOA org': { rcode: 3 } });
    expect(nowhere.outcome).toMatchObject({ code: 'dns', failure: 'no-such-name' });
    const homeless = await outcomeOf({ 'A ns.example.org': {} });
    expect(homeless.outcome).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('ns.example.org'),
    });
    const failing = await outcomeOf({ 'SOA example.org': { rcode: 2 } });
    expect(failing.outcome).toMatchObject({ failure: 'server-failure' });
  });

  it('climbs past a name that is an alias into another zone', async () => {
    const { server } = await serverOf({
      ...common,
      'SOA www.example.org': {
        answers: [{ type: 'CNAME', name: 'www.example.org', data: 'cdn.example' }],
        authorities: [{ type: 'SOA', name: 'cdn.example', data: soa }],
      },
    });
    const zoneOf = zoneLookup({ resolvers: [server.label], port: server.port });
    expect(await lastValueFrom(zoneOf('_acme-challenge.www.example.org'))).toBe('example.org');
  });

  it('refuses at the call what cannot work', () => {
    expect(() => authoritativeServers({ resolvers: [''] })).toThrow(TypeError);
    expect(() => authoritativeServers({ timeoutMs: -1 })).toThrow(/timeoutMs/);
  });
});

describe('recursiveResolvers', () => {
  it('asks them to ask others, and all have to show the value', async () => {
    const one = await serverOf({ 'TXT _acme-challenge.example.org': { ...txt('value'), flags: 0 } });
    const other = await serverOf({ 'TXT _acme-challenge.example.org': txt('other') });
    const check = (servers: string[]) => recursiveResolvers({ servers, delayMs: 0, firstMs: 20, timeoutMs: 100 });
    expect(await lastValueFrom(from(check([one.server.label]).seen(recordOf())))).toMatchObject({ seen: 1, of: 1 });
    const both = lastValueFrom(from(check([one.server.label, other.server.label]).seen(recordOf())));
    await expect(both).rejects.toMatchObject({ message: expect.stringContaining(other.server.label) });
    expect(one.queries[0]?.bytes.readUInt16BE(2)).toBe(0x0100);
  });

  it('refuses an empty list', () => {
    expect(() => recursiveResolvers({ servers: [] })).toThrow(TypeError);
  });
});
