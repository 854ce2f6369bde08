import { firstValueFrom, from, lastValueFrom, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeInterceptor,
  type CertificateIssued,
  certificateId,
  getOrder,
  newOrder,
  renewalTime,
  renewCertificate,
  revokeCertificate,
  toCertificate,
  whenDue,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { plainRequest } from '../support/http-request.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { issued, obtain, openAccount, outcomeOf, problemType, quickPoll } from './support/client.js';
import { http01In } from './support/zone.js';

const dayMs = 24 * 3_600_000;

/** An account with one certificate, and what its requests for new orders came to. */
async function obtained(pebble: Pebble, name: string) {
  const orders: { readonly status: number; readonly type: string | undefined }[] = [];
  const watching: AcmeInterceptor = (request, next) =>
    next(request).pipe(
      tap(({ status, body }) => {
        if (!request.url.endsWith('/order-plz')) return;
        const { type } = JSON.parse(new TextDecoder().decode(body)) as { readonly type?: string };
        orders.push({ status, type });
      }),
    );
  const account = await openAccount(pebble, { interceptors: [watching] });
  const solvers = [http01In(pebble)];
  const first = issued(await obtain(account, { identifiers: [name], solvers }));
  orders.length = 0;
  const renewed = (certificate: Parameters<typeof renewCertificate>[1] = first) =>
    lastValueFrom(renewCertificate(account, certificate, { solvers, poll: quickPoll }).pipe(toCertificate()));
  return { account, first, orders, renewed, id: certificateId(first.certificate.leaf) ?? '' };
}

async function setRenewalInfo({ managementUrl, caPem }: Pebble, { certificate }: CertificateIssued, text: string) {
  const [leafPem = ''] = /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(certificate.chainPem) ?? [];
  const body = JSON.stringify({ certificate: leafPem, ariResponse: text });
  const { status } = await plainRequest(`${managementUrl}/set-renewal-info/`, { method: 'POST', ca: caPem, body });
  expect(status).toBe(200);
}

const windowText = (fromMs: number, toMs: number) =>
  JSON.stringify({
    suggestedWindow: { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() },
    explanationURL: 'https://ca.test/why',
  });

describeWithPebble('the renewal of a certificate of Pebble', {}, (get) => {
  covers('renewalInfo', 'replaces');

  describe('has a time', () => {
    it('in the window, right after it was issued', async () => {
      const { account, first } = await obtained(get(), 'time.test');
      const { renewAt, askAgainAt, source, window, error } = await firstValueFrom(renewalTime(account.session, first));
      expect([source, error]).toEqual(['renewal-info', undefined]);
      expect(renewAt.getTime()).toBeGreaterThanOrEqual(window?.startAt.getTime() ?? Infinity);
      expect(renewAt.getTime()).toBeLessThanOrEqual(window?.endAt.getTime() ?? 0);
      expect(Math.abs((askAgainAt?.getTime() ?? 0) - Date.now() - 6 * 3_600_000)).toBeLessThan(60_000);
    });

    it('that stays the same until the server moves the window, and says why', async () => {
      const pebble = get();
      const { account, first } = await obtained(pebble, 'moved.test');
      const ask = () => firstValueFrom(renewalTime(account.session, first));
      const before = await ask();
      expect((await ask()).renewAt).toEqual(before.renewAt);
      const startMs = Date.now() + 5 * dayMs;
      await setRenewalInfo(pebble, first, windowText(startMs, startMs + dayMs));
      const after = await ask();
      expect(after.explanationUrl).toBe('https://ca.test/why');
      expect(Math.abs(after.renewAt.getTime() - startMs - dayMs / 2)).toBeLessThanOrEqual(dayMs / 2);
      expect((await ask()).renewAt).toEqual(after.renewAt);
    });

    it.each([
      ['that ends before it begins', windowText(2_000, 1_000)],
      ['that is nothing of the kind', '{"suggestedWindow":{"start":"soon"}}'],
      ['that is not even JSON', 'moved permanently'],
    ])('by its lifetime where the window is one %s', async (_what, text) => {
      const pebble = get();
      const { account, first } = await obtained(pebble, 'broken.test');
      await setRenewalInfo(pebble, first, text);
      const { source, renewAt, error, askAgainAt } = await firstValueFrom(renewalTime(account.session, first));
      const { notBeforeAt, notAfterAt } = first.certificate.leaf;
      const lifetimeMs = notAfterAt.getTime() - notBeforeAt.getTime();
      const earlierMs = notAfterAt.getTime() - renewAt.getTime() - lifetimeMs / 3;
      expect([source, error?.code]).toEqual(['lifetime', 'protocol']);
      // Up to a hundredth of the lifetime earlier, so that not all are due at one moment.
      expect(earlierMs).toBeGreaterThan(-1_000);
      expect(earlierMs).toBeLessThan(lifetimeMs / 100 + 1_000);
      expect(askAgainAt).toBeInstanceOf(Date);
    });

    it('that is now once it is revoked, and then it is passed on and replaced', async () => {
      const { account, first, orders, renewed } = await obtained(get(), 'revoked.test');
      await firstValueFrom(revokeCertificate(account, { certificate: first.certificate.leaf.der }));
      const [due] = await firstValueFrom(from([first]).pipe(whenDue(account.session), toArray()));
      expect(due).toBe(first);
      expect((await renewed(due)).certificate.leaf.serialNumber).not.toBe(first.certificate.leaf.serialNumber);
      expect(orders.map(({ status }) => status)).toEqual([201]);
    });

    it('at which it is passed on', async () => {
      const pebble = get();
      const { account, first } = await obtained(pebble, 'due.test');
      const dueMs = Date.now() + 700;
      await setRenewalInfo(pebble, first, windowText(dueMs, dueMs + 1));
      await lastValueFrom(from([first]).pipe(whenDue(account.session)));
      expect(Date.now()).toBeGreaterThanOrEqual(dueMs);
    });
  });

  describe('is an order', () => {
    it('that says which certificate it replaces, whenever it is looked at', async () => {
      const { account, first, orders, id } = await obtained(get(), 'echo.test');
      const order = await firstValueFrom(
        newOrder(account, { identifiers: ['echo.test'], replaces: certificateId(first.certificate) }),
      );
      expect((order.raw as { replaces?: string }).replaces).toBe(id);
      expect((await firstValueFrom(getOrder(account, order.url))).raw).toMatchObject({ replaces: id });
      expect(orders.map(({ status }) => status)).toEqual([201]);
    });

    it('for the same names with another key, which can be replaced in its turn', async () => {
      const { first, orders, renewed } = await obtained(get(), 'again.test');
      const second = await renewed();
      const third = await renewed(second);
      expect(third.certificate.leaf.identifiers).toEqual(first.certificate.leaf.identifiers);
      const keys = [first, second, third].map(({ certificate }) =>
        Buffer.from(certificate.leaf.publicKey).toString('hex'),
      );
      expect(new Set(keys).size).toBe(3);
      expect(orders.map(({ status }) => status)).toEqual([201, 201]);
    });

    it('of the usual kind where the certificate was replaced before', async () => {
      const { first, orders, renewed } = await obtained(get(), 'twice.test');
      await renewed();
      expect((await renewed(first)).certificate).toBeDefined();
      expect(orders).toEqual([
        { status: 201, type: undefined },
        { status: 409, type: problemType('alreadyReplaced') },
        { status: 201, type: undefined },
      ]);
    });

    it('of the usual kind where the server does not know the certificate, and says so five times with status 500', async () => {
      const { first, orders, renewed } = await obtained(get(), 'unknown.test');
      const { leaf } = first.certificate;
      const unknown = { ...leaf, serialNumber: '00c0ffee00c0ffee' };
      expect((await renewed(unknown)).certificate.leaf.identifiers).toEqual(leaf.identifiers);
      expect(orders.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500, 201]);
    });

    it("of the usual kind where the certificate is another account's", async () => {
      const pebble = get();
      const { first } = await obtained(pebble, 'others.test');
      const { orders, renewed } = await obtained(pebble, 'own.test');
      await renewed(first);
      expect(orders).toEqual([
        { status: expect.any(Number) as unknown, type: problemType('unauthorized') },
        { status: 201, type: undefined },
      ]);
    });

    it('that errors where the server refuses it for its names, with and without the replacement', async () => {
      const { account, first, orders } = await obtained(get(), 'names.test');
      const identifiers = [{ type: 'unknown-type', value: 'x' }];
      const { error } = await outcomeOf(newOrder(account, { identifiers, replaces: certificateId(first.certificate) }));
      expect(error).toMatchObject({ code: 'problem' });
      expect(orders.map(({ status }) => status >= 400)).toEqual([true, true]);
    });
  });
});
