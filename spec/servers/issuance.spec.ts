import { firstValueFrom, from, lastValueFrom, takeWhile } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  acmeErrorNamespace,
  AcmeAuthorizationError,
  AcmeInputError,
  AcmeOrderError,
  AcmeProblemError,
  AcmeUserActionRequiredError,
  type AcmeAccount,
  type CertificateKey,
  findAccount,
  generateCertificateKey,
  generateSigner,
  getAccount,
  getAuthorization,
  importCertificateKey,
  jwkThumbprint,
  keyAuthorization,
  type KeyStore,
  newAccount,
  newOrder,
  obtainCertificate,
  pollAuthorization,
  respondToChallenge,
  resumeOrder,
  type TxtRecord,
} from '../../lib/index.js';
import type { Pebble } from '../support/pebble.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openssl } from '../x509/openssl.js';
import { publicKeyOf, verifyChain } from './support/chain.js';
import {
  countOf,
  eventsOf,
  http01Of,
  issued,
  namesIn,
  obtain,
  ofType,
  openAccount,
  openSession,
  outcomeOf,
  quickPoll,
  register,
} from './support/client.js';
import { isFree } from './support/free.js';
import { holdValidation } from './support/held-validation.js';
import { dns01In, http01In } from './support/zone.js';

const problem = (name: string) => `${acmeErrorNamespace}${name}`;
const values = (identifiers: readonly { readonly value: string }[]) => identifiers.map(({ value }) => value).sort();

