import { encode } from 'dns-packet';
import { lastValueFrom, Subscription, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ask } from '../../../lib/node/dns/ask.js';
import { dnsExchange } from '../../../lib/node/dns/exchange.js';
import { freePort } from '../../support/free-port.js';
import { framed, held, nameServer, type Query, settled, until } from './name-server.js';

const question = encode({ type: 'query', id: 4711, flags: 0, questions: [{ type: 'TXT', name: 'a.test' }] });
/** An answer to a query, some of it changed. */
const answerTo = ({ bytes }: Query, { id = 0, flags = 0, values = ['value'], name = 'a.test' } = {}) =>
  encode({
    type: 'response',
    id: bytes.readUInt16BE(0) ^ id,
    flags: 0x0400 | flags,
    questions: [{ type: 'TXT', name }],
    answers: values.map((data) => ({ type: 'TXT', name, data }) as const),
  });
const failureOf = (stream: Parameters<typeof lastValueFrom>[0]) =>
  lastValueFrom(stream).then(
    () => 'none',
    (error: { failure?: string }) => error.failure ?? String(error),
  );

describe('dnsExchange', () => {
  it('sends the message as it is and emits the answer', async () => {
    const { server, queries } = await nameServer((query) => [answerTo(query)]);
    const { answers } = await lastValueFrom(dnsExchange(server, question));
    expect(answers).toHaveLength(1);
    expect(queries.map(({ bytes }) => bytes)).toEqual([question]);
  });

  it('ignores datagrams that answer another message', async () => {
    const { server } = await nameServer((query) => [
      Buffer.from('no message'),
      answerTo(query, { id: 1 }),
      query.bytes,
      answerTo(query, { values: ['right'] }),
    ]);
    const { answers } = await lastValueFrom(dnsExchange(server, question));
    expect(answers).toHaveLength(1);
  });

  it('asks again over TCP where the answer does not fit', async () => {
    const values = Array.from({ length: 40 }, (_, index) => `value ${index} ${'x'.repeat(40)}`);
    const { server, queries } = await nameServer((query) =>
      query.transport === 'udp' ? [answerTo(query, { flags: 0x0200 })] : [framed(answerTo(query, { values }))],
    );
    const { answers } = await lastValueFrom(dnsExchange(server, question));
    expect(answers).toHaveLength(40);
    expect(queries.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });

  it('reads an answer that comes octet by octet', async () => {
    const { server } = await nameServer((query) => [...framed(answerTo(query))].map((octet) => Buffer.from([octet])));
    const { answers } = await lastValueFrom(dnsExchange(server, question, { transport: 'tcp' }));
    expect(answers).toHaveLength(1);
  });

  it.each<[string, string, 'udp' | 'tcp', (query: Query) => Buffer[]]>([
    ['malformed', 'is longer than allowed', 'tcp', (query) => [framed(answerTo(query), 60_000)]],
    ['malformed', 'is about something else', 'tcp', (query) => [framed(answerTo(query, { id: 1 }))]],
    ['malformed', 'is no message', 'udp', (query) => [answerTo(query).subarray(0, 30)]],
    ['malformed', 'is no message', 'tcp', (query) => [framed(answerTo(query).subarray(0, 30))]],
  ])('errors with %s where the answer %s, over %s (%#)', async (failure, _, transport, answer) => {
    const { server } = await nameServer(answer);
    expect(await failureOf(dnsExchange(server, question, { transport, timeoutMs: 2000 }))).toBe(failure);
  });

  it.each(['udp', 'tcp'] as const)('errors where nobody listens, over %s', async (transport) => {
    const port = await freePort();
    const server = { host: '127.0.0.1', port, label: 'it' };
    expect(await failureOf(dnsExchange(server, question, { transport }))).toBe('unreachable');
  });

  it('errors where the system has no way to the address, over udp', async () => {
    // Nobody may send there without asking for it, so the socket is refused before anything is sent.
    const server = { host: '255.255.255.255', port: 53, label: 'it' };
    expect(await failureOf(dnsExchange(server, question, { timeoutMs: 2000 }))).toBe('unreachable');
  });

  it.each(['udp', 'tcp'] as const)(
    'gives up by the scheduler, and sends a datagram again before, over %s',
    async (transport) => {
      const { server, queries } = await nameServer(() => []);
      const scheduler = new VirtualTimeScheduler();
      const failure = failureOf(dnsExchange(server, question, { transport, timeoutMs: 5000, scheduler }));
      await until(() => queries.length > 0);
      scheduler.flush();
      expect(await failure).toBe('no-answer');
      expect(scheduler.now()).toBe(5000);
      expect(queries.length).toBeLessThanOrEqual(4);
    },
  );

  it.each(['udp', 'tcp'] as const)(
    'leaves no socket and no timer when it is unsubscribed, over %s',
    async (transport) => {
      const { server, open, queries } = await nameServer(() => []);
      const own = await settled();
      for (let turns = 0; turns < 12; turns++) {
        const subscription: Subscription = dnsExchange(server, question, { transport }).subscribe();
        for (let turn = 0; turn < turns ** 2; turn++) await new Promise((resolve) => setImmediate(resolve));
        subscription.unsubscribe();
        await until(() => held().join() === own.join(), 500);
        expect(held()).toEqual(own);
      }
      expect(queries.length).toBeGreaterThan(0);
      await until(() => open() === 0);
      expect(open()).toBe(0);
    },
  );
});

describe('ask', () => {
  it('does not take the answer to another question', async () => {
    const { server } = await nameServer((query) => [answerTo(query, { name: 'b.test' })]);
    expect(await failureOf(ask(server, 'a.test', 'TXT'))).toBe('malformed');
    const fine = await nameServer((query) => [answerTo(query, { name: 'A.TEST' })]);
    expect(await failureOf(ask(fine.server, 'a.test', 'TXT'))).toBe('none');
  });

  it.each<[number, string]>([
    [1, 'other'],
    [2, 'server-failure'],
    [3, 'no-such-name'],
    [5, 'refused'],
    [9, 'not-authoritative'],
    [15, 'other'],
  ])('errors for the response code %d: %s', async (rcode, failure) => {
    const { server } = await nameServer((query) => [answerTo(query, { flags: rcode, values: [] })]);
    expect(await failureOf(ask(server, 'a.test', 'TXT'))).toBe(failure);
  });

  it.each(['a..test', `${'x'.repeat(64)}.test`, `${'x.'.repeat(140)}test`])(
    'sends no name that does not fit: %s',
    async (name) => {
      const { server, queries } = await nameServer(() => []);
      await expect(lastValueFrom(ask(server, name, 'TXT'))).rejects.toMatchObject({ code: 'input' });
      expect(queries).toEqual([]);
    },
  );
});
