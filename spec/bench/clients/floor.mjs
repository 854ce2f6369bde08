/**
 * The least that an ACME client can do: no library, no checks, no retries but of refused nonces. Everything that a
 * real client must do besides is what it costs more than this.
 */
import { Buffer } from 'node:buffer';
import { createPrivateKey, sign } from 'node:crypto';
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { certificateRequest } from './csr.mjs';
import { atATime, namesOf } from './order-sequence.mjs';

const maxInFlight = 16;

/** Sends by node:https, on connections that are kept. */
export function byHttps(ca) {
  const agent = new Agent({ keepAlive: true, ca });
  return (method, url, body) =>
    new Promise((resolve, reject) => {
      const headers = { 'user-agent': 'floor' };
      if (body !== undefined) {
        headers['content-type'] = 'application/jose+json';
        headers['content-length'] = Buffer.byteLength(body);
      }
      const outgoing = request(url, { method, agent, headers }, (incoming) => {
        const chunks = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('error', reject);
        // By then the connection is free for the next request.
        outgoing.on('close', () =>
          resolve({ status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(chunks).toString() }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

/** Sends by cross-fetch, what rxacme does on Node unless it is told otherwise. */
export async function byFetch() {
  const { default: fetch } = await import('cross-fetch');
  return async (method, url, body) => {
    const headers = { 'user-agent': 'floor', ...(body && { 'content-type': 'application/jose+json' }) };
    const response = await fetch(url, { method, headers, body, redirect: 'manual', compress: false });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
    };
  };
}

/** `post(url, payload, options)`, over a pool of nonces and a limit of requests in flight. */
async function poster(send, { directoryUrl, jwk, accountUrl }) {
  const key = { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const { kty, crv, x, y } = jwk;
  const directory = JSON.parse((await send('GET', directoryUrl)).text);
  const nonces = [];
  const waiting = [];
  let inFlight = 0;
  const encoded = (value) => Buffer.from(value).toString('base64url');
  const keep = ({ headers }) => headers['replay-nonce'] && nonces.push(headers['replay-nonce']);
  const attempt = async (url, payload) => {
    if (nonces.length === 0) keep(await send('GET', directory.newNonce));
    const by = accountUrl === undefined ? { jwk: { crv, kty, x, y } } : { kid: accountUrl };
    const header = encoded(JSON.stringify({ alg: 'ES256', ...by, nonce: nonces.pop(), url }));
    const body = payload === '' ? '' : encoded(JSON.stringify(payload));
    const signature = sign('sha256', Buffer.from(`${header}.${body}`), key).toString('base64url');
    const response = await send('POST', url, JSON.stringify({ protected: header, payload: body, signature }));
    keep(response);
    if (response.status < 300) return response;
    if (response.text.includes('badNonce')) return attempt(url, payload);
    throw new Error(`${url}: ${response.status} ${response.text}`);
  };
  const post = async (url, payload = '') => {
    while (inFlight >= maxInFlight) await new Promise((resolve) => waiting.push(resolve));
    inFlight++;
    try {
      return await attempt(url, payload);
    } finally {
      inFlight--;
      waiting.shift()?.();
    }
  };
  return { directory, post };
}

/** Makes an account; resolves to its URL. */
export async function newAccount(directoryUrl, jwk, ca) {
  const { directory, post } = await poster(byHttps(ca), { directoryUrl, jwk });
  return (await post(directory.newAccount, { termsOfServiceAgreed: true })).headers.location;
}

/** All certificates of a case. */
export async function run(job, transport = byHttps) {
  const { count, width, pace } = job;
  const send = await transport(undefined);
  return async () => {
    const { directory, post } = await poster(send, job);
    const postJson = async (url, payload) => JSON.parse((await post(url, payload)).text);
    const settled = async (url, until) => {
      for (let waitMs = pace.firstMs; ; waitMs = Math.min(pace.maxMs, waitMs * pace.factor)) {
        await delay(waitMs);
        const order = await postJson(url);
        if (order.status === 'invalid') throw new Error(`${url} is invalid`);
        if (until.includes(order.status)) return order;
      }
    };
    await atATime(count, width, async (index) => {
      const names = namesOf(index, job);
      const created = await post(directory.newOrder, {
        identifiers: names.map((value) => ({ type: 'dns', value })),
      });
      const order = JSON.parse(created.text);
      const { location } = created.headers;
      await Promise.all(
        order.authorizations.map(async (url) => {
          const { challenges } = await postJson(url);
          await post(challenges.find(({ type }) => type === 'http-01').url, {});
        }),
      );
      await settled(location, ['ready']);
      await post(order.finalize, { csr: certificateRequest(names).toString('base64url') });
      const { certificate } = await settled(location, ['valid']);
      await post(certificate);
    });
  };
}