describeWithPebble('a certificate from Pebble', { blocklist: ['blocked.test'] }, (get) => {
  describe('for names', () => {
    it('one name by http-01: openssl verifies the chain, the key fits, the validity is the one that was configured', async () => {
      const pebble = get();
      const events = await obtain(await openAccount(pebble), {
        identifiers: ['one.test'],
        solvers: [http01In(pebble)],
      });
      expect(events.map(({ type }) => type).filter((type) => type !== 'polled')).toEqual([
        'order-created',
        'authorization-pending',
        'challenge-presented',
        'challenge-answered',
        'authorization-settled',
        'order-ready',
        'order-finalized',
        'certificate-issued',
      ]);

      const { certificate, key } = issued(events);
      expect(values(certificate.leaf.identifiers)).toEqual(['one.test']);
      const { publicKeyPem, notBefore, notAfter } = await verifyChain(pebble, certificate.chainPem, ['one.test']);
      expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
      expect(key?.keyType).toBe('P-256');
      expect([certificate.leaf.notBeforeAt, certificate.leaf.notAfterAt]).toEqual([notBefore, notAfter]);
      const days = (notAfter.getTime() - notBefore.getTime()) / 86_400_000;
      expect(Math.round(days)).toBe(90);
      console.info(
        `one.test: valid from ${notBefore.toISOString()} to ${notAfter.toISOString()}, ${days.toFixed(2)} days`,
      );
      expect(await isFree(pebble.httpPort)).toBe(true);
    });

    it('ten names by http-01, each presented once', async () => {
      const pebble = get();
      const identifiers = Array.from({ length: 10 }, (_, index) => `n${index}.ten.test`);
      const events = await obtain(await openAccount(pebble), { identifiers, solvers: [http01In(pebble)] });
      expect(namesIn(events, 'challenge-presented')).toEqual(identifiers.map((name) => `${name} http-01`));
      expect(ofType(events, 'authorization-settled').map(({ status }) => status)).toEqual(
        identifiers.map(() => 'valid'),
      );
      const { certificate } = issued(events);
      expect(values(certificate.leaf.identifiers)).toEqual(identifiers);
      const { publicKeyPem } = await verifyChain(pebble, certificate.chainPem, identifiers);
      expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
      expect(await isFree(pebble.httpPort)).toBe(true);
    });

    it('a name and its wildcard by dns-01: both values at once, each removed by itself, others left alone', async () => {
      const pebble = get();
      const record = '_acme-challenge.wild.test';
      await pebble.dns.addTxt(record, 'of somebody else');
      const added: TxtRecord[] = [];
      const removed: TxtRecord[] = [];
      const visibleWhenReady: (readonly string[])[] = [];
      const solver = dns01In(pebble, {
        add: (txt) => (added.push(txt), pebble.dns.addTxt(txt.name, txt.value)),
        remove: (txt) => (removed.push(txt), pebble.dns.removeTxt(txt.name, txt.value)),
        ready: () => (visibleWhenReady.push(pebble.dns.txt(record)), []),
      });
      const identifiers = ['wild.test', '*.wild.test'];
      const events = await obtain(await openAccount(pebble), { identifiers, solvers: [solver] });

      expect(added.map(({ name }) => name)).toEqual([record, record]);
      expect(new Set(added.map(({ value }) => value)).size).toBe(2);
      for (const visible of visibleWhenReady) {
        expect(visible.toSorted()).toEqual([...added.map(({ value }) => value), 'of somebody else'].sort());
      }
      expect(visibleWhenReady).toHaveLength(2);
      expect(values(removed)).toEqual(values(added));
      expect(pebble.dns.txt(record)).toEqual(['of somebody else']);

      expect(namesIn(events, 'challenge-presented')).toEqual(['*.wild.test dns-01', 'wild.test dns-01']);
      const { certificate } = issued(events);
      expect(values(certificate.leaf.identifiers)).toEqual(['*.wild.test', 'wild.test']);
      await verifyChain(pebble, certificate.chainPem, identifiers);
    });

    it('an IP address by http-01', async () => {
      const pebble = get();
      const events = await obtain(await openAccount(pebble), {
        identifiers: ['127.0.0.1'],
        solvers: [http01In(pebble)],
      });
      const { certificate } = issued(events);
      expect(certificate.leaf.identifiers).toEqual([{ type: 'ip', value: '127.0.0.1' }]);
      const { publicKeyPem } = await verifyChain(pebble, certificate.chainPem, ['127.0.0.1']);
      expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
    });

    it('a name, a wildcard and an address in one order, each by the solver that fits', async () => {
      const pebble = get();
      const identifiers = ['mixed.test', '*.mixed.test', '127.0.0.1'];
      const solvers = [http01In(pebble), dns01In(pebble)];
      const events = await obtain(await openAccount(pebble), { identifiers, solvers });
      expect(namesIn(events, 'challenge-presented')).toEqual([
        '*.mixed.test dns-01',
        '127.0.0.1 http-01',
        'mixed.test http-01',
      ]);
      const { certificate } = issued(events);
      expect(values(certificate.leaf.identifiers)).toEqual(['*.mixed.test', '127.0.0.1', 'mixed.test']);
      await verifyChain(pebble, certificate.chainPem, identifiers);
      expect(pebble.dns.txt('_acme-challenge.mixed.test')).toEqual([]);
      expect(await isFree(pebble.httpPort)).toBe(true);
    });

    it('a name in Unicode, as its A-label', async () => {
      const pebble = get();
      const events = await obtain(await openAccount(pebble), {
        identifiers: ['Bücher.test'],
        solvers: [http01In(pebble)],
      });
      const { certificate } = issued(events);
      expect(certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'xn--bcher-kva.test' }]);
      expect(events[0]).toMatchObject({ identifiers: [{ type: 'dns', value: 'xn--bcher-kva.test' }] });
      await verifyChain(pebble, certificate.chainPem, ['xn--bcher-kva.test']);
    });
  });

  describe('that cannot be had', () => {
    it('names each of two failures of three by http-01, and why, and leaves nothing behind', async () => {
      const pebble = get();
      await pebble.dns.setA('refusing.test', '127.0.0.9'); // Nobody listens there.
      await pebble.dns.setServfail('nowhere.test');
      const account = await openAccount(pebble);
      const { events, error } = await outcomeOf(
        obtainCertificate(account, {
          identifiers: ['fine.test', 'refusing.test', 'nowhere.test'],
          solvers: [http01In(pebble)],
          poll: quickPoll,
        }),
      );
      if (!(error instanceof AcmeAuthorizationError)) throw error;
      expect(values(error.failures.map(({ identifier }) => identifier))).toEqual(['nowhere.test', 'refusing.test']);
      expect(error.failures.map((each) => each.problem?.type)).toEqual([problem('connection'), problem('connection')]);
      expect(error.message.split('\n').sort()).toEqual([
        expect.stringMatching(/^nowhere\.test \(http-01\): connection: .*could not resolve/),
        expect.stringMatching(/^refusing\.test \(http-01\): connection: .*127\.0\.0\.9.*connection refused/),
      ]);
      expect(error.orderUrl).toBe(events[0]?.orderUrl);

      expect(namesIn(events, 'challenge-presented')).toHaveLength(3);
      const settled = Object.fromEntries(
        ofType(events, 'authorization-settled').map((each) => [each.identifier.value, each.status]),
      );
      expect(settled).toEqual({ 'fine.test': 'valid', 'refusing.test': 'invalid', 'nowhere.test': 'invalid' });
      expect(await isFree(pebble.httpPort)).toBe(true);
    });

    it('the same by dns-01', async () => {
      const pebble = get();
      await pebble.dns.setServfail('_acme-challenge.silent.dns.test');
      const solver = dns01In(pebble, {
        add: ({ name, value, identifier }) =>
          pebble.dns.addTxt(name, identifier.value === 'wrong.dns.test' ? 'wrong' : value),
        remove: ({ name, value, identifier }) =>
          pebble.dns.removeTxt(name, identifier.value === 'wrong.dns.test' ? 'wrong' : value),
      });
      const names = ['fine.dns.test', 'wrong.dns.test', 'silent.dns.test'];
      const { events, error } = await outcomeOf(
        obtainCertificate(await openAccount(pebble), { identifiers: names, solvers: [solver], poll: quickPoll }),
      );
      if (!(error instanceof AcmeAuthorizationError)) throw error;
      expect(values(error.failures.map(({ identifier }) => identifier))).toEqual(['silent.dns.test', 'wrong.dns.test']);
      expect(error.failures.map((each) => each.problem?.type)).toEqual([
        problem('unauthorized'),
        problem('unauthorized'),
      ]);
      expect(error.message.split('\n').sort()).toEqual([
        expect.stringMatching(/^silent\.dns\.test \(dns-01\): unauthorized: Error retrieving TXT records/),
        expect.stringMatching(/^wrong\.dns\.test \(dns-01\): unauthorized: Correct value not found/),
      ]);
      expect(namesIn(events, 'challenge-presented')).toHaveLength(3);
      expect(names.flatMap((name) => pebble.dns.txt(`_acme-challenge.${name}`))).toEqual([]);
    });

    it('a domain that the server does not issue for: a typed problem, before anything is presented', async () => {
      const pebble = get();
      const { events, error } = await outcomeOf(
        obtainCertificate(await openAccount(pebble), {
          identifiers: ['www.blocked.test'],
          solvers: [http01In(pebble)],
        }),
      );
      if (!(error instanceof AcmeProblemError)) throw error;
      expect(error).toMatchObject({ code: 'problem', problem: { type: problem('rejectedIdentifier') } });
      expect(error.problem.subproblems).toMatchObject([{ identifier: { type: 'dns', value: 'www.blocked.test' } }]);
      expect(error.message).toContain('www.blocked.test');
      expect(error.headers).not.toHaveProperty('replay-nonce');
      expect(events).toEqual([]);
    });
  });

  describe('of an order that is resumed', () => {
    const begunUntil = async (account: AcmeAccount, type: string, options: Parameters<typeof obtainCertificate>[1]) => {
      const issuance = obtainCertificate(account, { poll: quickPoll, ...options });
      const events = await eventsOf(issuance.pipe(takeWhile((event) => event.type !== type, true)));
      return events[0]?.orderUrl ?? '';
    };
    const keptKeys = (): KeyStore & { readonly keys: Map<string, CertificateKey> } => {
      const keys = new Map<string, CertificateKey>();
      return {
        keys,
        save: (url, key) => (keys.set(url, key), []),
        load: (url) => [keys.get(url)].filter((key) => key !== undefined),
      };
    };
    const resume = (account: AcmeAccount, url: string, options: Parameters<typeof resumeOrder>[2]) =>
      eventsOf(resumeOrder(account, url, { poll: quickPoll, ...options }));

    it('while pending', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const order = await firstValueFrom(newOrder(account, { identifiers: ['pending.test'] }));
      const events = await resume(account, order.url, { solvers: [http01In(pebble)] });
      expect(events[0]).toMatchObject({ type: 'order-created', resumed: true, status: 'pending', orderUrl: order.url });
      await verifyChain(pebble, issued(events).certificate.chainPem, ['pending.test']);
    });

    it('while pending, one of two names proven: only the other one is presented', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const order = await firstValueFrom(newOrder(account, { identifiers: ['first.half.test', 'second.half.test'] }));
      const looks = await Promise.all(
        order.authorizations.map((url) => firstValueFrom(getAuthorization(account, url))),
      );
      const first = looks.find(({ identifier }) => identifier.value === 'first.half.test');
      expect(await proveByHand(pebble, account, first?.url ?? '')).toBe('valid');
      const events = await resume(account, order.url, { solvers: [http01In(pebble)] });
      expect(namesIn(events, 'challenge-presented')).toEqual(['second.half.test http-01']);
      expect(values(issued(events).certificate.leaf.identifiers)).toEqual(['first.half.test', 'second.half.test']);
    });

    it('while pending, its challenge under way: presented again, not answered again', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const order = await firstValueFrom(newOrder(account, { identifiers: ['under.way.test'] }));
      const solver = await holdValidation(pebble);
      const challenge = await http01Of(account, order.authorizations[0] ?? '');
      expect(await firstValueFrom(respondToChallenge(account, challenge))).toMatchObject({ status: 'processing' });
      pebble.resetLog();
      const events = await resume(account, order.url, { solvers: [solver] });
      expect(namesIn(events, 'challenge-presented')).toEqual(['under.way.test http-01']);
      expect(ofType(events, 'challenge-answered').map(({ status }) => status)).toEqual(['processing']);
      expect(countOf(pebble, '/chalZ/')).toBe(0);
      await verifyChain(pebble, issued(events).certificate.chainPem, ['under.way.test']);
    });

    it('once ready: nothing is presented', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const url = await begunUntil(account, 'order-ready', {
        identifiers: ['ready.test'],
        solvers: [http01In(pebble)],
      });
      const events = await resume(account, url, { solvers: [] });
      expect(events[0]).toMatchObject({ type: 'order-created', resumed: true, status: 'ready' });
      expect(namesIn(events, 'authorization-pending')).toEqual([]);
      await verifyChain(pebble, issued(events).certificate.chainPem, ['ready.test']);
    });

    it('once finalized, with the key that was stored before that', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const keyStore = keptKeys();
      const solvers = [http01In(pebble)];
      const url = await begunUntil(account, 'order-finalized', { identifiers: ['finalized.test'], solvers, keyStore });
      const events = await resume(account, url, { solvers: [], keyStore });
      // It is processing for less than the time between two requests, as a rule.
      expect(['processing', 'valid']).toContain(ofType(events, 'order-created')[0]?.status);
      expect(ofType(events, 'order-finalized')).toEqual([]);
      expect(issued(events).key).toBe(keyStore.keys.get(url));
      const { publicKeyPem } = await verifyChain(pebble, issued(events).certificate.chainPem, ['finalized.test']);
      expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
    });

    it('once valid: two requests and the same certificate again, but not without its key', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const events = await obtain(account, { identifiers: ['valid.test'], solvers: [http01In(pebble)] });
      const { orderUrl, certificate, key } = issued(events);
      if (key === undefined) throw new Error('no key');
      pebble.resetLog();
      const again = await resume(account, orderUrl, { solvers: [], key });
      expect(again.map(({ type }) => type)).toEqual(['order-created', 'certificate-issued']);
      expect(issued(again).certificate.chainPem).toBe(certificate.chainPem);
      expect(pebble.requests().map(({ path }) => path)).toEqual(['/my-order/', '/certZ/']);

      const { error } = await outcomeOf(resumeOrder(account, orderUrl, { solvers: [] }));
      expect(error).toBeInstanceOf(AcmeOrderError);
      expect(error).toMatchObject({ message: expect.stringContaining('key'), order: { status: 'valid' } });
    });

    it('once invalid: why', async () => {
      const pebble = get();
      await pebble.dns.setServfail('invalid.test');
      const account = await openAccount(pebble);
      const options = { identifiers: ['invalid.test'], solvers: [http01In(pebble)], poll: quickPoll };
      const first = await outcomeOf(obtainCertificate(account, options));
      const { events, error } = await outcomeOf(resumeOrder(account, first.events[0]?.orderUrl ?? '', { solvers: [] }));
      expect(events[0]).toMatchObject({ type: 'order-created', resumed: true, status: 'invalid' });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({
        failures: [{ identifier: { value: 'invalid.test' }, problem: { type: problem('connection') } }],
      });
      expect((error as Error).message).toBe((first.error as Error).message);
    });

    it('not by another account', async () => {
      const pebble = get();
      const session = openSession(pebble);
      const order = await firstValueFrom(newOrder(await register(session), { identifiers: ['mine.test'] }));
      const { events, error } = await outcomeOf(resumeOrder(await register(session), order.url, { solvers: [] }));
      expect(events).toEqual([]);
      expect(error).toBeInstanceOf(AcmeProblemError);
    });
  });

  describe('with a key of its own', () => {
    it('the CSR of another program, which keeps its key', async () => {
      const pebble = get();
      const keyPem = await openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']);
      const csr = await openssl(
        ['req', '-new', '-key', '@key', '-subj', '/', '-addext', 'subjectAltName=DNS:csr.test,DNS:www.csr.test'],
        { key: keyPem },
      );
      const account = await openAccount(pebble);
      const identifiers = ['www.csr.test', 'csr.test'];
      const events = await obtain(account, { identifiers, solvers: [http01In(pebble)], csr });
      expect(issued(events)).not.toHaveProperty('key');
      const { publicKeyPem } = await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
      expect(publicKeyPem).toBe(await openssl(['pkey', '-in', '@key', '-pubout'], { key: keyPem }));

      pebble.resetLog();
      const { error } = await outcomeOf(obtainCertificate(account, { identifiers: ['csr.test'], solvers: [], csr }));
      expect(error).toBeInstanceOf(AcmeInputError);
      expect(pebble.requests()).toEqual([]);
    });

    it.each(['P-256', 'P-384', 'RSA-2048'] as const)('a key that the caller has: %s', async (keyType) => {
      const pebble = get();
      const made = await firstValueFrom(generateCertificateKey(keyType));
      const key = await firstValueFrom(importCertificateKey(await firstValueFrom(made.exportPem())));
      const name = `${keyType.toLowerCase()}.key.test`;
      const events = await obtain(await openAccount(pebble), { identifiers: [name], solvers: [http01In(pebble)], key });
      expect(issued(events).key).toBe(key);
      const { publicKeyPem } = await verifyChain(pebble, issued(events).certificate.chainPem, [name]);
      expect(publicKeyPem).toBe(await publicKeyOf(issued(events)));
    });
  });
});

