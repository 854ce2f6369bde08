import {
  concat,
  defer,
  EMPTY,
  finalize,
  firstValueFrom,
  lastValueFrom,
  map,
  type Observable,
  of,
  repeat,
  retry,
  switchMap,
  take,
  takeUntil,
  timeout,
  TimeoutError,
  timer,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as rxacme from '../../lib/index.js';
import { challengeWith } from '../codec/challenges.js';
import { bend } from '../request/scripts.js';
import { taskOf } from '../solvers/tasks.js';
import { accountUrl, type Answer, directoryUrl, type Operation, problem } from '../support/scripted-ca.js';
import {
  offsetClock,
  recordingSolver,
  syncBench,
  syncCertificateReader,
  syncCertificateRequest,
  syncDigest,
  syncKey,
  syncSigner,
} from '../support/sync-ports.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { onionService } from '../x509/onion-service.js';

const latencyMs = 10;
const orderUrl = 'https://ca.test/order/1';
const identifiers = ['example.org'];
const csr = syncCertificateRequest(syncKey(), identifiers);
const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(csr).toString('base64')}\n-----END CERTIFICATE-----\n`;

/** All that a function of this library can act on, each of it counted. */
function makeWorld(time: VirtualTime) {
  const counts = { started: 0, over: 0, digests: 0, keys: 0, failures: 0 };
  const { scheduler } = time;
  const clock = offsetClock(scheduler);
  const bench = syncBench(
    scheduler,
    { authorized: (name) => name === 'ready.test' },
    {
      clock,
      // Short enough that every subscription needs a directory of its own.
      directoryMaxAgeMs: 1,
      digest: (data) => (counts.digests++, syncDigest(data)),
      keyGenerator: () => (counts.keys++, of(syncKey())),
    },
  );
  const { ca, account, session } = bench;
  const solver = recordingSolver();
  completed(time, rxacme.newAccount(session, { signer: bench.signer }));
  const obtain$ = rxacme.obtainCertificate(account, { identifiers, solvers: [solver] });
  completed(time, obtain$);
  const order = completed(time, rxacme.newOrder(account, { identifiers: ['ready.test'] })).values[0] as rxacme.Order;
  const pending = completed(time, rxacme.newOrder(account, { identifiers })).values[0] as rxacme.Order;
  const authorizationUrl = pending.authorizations[0] as string;
  const authorization = completed(time, rxacme.getAuthorization(account, authorizationUrl))
    .values[0] as rxacme.Authorization;
  const challenge = authorization.challenges[0] as rxacme.Challenge;
  // The directory is stale from now on.
  completed(time, timer(100, scheduler));
  // Answers that are the same however often they are asked for.
  ca.script('finalize', () => ({ body: order.raw }), 'every');
  ca.script('challenge', () => ({ body: challenge.raw }), 'every');
  ca.script('certificate', () => ({ body: pem }), 'every');
  solver.calls.length = 0;
  Object.assign(ca.settings, { latencyMs });
  Object.assign(counts, { digests: 0, keys: 0 });
  bench.signer.inputs.length = 0;
  ca.history.length = 0;
  ca.aborted.length = 0;
  clock.looks = 0;
  /** Something that takes as long as a request, and fails as often as it is told to. */
  const work$ = defer(() => {
    counts.started++;
    return timer(latencyMs, scheduler).pipe(
      map((value) => {
        if (counts.failures-- > 0) throw new Error('failed');
        return value;
      }),
      finalize(() => counts.over++),
    );
  });
  const touched = () => ({
    requests: ca.history.length,
    signatures: bench.signer.inputs.length,
    looksAtTheClock: clock.looks,
    timers: time.timers(),
    solverCalls: solver.calls.length,
    ...counts,
  });
  return { ...bench, time, counts, solver, order, challenge, authorizationUrl, obtain$, work$, touched };
}

type World = ReturnType<typeof makeWorld>;

/** One exported function, as an application calls it, and what has to be refused for it to fail once. */
type Row = readonly [make: (world: World) => Observable<unknown>, failing?: Operation];

/** Says of every second look that is answered that it needs another one. */
const everySecond =
  (operation: Operation, settled: string) =>
  ({ ca }: World) => {
    let looks = 0;
    const say = bend((body) => ({ ...body, status: looks++ % 2 === 0 ? 'pending' : settled }));
    ca.script(operation, (carryOut) => defer(() => of(say(carryOut) as Answer)), 'every');
  };

/** Says in the directory where one more thing is. */
const offering =
  (more: object) =>
  ({ ca }: World) => {
    ca.script(
      'directory',
      bend((body) => ({ ...body, ...more })),
      'every',
    );
  };

/** Offers authorizations ahead of an order: pending when they are asked for, and of that status at every second look. */
const preAuthorizing = (settled: string) => (world: World) => {
  offering({ newAuthz: world.authorizationUrl })(world);
  let looks = 0;
  const location = world.authorizationUrl;
  const say = bend((body) => ({ ...body, status: looks++ % 2 === 0 ? 'pending' : settled }), { location });
  world.ca.script('authorization', (carryOut) => defer(() => of(say(carryOut) as Answer)), 'every');
};

/** Valid for three months from the day on which all of this happens. */
const renewable = {
  serialNumber: '01',
  authorityKeyIdentifier: '01',
  notBeforeAt: new Date(Date.UTC(2026, 0, 1)),
  notAfterAt: new Date(Date.UTC(2026, 3, 1)),
};

const suggestedWindow = { start: '2026-01-02T00:00:00Z', end: '2026-01-03T00:00:00Z' };

const alternates = ({ account }: World) =>
  rxacme.getAlternateCertificates(account, {
    url: 'https://ca.test/certificate/1',
    leaf: {
      der: csr,
      publicKey: syncKey().publicKey,
      identifiers: [{ type: 'dns', value: 'example.org' }],
    } as Partial<rxacme.CertificateDetails> as rxacme.CertificateDetails,
    alternates: ['https://ca.test/certificate/2', 'https://ca.test/certificate/3'],
  });

/** A certificate whose issuer has to be asked for. */
const belowIssuer: rxacme.Certificate = (() => {
  const leaf = {
    der: csr,
    subject: '',
    issuer: 'CN=Scripted CA',
  } as Partial<rxacme.CertificateDetails> as rxacme.CertificateDetails;
  const links = [{ url: 'https://ca.test/certificate/2', relations: ['up'] }];
  return { url: 'https://ca.test/certificate/1', links, chainPem: pem, chain: [leaf], leaf, alternates: [] };
})();

const spkiOfP256 = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';
const delegatedKey = { ...syncKey(), publicKey: Buffer.from(spkiOfP256.padEnd(182, '7'), 'hex') };
const delegatedTemplate = rxacme.decodeDelegation({
  raw: {
    'csr-template': {
      keyTypes: [{ PublicKeyType: 'id-ecPublicKey', namedCurve: 'secp256r1' }],
      extensions: { subjectAltName: { DNS: ['example.org'] } },
    },
  },
  url: orderUrl,
  links: [],
}).csrTemplate;

const rows: Record<string, Row> = {
  followCname: [
    ({ work$ }) => rxacme.followCname('a.test', (name) => work$.pipe(map(() => (name === 'a.test' ? 'b.test' : name)))),
  ],
  getDirectory: [({ session }) => rxacme.getDirectory(session), 'directory'],
  newAccount: [({ session, signer }) => rxacme.newAccount(session, { signer }), 'newAccount'],
  findAccount: [({ session, signer }) => rxacme.findAccount(session, { signer }), 'newAccount'],
  getAccount: [({ account }) => rxacme.getAccount(account), 'account'],
  updateAccount: [({ account }) => rxacme.updateAccount(account, { contacts: [] }), 'account'],
  deactivateAccount: [
    ({ account, ca }) => {
      ca.script('account', () => ({ body: { status: 'deactivated' } }), 'every');
      return rxacme.deactivateAccount(account);
    },
    'account',
  ],
  changeAccountKey: [
    (world) => {
      offering({ keyChange: accountUrl })(world);
      return rxacme.changeAccountKey(world.account, syncSigner(5));
    },
    'account',
  ],
  listOrders: [
    ({ account, ca }) => {
      ca.script('account', () => ({ body: { status: 'valid', orders: orderUrl } }), 'every');
      ca.script('order', () => ({ body: { orders: [orderUrl] } }), 'every');
      return rxacme.listOrders(account);
    },
    'order',
  ],
  deactivateAuthorization: [
    ({ account, authorizationUrl, ca }) => {
      const deactivated = bend((body) => ({ ...body, status: 'deactivated' }));
      ca.script('authorization', deactivated, 'every');
      return rxacme.deactivateAuthorization(account, authorizationUrl);
    },
    'authorization',
  ],
  listDelegations: [
    ({ account, ca }) => {
      ca.script('account', () => ({ body: { status: 'valid', delegations: orderUrl } }), 'every');
      ca.script('order', () => ({ body: { delegations: [orderUrl] } }), 'every');
      return rxacme.listDelegations(account);
    },
    'order',
  ],
  getDelegation: [
    ({ account, ca }) => {
      ca.script('order', () => ({ body: { 'csr-template': { keyTypes: [] } } }), 'every');
      return rxacme.getDelegation(account, orderUrl);
    },
    'order',
  ],
  buildDelegatedRequest: [
    ({ time: { scheduler }, work$ }) => {
      const { session } = syncBench(
        scheduler,
        {},
        { certificateRequestBuilder: () => work$.pipe(map(() => new Uint8Array(1))) },
      );
      return rxacme.buildDelegatedRequest(session, delegatedKey, delegatedTemplate);
    },
  ],
  cancelAutoRenewal: [
    ({ account, order, ca }) => {
      ca.script(
        'order',
        bend((body) => ({ ...body, status: 'canceled' })),
        'every',
      );
      return rxacme.cancelAutoRenewal(account, { url: order.url, status: 'valid' });
    },
    'order',
  ],
  followCertificate: [
    ({ account }) =>
      rxacme.followCertificate(account, {
        url: orderUrl,
        certificate: 'https://ca.test/certificate/1',
        raw: { 'auto-renewal': { 'end-date': '1971-01-01T00:00:00Z', lifetime: 86_400 } },
      }),
    'certificate',
  ],
  newOrder: [({ account }) => rxacme.newOrder(account, { identifiers }), 'newOrder'],
  newAuthorization: [
    (world) => {
      preAuthorizing('pending')(world);
      return rxacme.newAuthorization(world.account, 'example.org');
    },
    'authorization',
  ],
  authorizeIdentifier: [
    (world) => {
      preAuthorizing('valid')(world);
      return rxacme.authorizeIdentifier(world.account, { identifier: 'example.org', solvers: [world.solver] });
    },
    'authorization',
  ],
  getOrder: [({ account }) => rxacme.getOrder(account, orderUrl), 'order'],
  pollOrder: [
    (world) => {
      everySecond('order', 'ready')(world);
      return rxacme.pollOrder(world.account, orderUrl);
    },
    'order',
  ],
  finalizeOrder: [({ account, order }) => rxacme.finalizeOrder(account, order, { csr }), 'finalize'],
  getAuthorization: [
    ({ account, authorizationUrl }) => rxacme.getAuthorization(account, authorizationUrl),
    'authorization',
  ],
  pollAuthorization: [
    (world) => {
      everySecond('authorization', 'valid')(world);
      return rxacme.pollAuthorization(world.account, world.authorizationUrl);
    },
    'authorization',
  ],
  respondToChallenge: [({ account, challenge }) => rxacme.respondToChallenge(account, challenge), 'challenge'],
  getCertificate: [({ account }) => rxacme.getCertificate(account, 'https://ca.test/certificate/1'), 'certificate'],
  getAlternateCertificates: [alternates, 'certificate'],
  shortestChain: [(world) => alternates(world).pipe(rxacme.shortestChain()), 'certificate'],
  rootedIn: [(world) => alternates(world).pipe(rxacme.rootedIn(world.session, pem)), 'certificate'],
  getIssuerCertificates: [(world) => rxacme.getIssuerCertificates(world.account, belowIssuer), 'certificate'],
  getFullChain: [(world) => rxacme.getFullChain(world.account, belowIssuer), 'certificate'],
  certificateFingerprint: [
    ({ counts, work$ }) =>
      rxacme.certificateFingerprint({ der: csr }, () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32))))),
  ],
  decodeCertificate: [
    ({ work$ }) =>
      rxacme.decodeCertificate(
        { url: 'https://ca.test/certificate/1', chainPem: pem },
        {
          ...syncCertificateReader,
          readChain: (...read) => work$.pipe(switchMap(() => syncCertificateReader.readChain(...read))),
        },
      ),
  ],
  revokeCertificate: [
    (world) => {
      offering({ revokeCert: accountUrl })(world);
      return rxacme.revokeCertificate(world.account, { certificate: csr });
    },
    'account',
  ],
  getRenewalInfo: [
    (world) => {
      offering({ renewalInfo: directoryUrl, suggestedWindow })(world);
      return rxacme.getRenewalInfo(world.session, 'AQ.AQ');
    },
    'directory',
  ],
  // A failure is a part of what these emit.
  renewalTime: [
    (world) => {
      offering({ renewalInfo: directoryUrl, suggestedWindow })(world);
      return defer(() => (world.counts.failures--, rxacme.renewalTime(world.session, renewable)));
    },
  ],
  whenDue: [
    ({ work$, session }) =>
      work$.pipe(
        map(() => ({ ...renewable, notAfterAt: new Date(Date.UTC(2026, 0, 1)) })),
        rxacme.whenDue(session),
      ),
  ],
  renewCertificate: [
    (world) => {
      world.ca.script('finalize', (carryOut) => carryOut(), 'every');
      world.ca.script('challenge', (carryOut) => carryOut(), 'every');
      const certificate = { ...renewable, identifiers: [{ type: 'dns', value: 'example.org' }] };
      return rxacme.renewCertificate(world.account, certificate, { solvers: [world.solver] });
    },
    'newOrder',
  ],
  signedPost: [({ account }) => rxacme.signedPost(account, accountUrl, {}), 'account'],
  postAsGet: [({ account }) => rxacme.postAsGet(account, accountUrl), 'account'],
  unsignedGet: [({ session }) => rxacme.unsignedGet(session, directoryUrl), 'directory'],
  obtainCertificate: [
    (world) => {
      world.ca.script('finalize', (carryOut) => carryOut(), 'every');
      world.ca.script('challenge', (carryOut) => carryOut(), 'every');
      return world.obtain$;
    },
    'newOrder',
  ],
  resumeOrder: [
    ({ account, solver }) => rxacme.resumeOrder(account, orderUrl, { solvers: [solver], key: syncKey() }),
    'order',
  ],
  toCertificate: [
    ({ account, solver }) =>
      rxacme.resumeOrder(account, orderUrl, { solvers: [solver], key: syncKey() }).pipe(rxacme.toCertificate()),
    'order',
  ],
  deactivateOnFailure: [
    ({ account, solver }) =>
      rxacme
        .resumeOrder(account, orderUrl, { solvers: [solver], key: syncKey() })
        .pipe(rxacme.deactivateOnFailure(account)),
    'order',
  ],
  withdrawAbandoned: [
    ({ work$, session: { scheduler } }) => {
      const entry: rxacme.PresentedEntry = {
        ...{ type: 'presented', id: 'a', at: new Date(0), challengeType: 'dns-01' },
        task: taskOf(),
      };
      const journal = { ...rxacme.memoryJournal(), read: () => work$.pipe(map(() => entry)) };
      const nobody = rxacme.dns01({ add: () => EMPTY, remove: () => EMPTY });
      return rxacme.withdrawAbandoned(journal, [nobody], { scheduler });
    },
  ],
  abandonedOrders: [
    ({ work$ }) =>
      rxacme.abandonedOrders({
        ...rxacme.memoryJournal(),
        read: () => work$.pipe(map(() => ({ type: 'order' }) as rxacme.OrderEntry)),
      }),
  ],
  recordOrders: [
    ({ account, solver }) =>
      rxacme
        .resumeOrder(account, orderUrl, { solvers: [solver], key: syncKey() })
        .pipe(rxacme.recordOrders(account, rxacme.memoryJournal())),
    'order',
  ],
  withFallback: [
    ({ account, solver }) =>
      rxacme.withFallback(account, { solvers: [solver] }, (solvers) =>
        rxacme.resumeOrder(account, orderUrl, { solvers, key: syncKey() }),
      ),
    'order',
  ],
  signedRequest: [
    ({ account }) =>
      of({ url: accountUrl, payload: '', recovery: 'never' } as const).pipe(rxacme.signedRequest(account)),
    'account',
  ],
  decode: [({ account }) => rxacme.postAsGet(account, accountUrl).pipe(rxacme.decode(({ raw }) => raw)), 'account'],
  withNonce: [({ session, work$ }) => of(1).pipe(rxacme.withNonce(session, () => work$))],
  retryTransient: [({ work$, session: { scheduler } }) => work$.pipe(rxacme.retryTransient({ scheduler }))],
  retryWhenAllowed: [
    ({ work$, session: { scheduler } }) => work$.pipe(rxacme.retryWhenAllowed({ maxWaitMs: 1_000, scheduler })),
  ],
  pollUntil: [
    ({ work$, session: { scheduler } }) =>
      work$.pipe(
        map((value): number => value),
        rxacme.pollUntil({
          read: (last) => work$.pipe(map(() => last + 1)),
          settled: (look) => look > 1,
          retryAfterMs: () => undefined,
          onTimeout: () => new Error('never'),
          select: (look) => look,
          scheduler,
        }),
      ),
  ],
  deadline: [
    ({ work$, session: { scheduler } }) =>
      work$.pipe(rxacme.deadline({ forMs: 1_000, scheduler, onTimeout: () => new Error('never') })),
  ],
  limitRate: [({ work$, session: { scheduler } }) => work$.pipe(rxacme.limitRate({ count: 1, perMs: 10, scheduler }))],
  settle: [({ session: { scheduler } }) => timer(latencyMs, scheduler).pipe(rxacme.settle('one'))],
  bracket: [
    ({ work$, session: { scheduler } }) =>
      rxacme.bracket({
        acquire: () => work$,
        use: () => work$,
        release: () => EMPTY,
        onDetachedError: () => undefined,
        scheduler,
      }),
  ],
  wait: [({ session: { scheduler } }) => rxacme.wait(latencyMs, scheduler)],
  waitUntil: [
    ({ session: { scheduler, clock } }) => rxacme.waitUntil(new Date(Date.UTC(2026, 0, 2)), { scheduler, clock }),
  ],
  challengeTask: [
    ({ time: { scheduler }, challenge, counts, work$ }) => {
      const { account } = syncBench(
        scheduler,
        {},
        { digest: () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32)))) },
      );
      const name = { identifier: { type: 'dns', value: 'example.org' }, wildcard: false };
      return rxacme.challengeTask(account, 'thumbprint', name, challenge);
    },
  ],
  dnsAccountLabel: [
    ({ counts, work$ }) =>
      rxacme.dnsAccountLabel(accountUrl, () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32))))),
  ],
  dnsPersistAccountUri: [
    ({ counts, work$ }) => {
      const account = { accountHashPrefix: 'https://ca.test/', accountUrl, thumbprint: 'x'.repeat(43), domain: '*' };
      const digest = () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32))));
      return rxacme.dnsPersistAccountUri(account, digest);
    },
  ],
  keyAuthorizationDigest: [
    ({ counts, work$ }) =>
      rxacme.keyAuthorizationDigest('a.b', () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32))))),
  ],
  emailReply: [
    ({ counts, work$ }) => {
      const digest = () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32))));
      const challenge = challengeWith('email-reply-00', { from: 'a@b.test', token: 'x' });
      return rxacme.emailReply(taskOf({ challenge, thumbprint: 'x', digest }), { subject: 'ACME: x' });
    },
  ],
  onionCaa: [
    ({ time: { scheduler }, work$ }) => {
      const { name, key } = onionService();
      const sign = () => work$.pipe(map(() => new Uint8Array(64)));
      return rxacme.onionCaa([{ name, key: { ...key, sign }, records: null }], { clock: scheduler });
    },
  ],
  jwkThumbprint: [
    ({ signer, counts, work$ }) =>
      rxacme.jwkThumbprint(signer.publicJwk, () => (counts.digests++, work$.pipe(map(() => new Uint8Array(32))))),
  ],
};

const cases = Object.entries(rows).map(([name, [make, failing]]) => ({ name, make, failing }));

/** What a function comes to when it is left alone. */
const alone = (make: Row[0], failing?: Operation) =>
  virtualTime((time) => {
    const world = makeWorld(time);
    const { values, error, isComplete } = completed(time, make(world));
    expect([error, isComplete]).toEqual([undefined, true]);
    expect(values.length).toBeGreaterThan(0);
    return { count: values.length, requests: asked(world, failing).length };
  });

/** Nothing goes on: no request is open, no work, no timer. */
function expectNothingLeft({ time, ca, counts, solver }: World, answered: number): void {
  expect(time.timers()).toBe(0);
  expect(ca.aborted.length).toBe(ca.history.length - answered);
  expect(counts.over).toBe(counts.started);
  expect(solver.names('cleanUp')).toEqual(solver.names('present'));
}

/** The requests that were made in time to be answered by now. */
const answeredBy = ({ ca }: World, nowMs: number): number =>
  ca.history.filter(({ atMs }) => atMs + latencyMs <= nowMs).length;

/** What is asked for, and not how it is found out whom to ask. */
const asked = ({ ca }: World, failing: Operation | undefined) =>
  ca.operations().filter((each) => each === failing || !['directory', 'newNonce'].includes(each));

describe.each(cases)('$name', ({ make, failing }) => {
  it('does nothing when it is called', () =>
    virtualTime((time) => {
      const world = makeWorld(time);
      const before = world.touched();
      const stream$ = make(world);
      expect(world.touched()).toEqual(before);
      expect(stream$.pipe(map((value) => value))).toBeDefined();
      time.flush();
      expect(world.touched()).toEqual(before);
    }));

  it('begins anew for each subscription, and repeat does so too', () => {
    const { count, requests } = alone(make, failing);
    virtualTime((time) => {
      const world = makeWorld(time);
      expect(
        completed(time, make(world).pipe(repeat({ count: 3, delay: () => timer(5, time.scheduler) }))).values,
      ).toHaveLength(3 * count);
      expect(asked(world, failing)).toHaveLength(3 * requests);
    });
    virtualTime((time) => {
      const world = makeWorld(time);
      const stream$ = make(world);
      expect(completed(time, concat(stream$, stream$)).values).toHaveLength(2 * count);
      expectNothingLeft(world, world.ca.history.length);
    });
  });

  it('is two runs where two subscribe at the same time', () => {
    const { count } = alone(make);
    virtualTime((time) => {
      const world = makeWorld(time);
      const stream$ = make(world);
      const [one, other] = [record(stream$), record(stream$)];
      time.flush();
      expect(one.values.length + other.values.length).toBeGreaterThanOrEqual(2 * count - 2);
      expect([one.isComplete, other.isComplete]).toEqual([true, true]);
    });
  });

  it('stops at once under takeUntil', () =>
    virtualTime((time) => {
      const world = makeWorld(time);
      const { scheduler } = time;
      const startMs = scheduler.now();
      const recording = record(make(world).pipe(takeUntil(timer(5, scheduler))));
      let stopped = world.touched();
      scheduler.schedule(() => {
        expect([recording.values, recording.isComplete]).toEqual([[], true]);
        stopped = world.touched();
        expectNothingLeft(world, 0);
      }, 5);
      time.flush();
      expect(scheduler.now()).toBe(startMs + 5);
      expect(world.touched()).toEqual(stopped);
    }));

  it('stops at once under take', () =>
    virtualTime((time) => {
      const world = makeWorld(time);
      const recording = record(make(world).pipe(take(1)), () => {
        time.scheduler.schedule(() => {
          expectNothingLeft(world, answeredBy(world, time.scheduler.now()));
        });
      });
      time.flush();
      expect([recording.values.length, recording.isComplete]).toEqual([1, true]);
    }));

  it('is cancelled by the next one under switchMap', () => {
    const { count } = alone(make);
    virtualTime((time) => {
      const world = makeWorld(time);
      const stream$ = make(world);
      const { values, isComplete } = completed(time, time.cold('a-b|').pipe(switchMap(() => stream$)));
      expect(isComplete).toBe(true);
      expect(values).toHaveLength(count);
      expectNothingLeft(world, world.ca.history.filter((each) => !world.ca.aborted.includes(each)).length);
      expect(world.ca.aborted.length).toBeLessThanOrEqual(1);
    });
  });

  it('is cancelled by RxJS’s own timeout', () =>
    virtualTime((time) => {
      const world = makeWorld(time);
      const startMs = time.scheduler.now();
      expect(errorOf(time, make(world).pipe(timeout({ first: 5, scheduler: time.scheduler })))).toBeInstanceOf(
        TimeoutError,
      );
      expect(time.scheduler.now()).toBe(startMs + 5);
      expectNothingLeft(world, 0);
    }));

  it('can be retried', () => {
    const { count } = alone(make);
    virtualTime((time) => {
      const world = makeWorld(time);
      const stream$ = make(world);
      let subscriptions = 0;
      const counted$ = defer(() => (subscriptions++, stream$));
      if (failing === undefined) world.counts.failures = 1;
      else world.ca.script(failing, () => problem('malformed'));
      const { values, error } = completed(time, counted$.pipe(retry(1)));
      expect(error).toBeUndefined();
      // What only waits cannot fail.
      expect(subscriptions).toBe(failing === undefined && world.counts.started === 0 ? 1 : 2);
      expect(values).toHaveLength(count);
      expectNothingLeft(world, world.ca.history.length);
    });
  });
});

describe('streams over WebCrypto', () => {
  const { subtle } = globalThis.crypto;
  const accountKey = rxacme.generateSigner().pipe(switchMap((signer) => signer.exportPem()));
  const certificateKey = rxacme.generateCertificateKey('P-256').pipe(switchMap((key) => key.exportPem()));
  const proof = { identifier: { type: 'dns', value: 'example.org' }, keyAuthorizationDigest: 'A'.repeat(43) };
  const streams: Record<
    string,
    (given: { account: string; certificate: string; key: rxacme.CertificateKey }) => Observable<unknown>
  > = {
    generateSigner: () => rxacme.generateSigner(),
    importSigner: ({ account }) => rxacme.importSigner(account),
    generateCertificateKey: () => rxacme.generateCertificateKey('P-256'),
    importCertificateKey: ({ certificate }) => rxacme.importCertificateKey(certificate),
    buildCertificateRequest: ({ key }) => rxacme.buildCertificateRequest(key, [{ type: 'dns', value: 'example.org' }]),
    buildTlsAlpnCertificate: ({ key }) => rxacme.buildTlsAlpnCertificate(proof, { key }),
    buildOnionRequest: () =>
      rxacme.generateCertificateKey('Ed25519').pipe(
        switchMap((key) => {
          const { name } = onionService(key.publicKey);
          return rxacme.buildOnionRequest(name, { key, nonce: new Uint8Array(8) });
        }),
      ),
    verifyTlsAlpnCertificate: () =>
      rxacme
        .buildTlsAlpnCertificate(proof)
        .pipe(switchMap(({ certificatePem }) => rxacme.verifyTlsAlpnCertificate(certificatePem, proof))),
  };
  const pems = async () => ({
    account: await firstValueFrom(accountKey),
    certificate: await firstValueFrom(certificateKey),
    key: await firstValueFrom(rxacme.generateCertificateKey('P-256')),
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  describe.each(Object.entries(streams))('%s', (_name, make) => {
    it('touches no key when it is called, and makes or reads one for each subscription', async () => {
      const given = await pems();
      const spies = [vi.spyOn(subtle, 'generateKey'), vi.spyOn(subtle, 'importKey'), vi.spyOn(subtle, 'sign')];
      const calls = () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      const stream$ = make(given);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      expect(calls()).toBe(0);
      await lastValueFrom(stream$);
      const once = calls();
      expect(once).toBeGreaterThan(0);
      await lastValueFrom(stream$);
      expect(calls()).toBe(2 * once);
    });

    it('emits once and completes, and works under take, repeat, switchMap and retry', async () => {
      const stream$ = make(await pems());
      const count = (each$: Observable<unknown>) =>
        lastValueFrom(
          each$.pipe(
            toArray(),
            map(({ length }) => length),
          ),
        );
      expect(await count(stream$)).toBe(1);
      expect(await count(stream$.pipe(take(1)))).toBe(1);
      expect(await count(stream$.pipe(repeat(2)))).toBe(2);
      expect(await count(of(1, 2).pipe(switchMap(() => stream$)))).toBe(1);
      let attempts = 0;
      const flaky$ = defer(() => (attempts++ === 0 ? rxacme.importSigner('no key') : stream$));
      expect(await count(flaky$.pipe(retry(1)))).toBe(1);
    });

    it('can be left under takeUntil and RxJS’s own timeout', async () => {
      const given = await pems();
      const scheduler = new VirtualTimeScheduler();
      const left = record(make(given).pipe(takeUntil(timer(1, scheduler))));
      const late = record(make(given).pipe(timeout({ first: 1, scheduler })));
      scheduler.flush();
      expect([left.values, left.isComplete]).toEqual([[], true]);
      expect(late.error).toBeInstanceOf(TimeoutError);
    });
  });

  it('are these and those above: nothing that is exported and returns a stream is left out', () => {
    const others = [
      ...['http01', 'httpResource', 'tlsAlpn01', 'manual', 'manualInstruction', 'describeInstruction', 'withSelfCheck'],
      ...['txtPublisher', 'txtLookups', 'dnsOverHttps', 'fixedDelay', 'acmeDns01Plugin', 'acmeClientCallbacks'],
      ...[
        'acmeSession',
        'acmeAccount',
        'closeSession',
        'cryptoKeySigner',
        'dns01',
        'txtRecord',
        'fetchTransport',
        'limitRequests',
        'onlyOrigins',
        'pollPorts',
        'retrySchedule',
        'retryWithBackoff',
        'failedIssuanceSchedule',
        'withRetryPolicy',
        // Never completes, and its first value comes at once: it has specs of its own.
        'watchRequestGate',
      ],
      ...[
        'keyAuthorization',
        'toIdentifier',
        'describeProblem',
        'isOrderSettled',
        'leaveOutRefused',
        'isAuthorizationSettled',
      ],
      ...['externalAccountBinding', 'requiresExternalAccount', 'mailto', 'mailtoAddress', 'tel', 'telNumber'],
      ...['certificateId', 'issuedBy', 'decodeRenewalInfo'],
      ...['solverFor', 'journaled', 'memoryJournal', 'encodeJournalEntry', 'decodeJournalEntry'],
      ...[
        'caaRecord',
        'parseCaaRecord',
        'tokenPart1',
        'authorityTokenFingerprint',
        'onionCaaText',
        'tlsAlpnServerName',
      ],
      ...[
        'dnsPersistRecord',
        'dnsPersistRecords',
        'dnsPersistValue',
        'parseDnsPersistValue',
        'readDnsPersistOffer',
        'dnsAccountRecord',
      ],
      ...['dnsPersist', 'emailReply', 'authorityToken', 'onionCsr', 'bundleNode'].map((what) => `${what}Challenge`),
      ...['dnsAccount01', 'dnsPersist01', 'emailReply00', 'tkauth01', 'onionCsr01', 'bpNodeId00', 'deviceAttest01'],
      ...[
        'autoRenewal',
        'readAutoRenewal',
        'readDirectoryExtensions',
        'allowCertificateGet',
        'allowsCertificateGet',
        'ancestorDomain',
      ],
      ...['delegation', 'decodeDelegation', 'delegationIdentifiers', 'delegationKeyTypes', 'checkDelegatedRequest'],
      ...[
        'isAcmeError',
        'isProblemType',
        'problemCode',
        'problemDocument',
        'problemFor',
        'problemType',
        'subproblemFor',
      ],
      ...['Account', 'Authorization', 'Challenge', 'Directory', 'Order', 'Problem'].map((what) => `decode${what}`),
    ];
    const exported = Object.entries(rxacme)
      .filter(([name, value]) => typeof value === 'function' && !/^[A-Z]/.test(name))
      .map(([name]) => name);
    expect([...Object.keys(rows), ...Object.keys(streams), ...others].sort()).toEqual(exported.sort());
  });
});
