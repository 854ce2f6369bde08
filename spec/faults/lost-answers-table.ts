/** Every function of the library that sends signed requests, and what it does where an answer is lost. */
import type { Observable } from 'rxjs';
import * as rxacme from '../../lib/index.js';
import { type AcmeAccount, autoRenewal, type Order } from '../../lib/index.js';
import { type FakeCa, recordingSolver, synchronousSigner } from '../../lib/testing/index.js';
import { csrFor } from '../testing/support/raw-client.js';

/** What a row acts on: an account whose requests meet no fault, and the same one whose requests do. */
export interface LossBench {
  readonly ca: FakeCa;
  readonly sure: AcmeAccount;
  readonly account: AcmeAccount;
  /** The last value of a stream, once virtual time has run out. */
  readonly ended: <T>(stream$: Observable<T>) => T;
}

/** One function. */
export interface LossRow {
  /** The operation whose answer is lost. */
  readonly operation: string;
  /** What is sent where the request never arrived; `?` marks what only reads. */
  readonly lostBefore: string;
  /** What is sent where it was carried out. */
  readonly lostAfter: string;
  /** Whether a second one may be carried out. Default: never. `same`: it does nothing more. `maybe more`: it may leave one unused. */
  readonly again?: 'same' | 'maybe more';
  /** The part of what it emits that counts. */
  readonly outcome: (value: never) => unknown;
  readonly call: (bench: LossBench) => Observable<unknown>;
}

const identifiers = ['a.test'];
const statusOf = ({ status }: { readonly status: string }): unknown => status;
const isThere = (value: unknown): unknown => value !== undefined;

const orderOf = ({ sure, ended }: LossBench, more: Partial<rxacme.NewOrderOptions> = {}): Order =>
  ended(rxacme.newOrder(sure, { identifiers, ...more }));

const authorizationOf = (bench: LossBench): rxacme.Authorization =>
  bench.ended(rxacme.getAuthorization(bench.sure, orderOf(bench).authorizations[0] ?? ''));

const challengeOf = (bench: LossBench): rxacme.Challenge =>
  authorizationOf(bench).challenges.find(({ type }) => type === 'http-01') as rxacme.Challenge;

function readyOrder(bench: LossBench): Order {
  const { sure, ended } = bench;
  const challenge = challengeOf(bench);
  ended(rxacme.respondToChallenge(sure, challenge));
  return orderOf(bench);
}

const issued = ({ sure, ended }: LossBench, extensions: readonly rxacme.OrderExtension[] = []) =>
  ended(
    rxacme
      .obtainCertificate(sure, { identifiers, solvers: [recordingSolver()], extensions })
      .pipe(rxacme.toCertificate()),
  );

const csr = (): Uint8Array => new Uint8Array(Buffer.from(csrFor(identifiers).csr, 'base64url'));

const reads = (operation: string): Pick<LossRow, 'operation' | 'lostBefore' | 'lostAfter'> => ({
  operation,
  lostBefore: `${operation}? ${operation}?`,
  lostAfter: `${operation}? ${operation}?`,
});
const looks = (operation: string, look: string): Pick<LossRow, 'operation' | 'lostBefore' | 'lostAfter'> => ({
  operation,
  lostBefore: `${operation} ${look} ${operation}`,
  lostAfter: `${operation} ${look}`,
});
const repeats = (
  operation: string,
  again: 'same' | 'maybe more',
): Pick<LossRow, 'operation' | 'lostBefore' | 'lostAfter' | 'again'> => ({
  operation,
  lostBefore: `${operation} ${operation}`,
  lostAfter: `${operation} ${operation}`,
  again,
});

