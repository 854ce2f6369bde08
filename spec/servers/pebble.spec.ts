import { Resolver } from 'node:dns/promises';
import { Agent, request } from 'node:https';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { plainRequest } from '../support/http-request.js';
import { startPebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';

/** Ports handed out before any free one. */
const forced = vi.hoisted((): number[] => []);
vi.mock('../support/free-port.js', async (original) => {
  const { freePort } = await original<typeof import('../support/free-port.js')>();
  return { freePort: async () => forced.shift() ?? (await freePort()) };
});

describeWithPebble('a Pebble of our own', { hosts: { 'elsewhere.test': '127.0.0.9' } }, (get) => {
  it('serves a directory whose URLs lead to the same port', async () => {
    const { directoryUrl, caPem } = get();
    const { status, body } = await plainRequest(directoryUrl, { ca: caPem });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      newNonce: new URL('/nonce-plz', directoryUrl).href,
      newOrder: new URL('/order-plz', directoryUrl).href,
    });
  });

  it('is not trusted without its root', async () => {
    await expect(plainRequest(get().directoryUrl)).rejects.toThrow(/certificate/);
  });

  it('has seen each request by the time its response is here', async () => {
    const { directoryUrl, caPem, requests, resetLog } = get();
    resetLog();
    expect(requests()).toEqual([]);
    await plainRequest(directoryUrl, { ca: caPem });
    await plainRequest(new URL('/nonce-plz', directoryUrl).href, { ca: caPem, method: 'HEAD' });
    await plainRequest(new URL('/my-order/17', directoryUrl).href, { ca: caPem, method: 'POST' });
    expect(requests()).toEqual([
      { method: 'GET', path: '/dir' },
      { method: 'HEAD', path: '/nonce-plz' },
      { method: 'POST', path: '/my-order/' },
    ]);
  });

  it('counts connections, not requests', async () => {
    const { directoryUrl, caPem, tlsConnections, openConnections } = get();
    const before = tlsConnections();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: caPem });
    for (let i = 0; i < 3; i++) await drain(directoryUrl, agent);
    expect(tlsConnections() - before).toBe(1);
    await expect.poll(openConnections).toBe(1);
    agent.destroy();
    await expect.poll(openConnections).toBe(0);
    await plainRequest(directoryUrl, { ca: caPem });
    expect(tlsConnections() - before).toBe(2);
  });

  it('adds and removes TXT records one value at a time', async () => {
    const { dns } = get();
    const name = '_acme-challenge.example.test';
    await Promise.all(['a', 'b', 'c', 'b'].map((value) => dns.addTxt(name, value)));
    expect(await lookUpTxt(dns.server, name)).toEqual(['a', 'b', 'c']);
    await dns.removeTxt(`${name.toUpperCase()}.`, 'b');
    await dns.removeTxt(name, 'never added');
    expect(dns.txt(name)).toEqual(['a', 'c']);
    expect(await lookUpTxt(dns.server, name)).toEqual(['a', 'c']);
    await dns.removeTxt(name, 'a');
    await dns.removeTxt(name, 'c');
    expect(dns.txt(name)).toEqual([]);
    expect(await lookUpTxt(dns.server, name)).toEqual([]);
  });

  it('never hides the other TXT values while it removes one', async () => {
    const { dns } = get();
    const name = '_acme-challenge.busy.test';
    await dns.addTxt(name, 'stays');
    const seen: string[][] = [];
    let changing = true;
    const change = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) {
        await dns.addTxt(name, `goes-${String(i)}`);
        await dns.removeTxt(name, `goes-${String(i)}`);
      }
    };
    const look = async (): Promise<void> => {
      while (changing) seen.push(await lookUpTxt(dns.server, name));
    };
    await Promise.all([change().finally(() => (changing = false)), look()]);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((values) => !values.includes('stays'))).toEqual([]);
    expect(await lookUpTxt(dns.server, name)).toEqual(['stays']);
  });

  it('has a zone that can be bent', async () => {
    const { dns } = get();
    const resolver = resolverOf(dns.server);
    expect(await resolver.resolve4('any.test')).toEqual(['127.0.0.1']);
    expect(await resolver.resolve4('elsewhere.test')).toEqual(['127.0.0.9']);
    await dns.setA('moved.test', '127.0.0.2', '127.0.0.3');
    await dns.setA('moved.test', '127.0.0.4');
    expect(await resolver.resolve4('moved.test')).toEqual(['127.0.0.4']);
    await dns.setA('moved.test');
    expect(await resolver.resolve4('moved.test')).toEqual(['127.0.0.1']);
    await dns.setServfail('broken.test');
    await expect(resolver.resolve4('broken.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await dns.setServfail('broken.test', false);
    expect(await resolver.resolve4('broken.test')).toEqual(['127.0.0.1']);
    await dns.addTxt('validation.other.test', 'delegated');
    await dns.setCname('_acme-challenge.delegating.test', 'validation.other.test');
    expect(await lookUpTxt(dns.server, '_acme-challenge.delegating.test')).toEqual(['delegated']);
  });

  it('hands out the root that issues, which is not the one of its HTTPS port', async () => {
    const root = await get().issuerRootsPem();
    expect(root).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(root).not.toBe(get().caPem);
    await expect(get().issuerRootsPem(1)).rejects.toThrow('404');
  });

  it('starts again in the same place with nothing remembered', async () => {
    const pebble = get();
    const root = await pebble.issuerRootsPem();
    const [oldPid] = pebble.pids();
    pebble.resetLog();
    await pebble.restart();
    expect(pebble.pids()[0]).not.toBe(oldPid);
    expect(pebble.requests()).toEqual([]);
    expect((await plainRequest(pebble.directoryUrl, { ca: pebble.caPem })).status).toBe(200);
    expect(await pebble.issuerRootsPem()).not.toBe(root);
  });
});

