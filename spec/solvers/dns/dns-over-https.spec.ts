import fc from 'fast-check';
import { defer, EMPTY, from, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeDnsError } from '../../../lib/model/errors/dns-error.js';
import type { AcmeHttpRequest, AcmeTransport } from '../../../lib/model/ports.js';
import { dohAnswer } from '../../../lib/solvers/dns/doh-answer.js';
import { dnsOverHttps } from '../../../lib/solvers/dns/dns-over-https.js';
import { done } from '../../support/done.js';
import { completed, errorOf, virtualTime } from '../../support/virtual-time.js';
import { recordOf } from './records.js';

const encoded = (body: unknown) => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
const txt = (...data: string[]) => ({
  Status: 0,
  Answer: data.map((each) => ({ name: 'a.', type: 16, TTL: 5, data: each })),
});
const endpoint = 'https://doh.example/dns-query';

/** Endpoints that give these answers, one after another, the last for ever. */
function transportOf(...answers: readonly { status?: number; body: unknown }[]) {
  const requests: AcmeHttpRequest[] = [];
  const transport: AcmeTransport = (request) =>
    defer(() => {
      const { status = 200, body } = answers[Math.min(requests.push(request), answers.length) - 1] ?? { body: '' };
      return of({ status, headers: {}, body: encoded(body) });
    });
  return { requests, transport };
}

describe('dnsOverHttps', () => {
  it('asks for JSON, first after 5 s, and sees the value among its siblings', () =>
    virtualTime((time) => {
      const { requests, transport } = transportOf({ body: txt() }, { body: txt('"sib" "ling"', '"value"') });
      const check = dnsOverHttps({ endpoints: [endpoint], transport, scheduler: time.scheduler, jitter: 0 });
      const { values } = completed(time, from(check.seen(recordOf())));
      expect(values.map(({ seen }) => seen)).toEqual([0, 1]);
      expect(time.scheduler.now()).toBe(7000);
      expect(requests).toHaveLength(2);
      expect(requests[0]).toMatchObject({
        method: 'GET',
        url: `${endpoint}?name=_acme-challenge.example.org&type=TXT`,
        headers: { accept: 'application/dns-json' },
      });
      expect(check.remembersAbsence).toBe(true);
    }));

  it('asks two public endpoints where it is given none', () =>
    virtualTime((time) => {
      const { requests, transport } = transportOf({ body: txt('"value"') });
      completed(time, from(dnsOverHttps({ transport, scheduler: time.scheduler }).seen(recordOf())));
      expect(requests.map(({ url }) => new URL(url).host).sort()).toEqual(['cloudflare-dns.com', 'dns.google']);
    }));

  it.each<[string, { status?: number; body: unknown }, RegExp]>([
    ['NXDOMAIN', { body: { Status: 3, Authority: [{ type: 6, data: 'ns. admin. 1 2 3 4 300' }] } }, /NXDOMAIN.*300 s/],
    ['SERVFAIL', { body: { Status: 2 } }, /SERVFAIL/],
    ['REFUSED', { body: { Status: 5 } }, /REFUSED/],
    ['NODATA', { body: { Status: 0 } }, /no TXT record/],
    ['HTTP 503', { status: 503, body: '' }, /503/],
    ['HTML', { body: '<html>' }, /no DNS answer in JSON/],
    ['a body without end', { body: 'x'.repeat(70_000) }, /larger/],
  ])('goes on where it gets %s, and says so in the end', (_, answer, message) =>
    virtualTime((time) => {
      const { scheduler } = time;
      const { transport } = transportOf(answer);
      const check = dnsOverHttps({ endpoints: [endpoint], transport, scheduler, timeoutMs: 9000 });
      expect(String(errorOf(time, from(check.seen(recordOf()))))).toMatch(message);
      expect(time.timers()).toBe(0);
    }),
  );

  it.each<[string, AcmeTransport]>([
    ['does not answer', () => NEVER],
    ['completes without an answer', () => EMPTY],
  ])('does not wait for ever for a transport that %s', (_, transport) =>
    virtualTime((time) => {
      const { scheduler } = time;
      const check = dnsOverHttps({ endpoints: [endpoint], transport, scheduler, timeoutMs: 9000 });
      expect(String(errorOf(time, from(check.seen(recordOf()))))).toMatch(/no answer/);
      expect(scheduler.now()).toBeLessThan(30_000);
    }),
  );

  it('follows aliases one by one', async () => {
    const { requests, transport } = transportOf(
      { body: { Status: 0, Answer: [{ type: 5, data: 'Proof.acme.example.' }] } },
      { body: { Status: 3 } },
    );
    const check = dnsOverHttps({ endpoints: [endpoint], transport });
    expect(await done(check.canonicalName?.('_acme-challenge.example.org') ?? [])).toEqual(['proof.acme.example']);
    expect(requests.map(({ url }) => new URL(url).search)).toEqual([
      '?name=_acme-challenge.example.org&type=CNAME',
      '?name=proof.acme.example&type=CNAME',
    ]);
  });

  it.each<[unknown]>([[[]], [['http://doh.example/']], [['doh.example']], ['https://doh.example/']])(
    'refuses the endpoints %j',
    (endpoints) => {
      expect(() => dnsOverHttps({ endpoints: endpoints as never })).toThrow(TypeError);
    },
  );
});

describe('dohAnswer', () => {
  it('reads any JSON, or throws an error of the DNS', () => {
    const hostile = fc.oneof(
      fc.jsonValue(),
      fc.record({
        Status: fc.oneof(fc.constant(0), fc.jsonValue()),
        Answer: fc.jsonValue(),
        Authority: fc.jsonValue(),
      }),
      fc.record({
        Status: fc.constant(0),
        Answer: fc.array(fc.record({ type: fc.jsonValue(), data: fc.jsonValue() })),
      }),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        try {
          for (const { type, data } of dohAnswer(encoded(JSON.stringify(value)), 'it')) {
            expect([typeof type, typeof data]).toEqual(['number', 'string']);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(AcmeDnsError);
        }
      }),
    );
  });

  it('reads any bytes, or throws an error of the DNS', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => dohAnswer(bytes, 'it')).toThrow(AcmeDnsError);
      }),
    );
  });
});