export const lossRows: Readonly<Record<string, LossRow>> = {
  newAccount: {
    ...repeats('newAccount', 'same'),
    outcome: ({ resource }: rxacme.RegisteredAccount) => resource.status,
    call: ({ account: { session } }) => rxacme.newAccount(session, { signer: synchronousSigner('new') }),
  },
  findAccount: {
    ...repeats('newAccount', 'same'),
    outcome: ({ url }: rxacme.RegisteredAccount) => url,
    call: ({ account: { session, signer } }) => rxacme.findAccount(session, { signer }),
  },
  getAccount: { ...reads('account'), outcome: statusOf, call: ({ account }) => rxacme.getAccount(account) },
  updateAccount: {
    ...repeats('account', 'same'),
    outcome: ({ contacts }: rxacme.Account) => contacts,
    call: ({ account }) => rxacme.updateAccount(account, { contacts: ['mailto:a@a.test'] }),
  },
  deactivateAccount: {
    ...looks('account', 'newAccount'),
    outcome: statusOf,
    call: ({ account }) => rxacme.deactivateAccount(account),
  },
  changeAccountKey: {
    ...looks('keyChange', 'newAccount'),
    outcome: ({ url }: AcmeAccount) => url,
    call: ({ account }) => rxacme.changeAccountKey(account, synchronousSigner('other')),
  },
  listOrders: {
    operation: 'orders',
    lostBefore: 'account? orders? orders?',
    lostAfter: 'account? orders? orders?',
    outcome: isThere,
    call: (bench) => (orderOf(bench), rxacme.listOrders(bench.account)),
  },
  listDelegations: {
    operation: 'delegations',
    lostBefore: 'account? delegations? delegations?',
    lostAfter: 'account? delegations? delegations?',
    outcome: isThere,
    call: ({ account }) => rxacme.listDelegations(account),
  },
  getDelegation: {
    ...reads('delegation'),
    outcome: isThere,
    call: ({ account }) => rxacme.getDelegation(account, 'https://ca.test/delegation/1'),
  },
  newOrder: {
    ...repeats('newOrder', 'maybe more'),
    outcome: statusOf,
    call: ({ account }) => rxacme.newOrder(account, { identifiers }),
  },
  getOrder: {
    ...reads('order'),
    outcome: statusOf,
    call: (bench) => rxacme.getOrder(bench.account, orderOf(bench).url),
  },
  pollOrder: {
    ...reads('order'),
    outcome: statusOf,
    call: (bench) => rxacme.pollOrder(bench.account, readyOrder(bench).url),
  },
  finalizeOrder: {
    ...looks('finalize', 'order?'),
    outcome: statusOf,
    call: (bench) => rxacme.finalizeOrder(bench.account, readyOrder(bench), { csr: csr() }),
  },
  cancelAutoRenewal: {
    ...looks('order', 'order?'),
    outcome: statusOf,
    call: (bench) => {
      const renewal = autoRenewal({ endAt: new Date('2026-02-01T00:00:00Z'), lifetimeMs: 86_400_000 });
      const { orderUrl } = issued(bench, [renewal]);
      return rxacme.cancelAutoRenewal(bench.account, bench.ended(rxacme.getOrder(bench.sure, orderUrl ?? '')));
    },
  },
  newAuthorization: {
    ...repeats('newAuthz', 'maybe more'),
    outcome: statusOf,
    call: ({ account }) => rxacme.newAuthorization(account, 'a.test'),
  },
  getAuthorization: {
    ...reads('authorization'),
    outcome: statusOf,
    call: (bench) => rxacme.getAuthorization(bench.account, authorizationOf(bench).url),
  },
  pollAuthorization: {
    ...reads('authorization'),
    outcome: statusOf,
    call: (bench) => {
      const { authorizationUrl = '' } = challengeOf(bench);
      bench.ended(rxacme.deactivateAuthorization(bench.sure, authorizationUrl));
      return rxacme.pollAuthorization(bench.account, authorizationUrl);
    },
  },
  deactivateAuthorization: {
    ...looks('authorization', 'authorization?'),
    outcome: statusOf,
    call: (bench) => rxacme.deactivateAuthorization(bench.account, authorizationOf(bench).url),
  },
  respondToChallenge: {
    ...looks('challenge', 'authorization?'),
    outcome: statusOf,
    call: (bench) => rxacme.respondToChallenge(bench.account, challengeOf(bench)),
  },
  getCertificate: {
    ...reads('certificate'),
    outcome: ({ chainPem }: rxacme.Certificate) => chainPem.length,
    call: (bench) => rxacme.getCertificate(bench.account, issued(bench).certificate.url),
  },
  getAlternateCertificates: {
    ...reads('certificate'),
    outcome: ({ chainPem }: rxacme.Certificate) => chainPem.length,
    call: (bench) => rxacme.getAlternateCertificates(bench.account, issued(bench).certificate),
  },
  revokeCertificate: {
    operation: 'revokeCert',
    lostBefore: 'revokeCert revokeCert',
    lostAfter: 'revokeCert revokeCert',
    outcome: (value: unknown) => value,
    call: (bench) => rxacme.revokeCertificate(bench.account, { certificate: issued(bench).certificate.leaf.der }),
  },
  postAsGet: {
    ...reads('account'),
    outcome: statusOf,
    call: ({ account }) => rxacme.postAsGet(account, account.url),
  },
  signedPost: {
    ...repeats('account', 'same'),
    outcome: statusOf,
    call: ({ account }) => rxacme.signedPost(account, account.url, { contact: [] }, 'repeat'),
  },
};
