import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Server } from 'node:net';
import { firstValueFrom, from, of } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { http01Check } from '../../lib/node/http01-check.js';
import type { SelfCheckNetwork } from '../../lib/node/self-check-network.js';
import type { SelfCheckLook } from '../../lib/solvers/self-check.js';
import { covers } from '../support/covers.js';
import { freePort } from '../support/free-port.js';
import { hasIpv6, withIpv6 } from '../support/ipv6.js';
import { makeServerCertificate, type ServerCertificate } from '../support/server-certificate.js';
import { record } from '../support/virtual-time.js';
import { taskOf } from '../solvers/tasks.js';

covers('http01');

const token = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';
const keyAuthorization = `${token}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI`;
const path = `/.well-known/acme-challenge/${token}`;
const task = taskOf({ type: 'http-01', token, keyAuthorization });
const right: RequestListener = (_, response) => response.end(keyAuthorization);

async function port(server: Server, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(0, host), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const serving = (listener: RequestListener) => port(createServer(listener));
const look = (network: SelfCheckNetwork, of_ = task): Promise<SelfCheckLook> =>
  firstValueFrom(from(http01Check({ hosts: { '*': '127.0.0.1' }, ...network })(of_)));

describe('http01Check', () => {
  it('passes where the answer is right, white space at its end left out', async () => {
    const seen: string[] = [];
    const httpPort = await serving((request, response) => {
      seen.push(`${request.method ?? ''} ${request.headers.host ?? ''} ${request.url ?? ''}`);
      response.end(`${keyAuthorization}\r\n \t`);
    });
    expect(await look({ httpPort })).toEqual({ passed: true });
    expect(seen).toEqual([`GET example.org ${path}`]);
  });

  it('shows what was there instead, and no secret', async () => {
    for (const [listener, found] of [
      [(_, response) => response.writeHead(404).end(), 'status 404, not 200'],
      [(_, response) => response.end('<html>'), 'another answer, "<html>"'],
      [(_, response) => response.end(`x${keyAuthorization}`), 'another answer, "x<key authorization>"'],
      [(_, response) => response.end(`${token}.other`), 'another answer, "<token>.other"'],
      [(_, response) => response.end(`${'x'.repeat(70)}${keyAuthorization}`), 'another answer, "xxx'],
      [(_, response) => response.end('x'.repeat(9_000)), 'another answer, "xxx'],
      [(_, response) => response.end('\u001b[31m'), 'another answer, "\\u001b[31m"'],
      [(request) => request.socket.destroy(), 'example.org at 127.0.0.1'],
    ] as [RequestListener, string][]) {
      const seen = await look({ httpPort: await serving(listener) });
      expect(seen.passed).toBe(false);
      expect(seen.found).toContain(found);
      expect(seen.found).not.toContain(token.slice(0, 10));
      expect((seen.found ?? '').length).toBeLessThan(200);
    }
  });

  it('stops reading what does not end', async () => {
    const httpPort = await serving((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      };
      response.on('drain', more);
      more();
    });
    expect((await look({ httpPort })).found).toContain('another answer');
  });

  describe('redirects', () => {
    let certificate: ServerCertificate;
    beforeAll(async () => {
      certificate = await makeServerCertificate();
    });

    it('are followed to HTTPS with a certificate that nobody trusts, to another host', async () => {
      const seen: string[] = [];
      const tls = createHttpsServer(
        { cert: certificate.certificatePem, key: certificate.keyPem },
        (request, response) => {
          seen.push(`${request.headers.host ?? ''} ${request.url ?? ''}`);
          right(request, response);
        },
      );
      const tlsPort = await port(tls);
      const httpPort = await serving((request, response) =>
        response.writeHead(301, { location: `https://www.example.org/moved${request.url ?? ''}` }).end(),
      );
      expect(await look({ httpPort, tlsPort })).toEqual({ passed: true });
      expect(seen).toEqual([`www.example.org /moved${path}`]);
    });

    it('are followed ten times and not eleven', async () => {
      const times = (count: number): RequestListener => {
        let left = count;
        return (request, response) =>
          left-- > 0 ? response.writeHead(302, { location: `/${left}` }).end() : right(request, response);
      };
      expect(await look({ httpPort: await serving(times(10)) })).toEqual({ passed: true });
      expect((await look({ httpPort: await serving(times(11)) })).found).toContain('more than 10 redirects');
    });

    it.each([
      ['http://example.org:8080/', 'port 8080, where only 80 and 443'],
      ['ftp://example.org/', 'neither http nor https'],
      ['http://', 'a redirect to nowhere'],
      ['', 'a redirect to nowhere'],
    ])('to %s are not', async (location, found) => {
      const httpPort = await serving((_, response) => response.writeHead(307, { location }).end());
      expect((await look({ httpPort })).found).toContain(found);
    });

    it('to a port that is named are followed where it is the usual one', async () => {
      const httpPort = await serving((request, response) =>
        request.url === '/there'
          ? right(request, response)
          : response.writeHead(308, { location: `http://example.org:${String(httpPort)}/there` }).end(),
      );
      expect(await look({ httpPort })).toEqual({ passed: true });
    });
  });

  it(`asks ${withIpv6}: the first that can be reached`, async () => {
    const server = createServer(right);
    const httpPort = await port(server, hasIpv6 ? '::1' : '127.0.0.1');
    const all = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
    expect(await look({ httpPort, hosts: { 'example.org': all } })).toEqual({ passed: true });
    const four = createServer(right);
    const fourPort = await port(four);
    expect(await look({ httpPort: fourPort, hosts: { '*': ['::1', '127.0.0.1'] } })).toEqual({ passed: true });
    const identifier = { type: 'ip', value: hasIpv6 ? '::1' : '127.0.0.1' };
    expect(await look({ httpPort, hosts: {} }, taskOf({ ...task, identifier }))).toEqual({ passed: true });
  });

  it('does not go to IPv4 where IPv6 answers wrong: nor does an authority', async () => {
    if (!hasIpv6) return;
    const wrong = createServer((_, response) => response.end('wrong'));
    const httpPort = await port(wrong, '::1');
    const other = createServer(right);
    await once(other.listen(httpPort, '127.0.0.1'), 'listening');
    onTestFinished(() => void other.close());
    expect((await look({ httpPort, hosts: { '*': ['127.0.0.1', '::1'] } })).found).toContain('"wrong"');
  });

  it('finds hosts as it is told', async () => {
    const httpPort = await serving(right);
    const asked: string[] = [];
    const lookup = (host: string) => (asked.push(host), of(['127.0.0.1']));
    expect(await firstValueFrom(from(http01Check({ httpPort, lookup })(task)))).toEqual({ passed: true });
    expect(asked).toEqual(['example.org']);
    const none = await firstValueFrom(from(http01Check({ lookup: () => of([]) })(task)));
    expect(none).toEqual({ passed: false, found: 'example.org has no address' });
    const unknown = taskOf({ ...task, identifier: { type: 'dns', value: 'nowhere.invalid' } });
    expect((await firstValueFrom(from(http01Check()(unknown)))).found).toContain('nowhere.invalid');
  });

  it('says where nobody listens', async () => {
    const httpPort = await freePort();
    expect((await look({ httpPort })).found).toContain(`127.0.0.1 port ${String(httpPort)}: connect ECONNREFUSED`);
  });

  it('cuts its connection when it is left', async () => {
    const silent = createNetServer();
    const accepted = once(silent, 'connection') as Promise<[import('node:net').Socket]>;
    const httpPort = await port(silent);
    const looking = record(from(http01Check({ httpPort, hosts: { '*': '127.0.0.1' } })(task)));
    const [socket] = await accepted;
    looking.unsubscribe();
    socket.resume();
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(looking).toMatchObject({ values: [], isComplete: false });
  });

  it('passes what it knows nothing of', async () => {
    expect(await look({ httpPort: 1 }, taskOf({ type: 'dns-01' }))).toEqual({ passed: true });
  });
});
