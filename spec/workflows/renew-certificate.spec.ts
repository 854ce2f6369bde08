import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeAccount,
  type CertificateIssued,
  certificateId,
  newAccount,
  obtainCertificate,
  renewCertificate,
  type RenewCertificateOptions,
  toCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  recordingSolver,
  synchronousCertificateKey,
  synchronousSigner,
  testAccount,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { record, virtualTime } from '../support/virtual-time.js';

covers('replaces');

const solvers = [recordingSolver()];
const identifiers = ['b.test', '*.a.test', '192.0.2.1'];

function world(...[options]: Parameters<typeof fakeCa>) {
  const ca = fakeCa(options);
  const account = testAccount(ca, { scheduler: options?.scheduler });
  const issued = one(account, { identifiers });
  return { ca, account, issued, orders: () => ca.history.requests.filter(({ operation }) => operation === 'newOrder') };
}

const one = (account: AcmeAccount, options: { identifiers: readonly string[] }): CertificateIssued => {
  const { values, error } = record(obtainCertificate(account, { ...options, solvers }).pipe(toCertificate()));
  if (error !== undefined) throw error;
  return values[0] as CertificateIssued;
};

/** What a renewal comes to. */
const renewed = (account: AcmeAccount, ...[certificate, options]: [Parameters<typeof renewCertificate>[1], object?]) =>
  record(
    renewCertificate(account, certificate, { solvers, ...options } as RenewCertificateOptions).pipe(toCertificate()),
  );