/** Proves one authorization with the small functions, as an earlier process may have done. Resolves with its status. */
async function proveByHand(pebble: Pebble, account: AcmeAccount, url: string): Promise<string> {
  const { identifier, wildcard } = await firstValueFrom(getAuthorization(account, url));
  const challenge = await http01Of(account, url);
  const { type, token } = challenge;
  const thumbprint = await firstValueFrom(jwkThumbprint(account.signer.publicJwk));
  const secret = keyAuthorization(token, thumbprint);
  const task = { identifier, wildcard, type, challenge, token, accountUrl: account.url, keyAuthorization: secret };
  const solver = http01In(pebble);
  await lastValueFrom(from(solver.present(task)), { defaultValue: undefined });
  await firstValueFrom(respondToChallenge(account, challenge));
  const { status } = await lastValueFrom(pollAuthorization(account, url, quickPoll));
  await lastValueFrom(from(solver.cleanUp(task)), { defaultValue: undefined });
  return status;
}

describeWithPebble('an account at Pebble', {}, (get) => {
  it.each(['ES256', 'RS256'] as const)('%s: made, found again, read, and good for a certificate', async (alg) => {
    const pebble = get();
    const session = openSession(pebble);
    const signer = await firstValueFrom(generateSigner(alg));
    const options = { signer, termsOfServiceAgreed: true, contacts: ['mailto:somebody@example.org'] };
    const account = await firstValueFrom(newAccount(session, options));
    expect(account).toMatchObject({ created: true, resource: { status: 'valid', contacts: options.contacts } });
    expect(await firstValueFrom(newAccount(session, options))).toMatchObject({ created: false, url: account.url });
    expect(await firstValueFrom(findAccount(session, { signer }))).toMatchObject({ created: false, url: account.url });
    expect(await firstValueFrom(getAccount(account))).toMatchObject({ status: 'valid', url: account.url });

    const other = openSession(pebble);
    const found = await firstValueFrom(findAccount(other, { signer }));
    const events = await obtain(found, { identifiers: [`${alg.toLowerCase()}.test`], solvers: [http01In(pebble)] });
    await verifyChain(pebble, issued(events).certificate.chainPem, [`${alg.toLowerCase()}.test`]);
  });

  it('that does not exist is not made by looking for it', async () => {
    const session = openSession(get());
    const signer = await firstValueFrom(generateSigner());
    for (let i = 0; i < 2; i++) {
      const error: unknown = await firstValueFrom(findAccount(session, { signer })).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ status: 400, problem: { type: problem('accountDoesNotExist') } });
    }
  });

  it('is not made without agreement to the terms', async () => {
    const signer = await firstValueFrom(generateSigner());
    const error: unknown = await firstValueFrom(newAccount(openSession(get()), { signer })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AcmeUserActionRequiredError);
    // The comma-ridden data: URL that Pebble sends in a Link header with another one.
    expect(error).toMatchObject({
      links: expect.arrayContaining([
        { url: 'data:text/plain,Do%20what%20thou%20wilt', relations: ['terms-of-service'] },
      ]) as unknown,
    });
  });
});
