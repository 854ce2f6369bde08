import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { EMPTY, firstValueFrom, lastValueFrom, Observable, of, throwError } from 'rxjs';
import {
  acmeSession,
  type AcmeHttpRequest,
  type AcmeTransport,
  fetchTransport,
  generateSigner,
  getDirectory,
  newAccount,
} from 'rxacme';
import { relayTransport } from 'rxacme/browser';
import { fakeCa } from 'rxacme/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acmeRelay } from '../../samples/relay/relay.js';

const origin = 'https://ca.test';

async function listening(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/relay`;
}

/** A relay whose authority is this transport, and what that was asked. */
async function relayTo(transport: AcmeTransport) {
  const asked: AcmeHttpRequest[] = [];
  const url = await listening(acmeRelay([origin], (request) => (asked.push(request), transport(request))));
  const send = (target: string, init: RequestInit = {}) => fetch(`${url}?url=${encodeURIComponent(target)}`, init);
  return { url, asked, send };
}

const answer: AcmeTransport = () =>
  of({
    status: 201,
    headers: { 'replay-nonce': 'n', location: '/1', link: '<a>', 'retry-after': '3', 'set-cookie': 'a=b', server: 'x' },
    body: new TextEncoder().encode('body'),
  });
const post = { method: 'POST', headers: { 'content-type': 'application/jose+json' }, body: '{"a": 1}' };
const asking = `?url=${encodeURIComponent(origin)} HTTP/1.1`;

describe('the relay of the samples', () => {
  it('hands on the bytes, and back the headers that pages need', async () => {
    const { asked, send } = await relayTo(answer);
    const response = await send(`${origin}/order?x=1`, post);
    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: `${origin}/order?x=1`,
        body: post.body,
        headers: { 'content-type': 'application/jose+json' },
      },
    ]);
    expect([response.status, await response.text()]).toEqual([201, 'body']);
    const names = ['replay-nonce', 'location', 'link', 'retry-after', 'set-cookie', 'server'];
    expect(names.map((name) => response.headers.get(name))).toEqual(['n', '/1', '<a>', '3', null, null]);
  });

  it.each<[number, string, string, RequestInit]>([
    [403, 'another origin', 'https://elsewhere.test/', {}],
    [403, 'an origin that begins alike', `${origin}.elsewhere.test/`, {}],
    [403, 'a user name that looks like one', 'https://ca.test@elsewhere.test/', {}],
    [403, 'another scheme', 'http://ca.test/', {}],
    [403, 'no URL', '', {}],
    [403, 'a page of another site', `${origin}/`, { headers: { 'sec-fetch-site': 'cross-site' } }],
    [405, 'another method', `${origin}/`, { method: 'DELETE' }],
    [415, 'what a form can send', `${origin}/`, { method: 'POST', body: 'a=b' }],
    [413, 'a body that is too large', `${origin}/`, { ...post, body: 'x'.repeat(65_537) }],
  ])('answers %d to %s, and asks nobody', async (status, _, target, init) => {
    const { asked, send } = await relayTo(answer);
    const response = await send(target, init);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining('by the relay')]);
    expect(asked).toEqual([]);
  });

  it.each([
    [411, 'a body whose length is not known', `POST /${asking}`, ['transfer-encoding: chunked']],
    [411, 'that of a GET, too', `GET /${asking}`, ['transfer-encoding: chunked']],
    [403, 'what names no URL at all', 'GET // HTTP/1.1', []],
  ])('answers %d to %s, and asks nobody', async (status, _, line, more) => {
    const { url, asked } = await relayTo(answer);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write([line, 'host: a', 'content-type: application/jose+json', ...more, '', ''].join('\r\n'));
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(String(data)).toMatch(`HTTP/1.1 ${status} `);
    expect(asked).toEqual([]);
  });

  it('hands on in which languages the page reads', async () => {
    const { asked, send } = await relayTo(answer);
    await send(`${origin}/`, { headers: { 'accept-language': 'cy', cookie: 'session=1', origin: 'https://app.test' } });
    expect(asked[0]?.headers).toEqual({ accept: '*/*', 'accept-language': 'cy', 'user-agent': 'acme-relay/1.0' });
  });

  it('keeps browsers from taking an answer for a page of its own origin, and from keeping it', async () => {
    const page = new TextEncoder().encode('<script>alert(1)</script>');
    const headers = { 'content-type': 'text/html', 'cache-control': 'max-age=1', 'content-security-policy': 'none' };
    const { send } = await relayTo(() => of({ status: 200, headers, body: page }));
    const response = await send(`${origin}/`);
    const names = ['content-type', 'cache-control', 'x-content-type-options', 'content-security-policy'];
    expect(names.map((name) => response.headers.get(name))).toEqual(['text/html', 'no-store', 'nosniff', 'sandbox']);
  });

  it.each<[string, AcmeTransport]>([
    ['cannot be reached', () => throwError(() => new Error('no way there'))],
    ['gives no answer', () => EMPTY],
    ['answers with what is no status', () => of({ status: 0, headers: {}, body: new Uint8Array() })],
    ['answers for the time being', () => of({ status: 101, headers: {}, body: new Uint8Array() })],
  ])('answers 502 where the authority %s, and says who does', async (_, transport) => {
    const { send } = await relayTo(transport);
    const response = await send(`${origin}/`);
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('the relay')]);
  });

  it('has what it refuses told from what the authority refuses', async () => {
    const { url } = await relayTo(answer);
    const transport = relayTransport({ url, transport: fetchTransport() });
    const session = acmeSession({ directoryUrl: 'https://elsewhere.test/directory', transport });
    await expect(lastValueFrom(getDirectory(session))).rejects.toThrow('refused by the relay of this page');
  });

  it('aborts the exchange when the page is left', async () => {
    const left = new AbortController();
    let over = () => undefined as void;
    const aborted = new Promise<void>((resolve) => (over = resolve));
    const { send } = await relayTo(() => {
      left.abort();
      return new Observable(() => over);
    });
    await expect(send(`${origin}/`, { ...post, signal: left.signal })).rejects.toThrow('aborted');
    await aborted;
  });

  it('carries an account to its authority, whose URL is the one that is signed', async () => {
    const ca = fakeCa({ origin });
    const { url, asked } = await relayTo(ca.transport);
    const session = acmeSession({
      directoryUrl: ca.directoryUrl,
      transport: relayTransport({ url, transport: fetchTransport() }),
    });
    const signer = await firstValueFrom(generateSigner());
    const account = await lastValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
    expect(account.url).toMatch(`${origin}/`);
    expect(asked.every((request) => request.url.startsWith(origin))).toBe(true);
  });
});
