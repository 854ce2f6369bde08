import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeTransport } from '../../lib/node/node-transport.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { watchedAgent } from '../../lib/transport/watched-agent.js';
import { makeServerCertificate } from '../support/server-certificate.js';
import { response, type WireAnswer, wireServer } from '../wire/wire-server.js';

const whole: WireAnswer = (socket) => socket.write(response('hello'));
const cut: WireAnswer = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
const request = (origin: string) =>
  ({ method: 'GET', url: `${origin}/x`, headers: {}, maxResponseBytes: 1_000 }) as const;
const message = 'the connection ended before the answer did';

/** Asks by Node's own client, and tells what was heard when the connection's part in it is over. */
async function asked(answer: WireAnswer, given: unknown): Promise<{ readonly cuts: number; readonly agent: unknown }> {
  const server = await wireServer(answer);
  const onCut = vi.fn();
  const agent = watchedAgent(given, onCut)({ protocol: 'http:' }) as Agent;
  const outgoing = get(`${server.origin}/x`, { agent });
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.on('error', () => undefined).resume();
  await once(outgoing, 'close');
  return { cuts: onCut.mock.calls.length, agent: (outgoing as unknown as { agent: unknown }).agent };
}

describe('a watched agent', () => {
  const agent = new Agent({ keepAlive: true });
  afterEach(() => {
    agent.destroy();
  });

  it('tells once of an answer that was cut, and not of one that is whole', async () => {
    expect((await asked(cut, agent)).cuts).toBe(1);
    expect((await asked(whole, agent)).cuts).toBe(0);
  });

  it('does not tell of an answer without a length, which the connection’s end ends', async () => {
    expect((await asked((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'), agent)).cuts).toBe(0);
  });

  it('leaves the request with the agent itself', async () => {
    expect((await asked(whole, agent)).agent).toBe(agent);
    expect((await asked(whole, () => agent)).agent).toBe(agent);
  });

  it('stands in for Node’s own where none is given', async () => {
    expect((await asked(cut, undefined)).cuts).toBe(1);
    expect((await asked(cut, () => undefined)).cuts).toBe(1);
  });

  it.each([false, {}, 'an agent', 1])('is what is given where that is no agent: %j', (given) => {
    expect(watchedAgent(given, () => undefined)({ protocol: 'http:' })).toBe(given);
  });

  it('is none where there is no Node, or an older one', () => {
    for (const older of [undefined, {}]) {
      vi.stubGlobal('process', older);
      const made = watchedAgent(undefined, () => undefined)({ protocol: 'https:' });
      vi.unstubAllGlobals();
      expect(made).toBeUndefined();
    }
  });
});

describe('an answer that is cut', () => {
  it.each<[string, Record<string, unknown>]>([
    ['an agent', { agent: new Agent({ keepAlive: true }) }],
    ['a function for one', { agent: () => new Agent() }],
    ['nothing', {}],
  ])('is an error at once where the transport is given %s', async (_what, init) => {
    const server = await wireServer(cut);
    await expect(lastValueFrom(fetchTransport({ init })(request(server.origin)))).rejects.toThrow(message);
  });

  it('is an error at once over TLS too', async () => {
    const { caPem, certificatePem: cert, keyPem: key } = await makeServerCertificate();
    const server = await wireServer(cut, { cert, key });
    const transport = nodeTransport({ ca: caPem });
    await expect(lastValueFrom(transport(request(server.origin)))).rejects.toThrow(message);
    transport.close?.();
  });

  it('does not harm the next answer, which comes by another connection', async () => {
    const server = await wireServer((socket, seen, number) => {
      (number === 2 ? cut : whole)(socket, seen, number);
    });
    const ask = () => lastValueFrom(fetchTransport()(request(server.origin)));
    await ask();
    await expect(ask()).rejects.toThrow(message);
    await ask();
    expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });
});
