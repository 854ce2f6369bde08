import { setTimeout as delay } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  AcmeInputError,
  AcmeProblemError,
  generateCertificateKey,
  importCertificateKey,
  type IssuanceEvent,
  obtainCertificate,
  type TxtRecord,
} from '../../lib/index.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openssl } from '../x509/openssl.js';
import { publicKeyOf, verifyChain } from './support/chain.js';
import {
  issued,
  namesIn,
  obtain,
  ofType,
  openAccount,
  type Outcome,
  outcomeOf,
  problemType,
  quickPoll,
  valuesOf,
} from './support/client.js';
import { isFree } from './support/free.js';
import { dns01In, http01In } from './support/zone.js';

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
        'waiting',
        'authorization-settled',
        'order-ready',
        'order-finalized',
        'waiting',
        'certificate-issued',
      ]);

      const { certificate, key } = issued(events);
      expect(valuesOf(certificate.leaf.identifiers)).toEqual(['one.test']);
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
      expect(valuesOf(certificate.leaf.identifiers)).toEqual(identifiers);
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
      expect(valuesOf(removed)).toEqual(valuesOf(added));
      expect(pebble.dns.txt(record)).toEqual(['of somebody else']);

      expect(namesIn(events, 'challenge-presented')).toEqual(['*.wild.test dns-01', 'wild.test dns-01']);
      const { certificate } = issued(events);
      expect(valuesOf(certificate.leaf.identifiers)).toEqual(['*.wild.test', 'wild.test']);
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
      expect(valuesOf(certificate.leaf.identifiers)).toEqual(['*.mixed.test', '127.0.0.1', 'mixed.test']);
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
      expect(valuesOf(error.failures.map(({ identifier }) => identifier))).toEqual(['nowhere.test', 'refusing.test']);
      expect(error.failures.map((each) => each.problem?.type)).toEqual([
        problemType('connection'),
        problemType('connection'),
      ]);
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
      expect(valuesOf(error.failures.map(({ identifier }) => identifier))).toEqual([
        'silent.dns.test',
        'wrong.dns.test',
      ]);
      expect(error.failures.map((each) => each.problem?.type)).toEqual([
        problemType('unauthorized'),
        problemType('unauthorized'),
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
      expect(error).toMatchObject({ code: 'problem', problem: { type: problemType('rejectedIdentifier') } });
      expect(error.problem.subproblems).toMatchObject([{ identifier: { type: 'dns', value: 'www.blocked.test' } }]);
      expect(error.message).toContain('www.blocked.test');
      expect(error.headers).not.toHaveProperty('replay-nonce');
      expect(events).toEqual([]);
    });
  });

  describe('whose clean-up fails', () => {
    const failing = async (ms: number): Promise<Outcome<IssuanceEvent> & { readonly removed: number }> => {
      const pebble = get();
      let removed = 0;
      const solver = dns01In(pebble, {
        remove: async ({ name, value }) => {
          await delay(ms);
          await pebble.dns.removeTxt(name, value);
          removed++;
          throw new Error('as asked for');
        },
      });
      const options = { identifiers: ['unclean.test', '*.unclean.test'], solvers: [solver], poll: quickPoll };
      const outcome = await outcomeOf(obtainCertificate(await openAccount(pebble), options));
      return { ...outcome, removed };
    };

    it('is issued all the same, and each failure is an event', async () => {
      const { events, error, removed } = await failing(0);
      expect(error).toBeUndefined();
      expect(removed).toBe(2);
      expect(ofType(events, 'certificate-issued')).toHaveLength(1);
      expect(ofType(events, 'clean-up-failed')).toMatchObject([
        { identifier: { value: 'unclean.test' }, error: { code: 'port', message: 'the solver failed: as asked for' } },
        { identifier: { value: 'unclean.test' }, error: { code: 'port', message: 'the solver failed: as asked for' } },
      ]);
    });

    it.each([
      ['at once', 0],
      ['slowly', 400],
    ])('%s: the certificate is still the last event', async (_, ms) => {
      const { events } = await failing(ms);
      expect(ofType(events, 'clean-up-failed')).toHaveLength(2);
      expect(events.at(-1)?.type).toBe('certificate-issued');
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
