import { lastValueFrom, map, switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  certificateId,
  certificateReader,
  buildCertificateRequest,
  generateCertificateKey,
  getRenewalInfo,
  obtainCertificate,
  revokeCertificate,
  toCertificate,
} from '../../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  type RenewalSubject,
  synchronousSigner,
  testAccount,
  virtualTime,
} from '../../../lib/testing/index.js';
import { record } from '../../support/virtual-time.js';
import { type Answer, accountClient, csrFor, now, outcome } from '../support/raw-client.js';

const dayMs = 24 * 3_600_000;
const start = Date.UTC(2026, 0, 1);
const solvers = [recordingSolver()];

/** A certificate of a fake CA, and a way to ask about it. */
const obtained = (options: FakeCaOptions = {}, identifiers = ['a.test']) => {
  const ca = fakeCa({ clock: { now: () => start }, ...options });
  const account = testAccount(ca, { clock: { now: () => start } });
  const { certificate } = now(obtainCertificate(account, { identifiers, solvers }).pipe(toCertificate()));
  const id = certificateId(certificate.leaf) as string;
  const { get } = accountClient(ca);
  const ask = (name = id): Answer => now(get(`https://ca.test/renewal-info/${name}`));
  return { ca, account, certificate, id, ask };
};

describe('the renewal information of a fake CA', () => {
  it.each([
    [90, 60],
    [10, 20 / 3],
    [6, 3],
  ])('for a certificate of %d days is one percent of them around day %d, and Retry-After six hours', (days, middle) => {
    const { ask } = obtained({ lifetimeMs: days * dayMs });
    const { status, headers, json } = ask();
    expect([status, headers['retry-after']]).toEqual([200, '21600']);
    const { start: from, end: to } = json.suggestedWindow;
    const at = (part: number) => new Date(Math.floor(start + part * dayMs)).getTime();
    expect(Math.abs(Date.parse(from) - at(middle - days / 100))).toBeLessThanOrEqual(1);
    expect(Math.abs(Date.parse(to) - at(middle + days / 100))).toBeLessThanOrEqual(1);
  });

  it('is over for a certificate that was revoked', () => {
    const { account, certificate, ask } = obtained();
    now(revokeCertificate(account, { certificate: certificate.leaf.der }));
    const { start: from, end: to } = ask().json.suggestedWindow;
    expect(Date.parse(from)).toBeLessThan(Date.parse(to));
    expect(Date.parse(to)).toBeLessThanOrEqual(start);
  });

  it('is what the option says, and that is told of the certificate', () => {
    const subjects: RenewalSubject[] = [];
    const window = { startAt: new Date(start), endAt: new Date(start + 5) };
    const { ask, id, certificate, account } = obtained({
      renewalInfo: (subject) => {
        subjects.push(subject);
        return { ...window, explanationUrl: 'https://ca.test/why', retryAfter: '60' };
      },
    });
    const { headers, json } = ask();
    expect([headers['retry-after'], json]).toEqual([
      '60',
      {
        suggestedWindow: { start: window.startAt.toISOString(), end: window.endAt.toISOString() },
        explanationURL: 'https://ca.test/why',
      },
    ]);
    now(revokeCertificate(account, { certificate: certificate.leaf.der }));
    ask();
    const { notBeforeAt, notAfterAt, identifiers, serialNumber } = certificate.leaf;
    expect(subjects[0]).toMatchObject({ id, notBeforeAt, notAfterAt, identifiers, serialNumber });
    expect([subjects[0]?.revokedAt, subjects[1]?.revokedAt]).toEqual([undefined, new Date(start)]);
  });

  it('is refused as the option says', () => {
    const { ask } = obtained({ renewalInfo: () => ({ type: 'serverInternal', retryAfter: '9' }) });
    expect([...outcome(ask()), ask().headers['retry-after']]).toEqual([500, 'serverInternal', '9']);
  });

  it('is the usual one where the option says nothing', () => {
    expect(obtained({ renewalInfo: () => undefined }).ask().status).toBe(200);
  });

  it.each([
    ['a certificate of another CA', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE', 404],
    ['no name', 'x', 400],
    ['a path that goes up', '..', 400],
    ['nothing', '', 400],
  ])('is refused for %s', (_what, name, status) => {
    expect(obtained().ask(name).status).toBe(status);
  });

  it('is found by serial number and authority, for each of many certificates', () => {
    const ca = fakeCa();
    const account = testAccount(ca);
    const issue = (name: string) =>
      now(obtainCertificate(account, { identifiers: [name], solvers }).pipe(toCertificate())).certificate;
    const early = ['a.test', 'b.test'].map(issue);
    const urls = () => early.map((each) => now(getRenewalInfo(account.session, each)).url);
    const before = urls();
    early.push(...['c.test', 'd.test'].map(issue));
    expect(new Set(urls()).size).toBe(4);
    expect(urls().slice(0, 2)).toEqual(before);
  });

  it('is asked by GET; by POST-as-GET too, and never with a payload', () => {
    const { ca, id } = obtained();
    const { post } = accountClient(ca);
    expect(now(post(`https://ca.test/renewal-info/${id}`)).status).toBe(200);
    expect(outcome(now(post(`https://ca.test/renewal-info/${id}`, {})))).toEqual([400, 'malformed']);
  });

  it('is there for real certificates too', async () => {
    const ca = fakeCa();
    const account = testAccount(ca, {
      keyGenerator: generateCertificateKey,
      certificateRequestBuilder: buildCertificateRequest,
      certificateReader,
    });
    const info$ = obtainCertificate(account, { identifiers: ['a.test'], solvers }).pipe(
      toCertificate(),
      switchMap(({ certificate: { leaf } }) =>
        getRenewalInfo(account.session, leaf).pipe(map(({ suggestedWindow }) => ({ suggestedWindow, leaf }))),
      ),
    );
    const { suggestedWindow, leaf } = await lastValueFrom(info$);
    expect(suggestedWindow.startAt.getTime()).toBeGreaterThan(leaf.notBeforeAt.getTime());
    expect(suggestedWindow.endAt.getTime()).toBeLessThan(leaf.notAfterAt.getTime());
  });
});

describe('an order that replaces a certificate', () => {
  const identifiers = [{ type: 'dns', value: 'a.test' }];

  it('says so, in every look at it', () => {
    const { ca, id } = obtained();
    const { post, at } = accountClient(ca);
    const made = now(post(at('new-order'), { identifiers, replaces: id }));
    expect([made.status, made.json.replaces]).toEqual([201, id]);
    expect(now(post(made.headers['location'] ?? '')).json.replaces).toBe(id);
  });

  it('may be ordered again until one was finalized, and then no more', () => {
    const { ca, id } = obtained();
    const { post, at, prove } = accountClient(ca);
    const order = () => now(post(at('new-order'), { identifiers, replaces: id }));
    const first = order();
    expect(order().status).toBe(201);
    prove(first.json);
    expect(order().status).toBe(201);
    expect(now(post(first.json.finalize, csrFor(['a.test']))).json.status).toBe('valid');
    expect(outcome(order())).toEqual([409, 'alreadyReplaced']);
    expect(now(post(at('new-order'), { identifiers })).status).toBe(201);
  });

  it('may be ordered again where the one before came to nothing', () => {
    const { ca, id } = obtained({ issuance: { outcome: ({ length }) => (length > 1 ? { type: 'caa' } : undefined) } });
    const { post, at, prove } = accountClient(ca);
    const both = [...identifiers, { type: 'dns', value: 'b.test' }];
    const first = now(post(at('new-order'), { identifiers: both, replaces: id }));
    prove(first.json);
    expect(now(post(first.json.finalize, csrFor(['a.test', 'b.test']))).json.status).toBe('invalid');
    expect(now(post(at('new-order'), { identifiers, replaces: id })).status).toBe(201);
  });

  it('is refused', () => {
    const { ca, id } = obtained();
    const { post, at } = accountClient(ca);
    const refused = (payload: object) => outcome(now(post(at('new-order'), { identifiers, ...payload })));
    expect(refused({ replaces: 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE' })).toEqual([404, 'malformed']);
    expect(refused({ replaces: 'x' })).toEqual([400, 'malformed']);
    expect(refused({ replaces: 7 })).toEqual([400, 'malformed']);
    expect(refused({ replaces: id, identifiers: [{ type: 'dns', value: 'b.test' }] })).toEqual([400, 'malformed']);
    for (const none of [undefined, null, [], [null], ['a.test']])
      expect(refused({ replaces: id, identifiers: none })[1]).toBe('malformed');
    const other = accountClient(ca, synchronousSigner('other'));
    expect(outcome(now(other.post(at('new-order'), { identifiers, replaces: id })))).toEqual([403, 'unauthorized']);
  });
});

it('the latency of renewal information is its own', () =>
  virtualTime(({ scheduler, clock, flush }) => {
    const ca = fakeCa({ scheduler, clock, latencyMs: { renewalInfo: 40 } });
    const account = testAccount(ca, { scheduler, clock });
    const certificate$ = obtainCertificate(account, { identifiers: ['a.test'], solvers }).pipe(toCertificate());
    const seen = record(
      certificate$.pipe(switchMap(({ certificate }) => getRenewalInfo(account.session, certificate))),
    );
    flush();
    expect([seen.values.length, scheduler.now(), ca.history.count('renewalInfo')]).toEqual([1, 40, 1]);
  }));
