import { describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { dnsResponder } from '../support/dns-responder.js';
import { proofCertificate } from '../support/tls-alpn01.js';
import { keyAuthorization, token, validating } from '../support/validating.js';
import { answering, type Page, webResponder } from '../support/web-responder.js';

const path = `/.well-known/acme-challenge/${token}`;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n';

async function outcomeOf(page: Page, value = 'example.org') {
  const { port, requests } = await webResponder(page);
  return { problem: await validating('http-01', value, { httpPort: port }), requests };
}

describe('http-01', () => {
  it.each(['', '\n', '\r\n \t\n'])('takes the key authorization, followed by %j', async (end) => {
    const { problem, requests } = await outcomeOf(answering(keyAuthorization + end));
    expect(problem).toBeUndefined();
    expect(requests).toEqual([`example.org ${path}`]);
  });

  it.each([
    ['192.0.2.9', `192.0.2.9 ${path}`],
    ['2001:db8::9', `[2001:db8::9] ${path}`],
  ])('asks for %s as for a host', async (value, request) => {
    const { problem, requests } = await outcomeOf(answering(keyAuthorization), value);
    expect({ problem, requests }).toEqual({ problem: undefined, requests: [request] });
  });

  it.each([
    ['something else', answering('something else'), /the answer is "something else", not the key authorization/],
    ['white space in front', answering(` ${keyAuthorization}`), /not the key authorization/],
    ['more behind it', answering(`${keyAuthorization}x`), /not the key authorization/],
    ['nothing', answering(''), /the answer is ""/],
    ['odd characters', answering('\u001b[2Jä'.repeat(99)), /the answer is "[\x20-\x7e]+…"/],
    ['a page that never ends', endless, /not the key authorization/],
    ['another status', answering(keyAuthorization, 404), /has status 404, not 200/],
    ['a redirect to nowhere', answering('', 302), /a redirect to nowhere/],
    ['a redirect to no URL', answering('', 302, { location: 'http://[' }), /a redirect to "http:/],
    ['a redirect elsewhere', answering('', 302, { location: 'ftp://x/' }), /"ftp:", which is neither http nor https/],
  ])('refuses %s', async (_, page, detail) => {
    const { problem } = await outcomeOf(page);
    expect(problem).toMatchObject({ type: 'unauthorized', status: 403, detail: expect.stringMatching(detail) });
  });

  it('says where it could not connect', async () => {
    const httpPort = await freePort();
    expect(await validating('http-01', 'example.org', { httpPort })).toMatchObject({
      type: 'connection',
      status: 400,
      detail: expect.stringMatching(
        new RegExp(`^http://example.org${path} at 127.0.0.1 port ${httpPort}: .*ECONNREFUSED`),
      ),
    });
  });

  it.each([
    ['breaks the connection', ((_, response) => response.destroy()) as Page],
    ['breaks it in the answer', ((_, response) => cut(response)) as Page],
    ['goes on in another protocol', (({ socket }) => socket.end(switching)) as Page],
  ])('says when the server %s', async (_, page) => {
    const { problem } = await outcomeOf(page);
    expect(problem).toMatchObject({ type: 'connection', detail: expect.stringContaining('example.org') });
  });

  it('does not wait for ever, and then cuts the connection', async () => {
    const { port, open } = await webResponder((_, response) => response.writeHead(200).write('a'));
    const problem = await validating('http-01', 'example.org', { httpPort: port, validationTimeoutMs: 100 });
    expect(problem).toEqual({ type: 'connection', detail: 'no outcome within 100 ms', status: 400 });
    await expect.poll(open).toBe(0);
  });
});

describe('redirects', () => {
  it('are followed, the usual ports being those that were given', async () => {
    const { cert, key } = await proofCertificate('DNS:other.test', '');
    const secure = await webResponder(answering(keyAuthorization), { cert, key });
    const page: Page = ({ url }, response) => {
      const location = url === path ? '/second' : 'https://other.test:443/third?x=1';
      response.writeHead(url === path ? 301 : 308, { location }).end();
    };
    const plain = await webResponder(page);
    const ports = { httpPort: plain.port, tlsPort: secure.port };
    expect(await validating('http-01', 'example.org', ports)).toBeUndefined();
    expect(plain.requests).toEqual([`example.org ${path}`, 'example.org /second']);
    expect(secure.requests).toEqual(['other.test /third?x=1']);
  });

  it('are not followed to other ports, as by public authorities', async () => {
    const other = await webResponder(answering(keyAuthorization));
    const { problem } = await outcomeOf(answering('', 307, { location: `http://a.test:${other.port}/x` }));
    expect(problem).toMatchObject({
      type: 'connection',
      detail: expect.stringContaining(`a redirect to port ${other.port}, where only 80 and 443 are followed`),
    });
    expect(other.requests).toEqual([]);
  });

  it('may name the ports that were given', async () => {
    const other = await webResponder(answering(keyAuthorization));
    const plain = await webResponder(({ url }, response) => {
      const location = url === path ? `http://a.test:${plain.port}/x` : `http://a.test:${other.port}/y`;
      response.writeHead(307, { location }).end();
    });
    const ports = { httpPort: plain.port, tlsPort: other.port };
    expect(await validating('http-01', 'example.org', ports)).toBeUndefined();
    expect(other.requests).toEqual([`a.test:${other.port} /y`]);
  });

  it('are followed ten times', async () => {
    const page: Page = ({ url = '' }, response) => {
      const count = Number(url.slice(1)) || 0;
      if (count < 10) response.writeHead(302, { location: `/${count + 1}` }).end();
      else response.end(keyAuthorization);
    };
    const { problem, requests } = await outcomeOf(page);
    expect({ problem, count: requests.length }).toEqual({ problem: undefined, count: 11 });
    const endlessly = await outcomeOf(answering('', 302, { location: '/' }));
    expect(endlessly.problem).toMatchObject({ type: 'connection', detail: expect.stringContaining('10 redirects') });
    expect(endlessly.requests).toHaveLength(11);
  });
});

describe('the address of a name', () => {
  it('is the one that was given for it, or for all others', async () => {
    const { port: httpPort } = await webResponder(answering(keyAuthorization));
    const hosts = { 'example.org': '127.0.0.1', '*': '127.0.0.3' };
    expect(await validating('http-01', 'example.org', { httpPort, hosts })).toBeUndefined();
    const other = await validating('http-01', 'www.example.org', { httpPort, hosts });
    expect(other?.detail).toContain('at 127.0.0.3 port');
  });

  it('is what the name server says', async () => {
    const { port: httpPort } = await webResponder(answering(keyAuthorization));
    const { server, zone, questions } = await dnsResponder();
    const ask = () => validating('http-01', 'example.org', { httpPort, dnsServers: [server] });
    zone.set('example.org', { a: ['127.0.0.1'] });
    expect(await ask()).toBeUndefined();
    expect([...questions].sort()).toEqual(['A example.org', 'AAAA example.org']);
    zone.set('example.org', {});
    expect(await ask()).toMatchObject({ type: 'dns', detail: 'looking up the address of example.org: it has none' });
    zone.delete('example.org');
    expect(await ask()).toMatchObject({ type: 'dns', detail: expect.stringContaining('there is no such name') });
    zone.set('example.org', 'fails');
    expect(await ask()).toMatchObject({ type: 'dns', detail: expect.stringContaining('the name server failed') });
  });

  it('of an address is itself, where nothing else was given', async () => {
    const { port: httpPort } = await webResponder(answering(keyAuthorization));
    const hosts = { 'example.org': '127.0.0.3' };
    expect(await validating('http-01', '127.0.0.1', { httpPort, hosts })).toBeUndefined();
    const { server, questions } = await dnsResponder();
    expect(await validating('http-01', '127.0.0.1', { httpPort, dnsServers: [server] })).toBeUndefined();
    expect(questions).toEqual([]);
  });

  it('is what the system says, where nothing was given', async () => {
    const { port: httpPort } = await webResponder(answering(keyAuthorization));
    expect(await validating('http-01', 'localhost', { httpPort, hosts: {} })).toBeUndefined();
    const none = await validating('http-01', 'nowhere.invalid', { httpPort, hosts: {} });
    expect(none).toMatchObject({ type: 'dns', detail: expect.stringContaining('looking up the address of nowhere') });
  });
});

function endless(_: unknown, response: Parameters<Page>[1]): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(1000)));
  };
  response.on('drain', more);
  more();
}

function cut(response: Parameters<Page>[1]): void {
  response.writeHead(200, { 'content-length': 100 });
  response.write('a', () => response.destroy());
}