describeWithPebble(
  'a Pebble set up otherwise',
  {
    env: { PEBBLE_ALTERNATE_ROOTS: '1' },
    profiles: {
      long: { description: 'long', validitySeconds: 86_400 },
      short: { description: 'short', validitySeconds: 3600 },
    },
    externalAccountBinding: {
      macKeys: { 'kid-1': 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' },
    },
  },
  (get) => {
    it('says so in its directory', async () => {
      const { body } = await plainRequest(get().directoryUrl, { ca: get().caPem });
      expect(JSON.parse(body)).toMatchObject({ meta: { externalAccountRequired: true } });
    });

    it('has the alternate root', async () => {
      expect(await get().issuerRootsPem(1)).not.toBe(await get().issuerRootsPem());
    });
  },
);

describeWithPebble('the end of a Pebble', {}, (get) => {
  it('leaves no process and no listener, and may be asked for twice', async () => {
    const pebble = get();
    const pids = pebble.pids();
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual(pids);
    await plainRequest(pebble.directoryUrl, { ca: pebble.caPem });

    await Promise.all([pebble.stop(), pebble.stop()]);
    await pebble.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(plainRequest(pebble.directoryUrl, { ca: pebble.caPem })).rejects.toThrow('ECONNREFUSED');
    expect(pebble.requests()).toEqual([{ method: 'GET', path: '/dir' }]);
  });

  it('does not wait for clients that stay connected', async () => {
    const pebble = await startPebble();
    const client = connect(Number(new URL(pebble.directoryUrl).port), '127.0.0.1');
    const closed = new Promise((resolve) => client.on('error', resolve).on('close', resolve));
    await expect.poll(pebble.openConnections).toBe(1);
    await pebble.stop();
    await closed;
  });
});

describeWithPebble('a Pebble that loses a port', {}, (get) => {
  it('is started on others', async () => {
    expect(get().pids()).toHaveLength(2);
    const winner = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(winner, 'listening');
    const { port } = winner.address() as AddressInfo;
    forced.push(port);
    const pebble = await startPebble();
    expect(forced).toEqual([]);
    expect((await plainRequest(pebble.directoryUrl, { ca: pebble.caPem })).status).toBe(200);
    await pebble.stop();
    winner.close();
  });
});

describe('a Pebble that would accept anything', () => {
  it('is refused', async () => {
    await expect(startPebble({ env: { PEBBLE_VA_ALWAYS_VALID: '1' } })).rejects.toThrow(TypeError);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function resolverOf(server: string): Resolver {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([server]);
  return resolver;
}

async function lookUpTxt(server: string, name: string): Promise<string[]> {
  try {
    return (await resolverOf(server).resolveTxt(name)).map((chunks) => chunks.join('')).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENODATA') return [];
    throw error;
  }
}

async function drain(url: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const outgoing = request(url, { agent, headers: { 'User-Agent': 'rxacme-spec' } }, (incoming) => {
      incoming.resume().on('end', resolve).on('error', reject);
    });
    outgoing.on('error', reject).end();
  });
  await delay(1); // The agent takes the connection back in the next turn.
}