describe('renewCertificate', () => {
  it('obtains another certificate for the same identifiers, with another key, and says what it replaces', () => {
    const { account, issued, orders } = world();
    const { values, isComplete } = renewed(account, issued.certificate);
    expect([values.length, isComplete]).toEqual([1, true]);
    const { leaf } = values[0]?.certificate ?? issued.certificate;
    expect(leaf.identifiers).toEqual(issued.certificate.leaf.identifiers);
    expect(leaf.serialNumber).not.toBe(issued.certificate.leaf.serialNumber);
    expect(leaf.publicKey).not.toEqual(issued.certificate.leaf.publicKey);
    expect(values[0]?.key).toBeDefined();
    expect(orders().at(-1)?.payload).toMatchObject({ replaces: certificateId(issued.certificate.leaf) });
  });

  it('emits the events of obtainCertificate', () => {
    const { account, issued } = world();
    const typesOf = (events$: ReturnType<typeof renewCertificate>) =>
      record(events$.pipe(map(({ type }) => type))).values;
    expect(typesOf(renewCertificate(account, issued, { solvers }))).toEqual(
      typesOf(obtainCertificate(account, { identifiers, solvers })),
    );
  });

  it('takes the certificate, its leaf, the event that it came with, and as much as is stored of it', () => {
    const { ca, account, issued, orders } = world();
    const { authorityKeyIdentifier = '', serialNumber, identifiers: names } = issued.certificate.leaf;
    const stored = JSON.parse(JSON.stringify({ authorityKeyIdentifier, serialNumber, identifiers: names }));
    // Nothing but what is ordered counts here.
    ca.script('newOrder', { problem: { type: 'rateLimited' } }, 'always');
    for (const each of [issued, issued.certificate, issued.certificate.leaf, stored, { certificate: stored }])
      renewed(account, each);
    const payloads = orders()
      .slice(-5)
      .map(({ payload }) => payload);
    expect(payloads).toHaveLength(5);
    expect(new Set(payloads.map((payload) => JSON.stringify(payload))).size).toBe(1);
  });

  it('takes other identifiers, a key, and whatever else obtainCertificate takes', () => {
    const { account, issued, orders } = world();
    const key = synchronousCertificateKey('kept');
    const { values } = renewed(account, issued, { identifiers: ['b.test', 'c.test'], key });
    expect(values[0]?.certificate.leaf).toMatchObject({
      identifiers: [
        { type: 'dns', value: 'b.test' },
        { type: 'dns', value: 'c.test' },
      ],
      publicKey: key.publicKey,
    });
    expect(orders().at(-1)?.payload).toHaveProperty('replaces');
  });

  it('orders once more, as if nothing were replaced, where that was done already', () => {
    const { ca, account, issued, orders } = world();
    for (const _ of [1, 2]) expect(renewed(account, issued).values).toHaveLength(1);
    const payloads = orders().map(({ payload, problemType }) => [
      (payload as { replaces?: string }).replaces,
      problemType,
    ]);
    const id = certificateId(issued.certificate.leaf);
    expect(payloads).toEqual([
      [undefined, undefined],
      [id, undefined],
      [id, expect.stringContaining('alreadyReplaced')],
      [undefined, undefined],
    ]);
    ca.verify();
  });

  it.each([
    ['the certificate is unknown to the server', 404, 'malformed', 1],
    ['the server stumbles over it each time', 500, 'serverInternal', 5],
  ])('orders once more, as if nothing were replaced, where %s', (_what, status, type, times) =>
    virtualTime(({ scheduler, flush }) => {
      const { ca, account, issued, orders } = world({ scheduler });
      for (let index = 0; index < times; index++) ca.failNext('newOrder', { type, status });
      const { values } = renewed(account, issued);
      flush();
      expect(values).toHaveLength(1);
      const replacing = orders().map(({ payload }) => 'replaces' in (payload as object));
      expect(replacing).toEqual([false, ...Array<boolean>(times).fill(true), false]);
    }),
  );

  it("orders once more, as if nothing were replaced, where the certificate is another account's", () => {
    const { ca, issued } = world();
    const signer = synchronousSigner('other');
    const other = record(newAccount(testAccount(ca).session, { signer })).values[0] as AcmeAccount;
    expect(renewed(other, issued).values).toHaveLength(1);
    expect(ca.history.requests.some(({ problemType }) => problemType?.includes('unauthorized'))).toBe(true);
  });

  it('does not order again where the refusal is about something else', () => {
    const { ca, account, issued, orders } = world();
    ca.failNext('newOrder', { type: 'rateLimited', retryAfter: '61' });
    expect(renewed(account, issued).error).toMatchObject({ code: 'rateLimited', retryAfterMs: 61_000 });
    expect(orders()).toHaveLength(2);
  });

  it('says nothing of a replacement where the server has no renewal information, or the certificate no name', () => {
    const { ca, account, issued, orders } = world();
    const { authorityKeyIdentifier: _, ...nameless } = issued.certificate.leaf;
    expect(renewed(account, nameless).values).toHaveLength(1);
    ca.script('directory', { edit: ({ renewalInfo: _renewalInfo, ...rest }) => rest }, 'always');
    expect(renewed(testAccount(ca), issued).values).toHaveLength(1);
    expect(orders().some(({ payload }) => 'replaces' in (payload as object))).toBe(false);
  });

  it.each([
    ['no certificate', {}, {}],
    ['a certificate without identifiers', { serialNumber: '01', identifiers: [] }, {}],
    [
      'no identifiers at all',
      { serialNumber: '01', identifiers: [{ type: 'dns', value: 'a.test' }] },
      { identifiers: [] },
    ],
    ['no solvers', { serialNumber: '01', identifiers: [{ type: 'dns', value: 'a.test' }] }, { solvers: undefined }],
  ])('throws TypeError at the call on %s', (_what, certificate, options) => {
    const { account } = world();
    expect(() =>
      renewCertificate(account, certificate as never, { solvers, ...options } as RenewCertificateOptions),
    ).toThrow(TypeError);
  });

  it('is cold: each subscription renews again', () => {
    const { account, issued, orders } = world();
    const renewal$ = renewCertificate(account, issued, { solvers });
    expect(orders()).toHaveLength(1);
    record(renewal$);
    record(renewal$);
    expect(orders()).toHaveLength(4);
  });
});
