import { concat, concatMap, filter, from, mergeMap, type Observable, of, tap, toArray } from 'rxjs';
import {
  acmeAccount,
  type CertificateIssued,
  finalizeOrder,
  findAccount,
  getAccount,
  getAuthorization,
  getCertificate,
  getDirectory,
  getOrder,
  type IssuanceEvent,
  newAccount,
  newOrder,
  respondToChallenge,
  signedPost,
} from '../../lib/index.js';
import {
  andTell,
  anAccount,
  boundAccount,
  evenIfRefused,
  first,
  givenUpAt,
  leafOf,
  obtain,
  obtainAnew,
  presentsNothing,
  readyOrder,
  resume,
  telling,
  withAccount,
} from './client.js';
import type { Authority, Environment, Ground, Outcome, Told } from './environment.js';

/** One row: what a client does, and what comes of it at every CA. */
export interface Flow {
  readonly name: string;
  readonly ground: Ground;
  readonly client: (environment: Environment) => Observable<Told>;
  readonly outcome: Partial<Outcome>;
  /** Where one CA has it otherwise, and may. */
  readonly differs?: Readonly<
    Partial<Record<Authority, { readonly outcome: Partial<Outcome>; readonly because: string }>>
  >;
  /** Where it cannot be tried. */
  readonly leftOut?: Readonly<Partial<Record<Authority, string>>>;
}

const issuedEvents = ['order-ready', 'order-finalized', 'certificate-issued'];

/** The events of proofs such as `one.test http-01`, up to the settled authorizations. */
const proving = (proofs: readonly string[], status = 'valid'): readonly string[] =>
  proofs.flatMap((proof) => [
    `authorization-pending ${proof}`,
    `challenge-presented ${proof}`,
    `challenge-answered ${proof}`,
    `authorization-settled ${proof.replace(/ .*/, '')} ${status}`,
  ]);

/** What comes of an order whose proofs are all right. */
const issued = (proofs: readonly string[], created = 'order-created pending'): Partial<Outcome> => ({
  events: [created, ...proving(proofs), ...issuedEvents],
  certificates: [
    proofs
      .map((proof) => proof.replace(/ .*/, ''))
      .sort()
      .join(', '),
  ],
});

const http01 = (...names: readonly string[]): readonly string[] => names.map((name) => `${name} http-01`);
const dns01 = (...names: readonly string[]): readonly string[] => names.map((name) => `${name} dns-01`);
const tenNames = Array.from({ length: 10 }, (_, index) => `n${index}.ten.test`);

/** Obtains a certificate, of which nothing is told, and hands it over. */
const whenIssued = (
  issuance$: Observable<IssuanceEvent>,
  use: (issued: CertificateIssued) => Observable<Told>,
): Observable<Told> =>
  issuance$.pipe(
    filter((event) => event.type === 'certificate-issued'),
    concatMap(use),
  );

/** Of the names `fine.test` and `missing.test`. */
const missingEvents = [
  'order-created pending',
  ...proving(http01('fine.test')),
  ...proving(http01('missing.test'), 'invalid'),
];

const accounts: readonly Flow[] = [
  {
    name: 'a new account',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        concat(
          of(account).pipe(telling(({ created }) => (created ? 'created' : 'found'))),
          getAccount(account).pipe(telling(({ status }) => `its status is ${status}`)),
        ),
      ),
    outcome: { facts: ['created', 'its status is valid'] },
  },
  {
    name: 'a new account with a contact',
    ground: 'usual',
    client: ({ session, signer }) =>
      signer().pipe(
        concatMap((key) =>
          newAccount(session, { signer: key, termsOfServiceAgreed: true, contacts: ['mailto:admin@example.org'] }),
        ),
        concatMap(getAccount),
        telling(({ contacts = [] }) => `contact: ${contacts.join()}`),
      ),
    outcome: { facts: ['contact: mailto:admin@example.org'] },
  },
  {
    name: 'an account that exists: asked for anew, and looked for',
    ground: 'usual',
    client: ({ session, ...environment }) =>
      withAccount({ session, ...environment }, ({ signer, url }) =>
        concat(newAccount(session, { signer, termsOfServiceAgreed: true }), findAccount(session, { signer })).pipe(
          telling((found) => `${found.created ? 'created' : 'found'} ${found.url === url ? 'it' : 'another'}`),
        ),
      ),
    outcome: { facts: ['found it'] },
  },
  {
    name: 'an account that does not exist is looked for',
    ground: 'usual',
    client: ({ session, signer }) =>
      signer().pipe(
        concatMap((key) => findAccount(session, { signer: key })),
        telling(() => 'found'),
      ),
    outcome: { error: 'problem accountDoesNotExist' },
  },
  {
    name: 'terms that are not agreed to',
    ground: 'usual',
    client: ({ session, signer }) =>
      signer().pipe(
        concatMap((key) => newAccount(session, { signer: key })),
        telling(() => 'created'),
      ),
    outcome: { error: 'userActionRequired userActionRequired' },
  },
  {
    name: 'a contact that is no mail address by its scheme',
    ground: 'usual',
    client: ({ session, signer }) =>
      signer().pipe(
        concatMap((key) => newAccount(session, { signer: key, termsOfServiceAgreed: true, contacts: ['tel:+1234'] })),
        telling(() => 'created'),
      ),
    outcome: { error: 'problem unsupportedContact' },
  },
  {
    name: 'a contact that is no mail address',
    ground: 'usual',
    client: ({ session, signer }) =>
      signer().pipe(
        concatMap((key) =>
          newAccount(session, { signer: key, termsOfServiceAgreed: true, contacts: ['mailto:nobody'] }),
        ),
        telling(() => 'created'),
      ),
    outcome: { error: 'problem invalidContact' },
  },
  {
    name: 'an account that is deactivated, then orders',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        first(signedPost(account, account.url, { status: 'deactivated' }), () =>
          obtain(environment, account, ['one.test']),
        ),
      ),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'an account that is deactivated, then is looked for',
    ground: 'usual',
    client: ({ session, ...environment }) =>
      withAccount({ session, ...environment }, (account) =>
        first(signedPost(account, account.url, { status: 'deactivated' }), () =>
          findAccount(session, { signer: account.signer }).pipe(telling(() => 'found')),
        ),
      ),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'an account URL that nobody has',
    ground: 'usual',
    client: ({ session, ...environment }) =>
      withAccount({ session, ...environment }, ({ signer, url }) =>
        obtain({ session, ...environment }, acmeAccount(session, { signer, url: `${url}0` }), ['one.test']),
      ),
    outcome: { error: 'problem accountDoesNotExist' },
  },
  {
    name: 'an external account is required, and none is named',
    ground: 'external accounts required',
    client: (environment) => anAccount(environment).pipe(telling(() => 'created')),
    outcome: { error: 'problem externalAccountRequired' },
  },
  {
    name: 'an external account is required, and its key is wrong',
    ground: 'external accounts required',
    client: (environment) =>
      boundAccount(environment, {
        ...environment.externalAccount,
        macKey: 'b3RoZXIgb2N0ZXRzLCBhbmQgdGhlc2UgdG9vIQ',
      }).pipe(telling((status) => `status ${status}`)),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'an external account is required, and nobody knows it',
    ground: 'external accounts required',
    client: (environment) =>
      boundAccount(environment, { ...environment.externalAccount, kid: 'external-2' }).pipe(
        telling((status) => `status ${status}`),
      ),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'an external account is required, and is the right one',
    ground: 'external accounts required',
    client: (environment) =>
      boundAccount(environment, environment.externalAccount).pipe(telling((status) => `status ${status}`)),
    outcome: { facts: ['status 201'] },
  },
];

const certificates: readonly Flow[] = [
  {
    name: 'one name by http-01',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['one.test']),
    outcome: issued(http01('one.test')),
  },
  {
    name: 'ten names by http-01',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, tenNames),
    outcome: issued(http01(...tenNames)),
  },
  {
    name: 'a name and its wildcard by dns-01',
    ground: 'usual',
    client: (environment) =>
      obtainAnew(environment, ['wild.test', '*.wild.test'], { solvers: [environment.solvers.dns01] }),
    outcome: issued(dns01('wild.test', '*.wild.test')),
  },
  {
    name: 'an IP address',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['127.0.0.1']),
    outcome: issued(http01('127.0.0.1')),
  },
  {
    name: 'a name, a wildcard and an address in one order',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['mixed.test', '*.mixed.test', '127.0.0.1']),
    outcome: issued([...http01('mixed.test', '127.0.0.1'), ...dns01('*.mixed.test')]),
  },
  {
    name: 'a name in Unicode and capitals, twice',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['Bücher.Test', 'xn--bcher-kva.test']),
    outcome: issued(http01('xn--bcher-kva.test')),
  },
  {
    name: 'by a CSR of the caller',
    ground: 'usual',
    client: (environment) =>
      environment.certificateKey().pipe(
        concatMap((key) => environment.request(key, ['csr.test', 'www.csr.test'])),
        concatMap((csr) => obtainAnew(environment, ['csr.test', 'www.csr.test'], { csr })),
      ),
    outcome: issued(http01('csr.test', 'www.csr.test')),
  },
  {
    name: 'a key that is stored first',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['stored.test'], { keyStore: { save: () => [] } }),
    outcome: {
      ...issued(http01('stored.test')),
      events: ['order-created pending', ...proving(http01('stored.test')), 'key-stored', ...issuedEvents],
    },
  },
  {
    name: 'alternates are offered, and read',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        whenIssued(obtain(environment, account, ['one.test']), ({ certificate }) =>
          concat(
            of(certificate).pipe(telling(({ alternates }) => `${alternates.length} alternate`)),
            from(certificate.alternates).pipe(
              concatMap((url) => getCertificate(account, url)),
              telling(({ leaf, chain }) => {
                const same = leaf.serialNumber === certificate.leaf.serialNumber;
                const other = chain.at(-1)?.issuer !== certificate.chain.at(-1)?.issuer;
                return `${same ? 'the same' : 'another'} leaf, ${other ? 'another' : 'the same'} root`;
              }),
            ),
          ),
        ),
      ),
    outcome: { facts: ['1 alternate', 'the same leaf, another root'] },
  },
  {
    name: 'an authorization is used again',
    ground: 'authorizations reused',
    client: (environment) =>
      withAccount(environment, (account) =>
        first(obtain(environment, account, ['again.test']), () => obtain(environment, account, ['again.test'])),
      ),
    outcome: { events: ['order-created ready', ...issuedEvents], certificates: ['again.test'] },
  },
  {
    name: 'a certificate is revoked, twice',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        whenIssued(obtain(environment, account, ['one.test']), ({ certificate }) =>
          getDirectory(environment.session).pipe(
            concatMap(({ revokeCert = '' }) => {
              const revoked$ = signedPost(account, revokeCert, {
                certificate: leafOf(certificate.chainPem),
                reason: 1,
              });
              return concat(revoked$, revoked$);
            }),
            telling(({ status }) => `revoked: ${status}`),
          ),
        ),
      ),
    outcome: { facts: ['revoked: 200'], error: 'problem alreadyRevoked' },
  },
];

const refusals: readonly Flow[] = [
  {
    name: 'an identifier of a type that nobody knows',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: [{ type: 'email', value: 'a@example.org' }] }).pipe(
          telling(({ status }) => `order: ${status}`),
        ),
      ),
    outcome: { error: 'problem unsupportedIdentifier' },
    differs: {
      pebble: {
        outcome: { error: 'problem malformed' },
        because: 'Pebble calls an unknown type malformed, though RFC 8555 §6.7 has unsupportedIdentifier for that',
      },
    },
  },
  {
    name: 'a name that the CA refuses',
    ground: 'names refused',
    client: (environment) => obtainAnew(environment, environment.names.refused.slice(0, 1)),
    outcome: { error: 'problem rejectedIdentifier' },
  },
  {
    name: 'two names that the CA refuses, and one that it does not',
    ground: 'names refused',
    client: (environment) => obtainAnew(environment, ['fine.test', ...environment.names.refused]),
    outcome: { error: 'problem compound' },
    differs: {
      pebble: {
        outcome: { error: 'problem rejectedIdentifier' },
        because: 'Pebble stops at the first name that it refuses',
      },
    },
  },
  {
    name: 'an order for nothing',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        getDirectory(environment.session).pipe(
          concatMap((directory) => signedPost(account, directory.newOrder, { identifiers: [] })),
          telling(({ status }) => `status ${status}`),
        ),
      ),
    outcome: { error: 'problem malformed' },
  },
  {
    name: 'no solver for what is offered',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['*.wild.test'], { solvers: [environment.solvers.http01] }),
    outcome: { events: ['order-created pending'], error: 'unsupported' },
  },
  {
    name: 'two names, and the host of one is unreachable',
    ground: 'usual',
    client: (environment) => obtainAnew(environment, ['fine.test', environment.names.unreachable]),
    outcome: {
      events: [
        'order-created pending',
        ...proving(http01('fine.test')),
        ...proving(http01('unreachable.test'), 'invalid'),
      ],
      error: 'authorization: unreachable.test http-01 connection',
    },
  },
  {
    name: 'two names, and the server does not know the answer for one',
    ground: 'usual',
    client: (environment) =>
      obtainAnew(environment, ['fine.test', 'missing.test'], {
        solvers: [presentsNothing(environment.solvers.http01, 'missing.test')],
      }),
    outcome: {
      events: missingEvents,
      error: 'authorization: missing.test http-01 unauthorized',
    },
  },
  {
    name: 'all names fail by http-01',
    ground: 'usual',
    client: (environment) =>
      obtainAnew(environment, ['a.test', 'b.test', 'c.test'], {
        solvers: [presentsNothing(environment.solvers.http01)],
      }),
    outcome: {
      events: ['order-created pending', ...proving(http01('a.test', 'b.test', 'c.test'), 'invalid')],
      error: 'authorization: a.test http-01 connection, b.test http-01 connection, c.test http-01 connection',
    },
  },
  {
    name: 'all names fail by dns-01',
    ground: 'usual',
    client: (environment) =>
      obtainAnew(environment, ['a.test', '*.b.test'], { solvers: [presentsNothing(environment.solvers.dns01)] }),
    outcome: {
      events: ['order-created pending', ...proving(dns01('a.test', '*.b.test'), 'invalid')],
      error: 'authorization: *.b.test dns-01 dns, a.test dns-01 dns',
    },
    differs: {
      pebble: {
        outcome: {
          events: ['order-created pending', ...proving(dns01('a.test', '*.b.test'), 'invalid')],
          error: 'authorization: *.b.test dns-01 unauthorized, a.test dns-01 unauthorized',
        },
        because: 'Pebble calls every failure of dns-01 unauthorized, one of the name server too',
      },
    },
  },
  {
    name: 'a CSR for other names',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        readyOrder(environment, account, 'one.test').pipe(
          concatMap((order) =>
            environment.certificateKey().pipe(
              concatMap((key) => environment.request(key, ['one.test', 'other.test'])),
              concatMap((csr) => finalizeOrder(account, order, { csr })),
            ),
          ),
          telling(({ status }) => status),
        ),
      ),
    outcome: { error: 'problem badCSR' },
    differs: {
      pebble: {
        outcome: { error: 'problem unauthorized' },
        because: 'Pebble calls names that differ unauthorized, where RFC 8555 §7.4 only recommends badCSR',
      },
    },
  },
  {
    name: 'a CSR for other names does not end the order',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        readyOrder(environment, account, 'one.test').pipe(
          concatMap((order) =>
            first(
              environment.certificateKey().pipe(
                concatMap((key) => environment.request(key, ['other.test'])),
                concatMap((csr) => finalizeOrder(account, order, { csr })),
                evenIfRefused(),
              ),
              () => resume(environment, account, order.url, { solvers: [] }),
            ),
          ),
        ),
      ),
    outcome: {
      events: ['order-created ready resumed', ...issuedEvents],
      certificates: ['one.test'],
    },
  },
  {
    name: 'a CSR that is none',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        readyOrder(environment, account, 'one.test').pipe(
          concatMap(({ finalize }) => signedPost(account, finalize, { csr: 'AAAA' })),
          telling(({ status }) => `status ${status}`),
        ),
      ),
    outcome: { error: 'problem badCSR' },
    leftOut: { virtual: 'what is no CSR of rxacme/testing is read by pkijs, and virtual time does not wait for that' },
    differs: {
      pebble: {
        outcome: { error: 'problem malformed' },
        because: 'Pebble calls what is no CSR malformed, where RFC 8555 §7.4 only recommends badCSR',
      },
    },
  },
  {
    name: 'finalized before it is ready',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: ['one.test'] }).pipe(
          concatMap((order) =>
            environment.certificateKey().pipe(
              concatMap((key) => environment.request(key, ['one.test'])),
              concatMap((csr) => finalizeOrder(account, order, { csr })),
            ),
          ),
          telling(({ status }) => status),
        ),
      ),
    outcome: { error: 'problem orderNotReady' },
  },
  {
    name: 'a challenge that is valid is answered again',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        readyOrder(environment, account, 'one.test').pipe(
          concatMap(({ authorizations }) => getAuthorization(account, authorizations[0] ?? '')),
          concatMap(({ challenges }) => challenges.filter(({ status }) => status === 'valid')),
          concatMap(({ url }) => respondToChallenge(account, { url })),
          telling(({ status }) => status),
        ),
      ),
    outcome: { error: 'problem malformed' },
  },
];

const resumptions: readonly Flow[] = [
  {
    name: 'resumed while pending',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: ['one.test'] }).pipe(
          concatMap(({ url }) => resume(environment, account, url)),
        ),
      ),
    outcome: issued(http01('one.test'), 'order-created pending resumed'),
  },
  {
    name: 'resumed while ready',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        readyOrder(environment, account, 'one.test').pipe(
          concatMap(({ url }) => resume(environment, account, url, { solvers: [] })),
        ),
      ),
    outcome: {
      events: ['order-created ready resumed', ...issuedEvents],
      certificates: ['one.test'],
    },
  },
  {
    name: 'resumed while valid, with the key',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        whenIssued(obtain(environment, account, ['one.test']), ({ orderUrl, key }) =>
          resume(environment, account, orderUrl, { solvers: [], key }),
        ),
      ),
    outcome: { events: ['order-created valid resumed', 'certificate-issued'], certificates: ['one.test'] },
  },
  {
    name: 'resumed while valid, without the key',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        whenIssued(obtain(environment, account, ['one.test']), ({ orderUrl }) =>
          resume(environment, account, orderUrl, { solvers: [] }),
        ),
      ),
    outcome: { events: ['order-created valid resumed'], error: 'order' },
  },
  {
    name: 'resumed while invalid',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) => {
        let orderUrl = '';
        const failing$ = obtain(environment, account, [environment.names.unreachable]).pipe(
          tap((event) => (orderUrl = event.orderUrl)),
          evenIfRefused(),
        );
        return first(failing$, () => resume(environment, account, orderUrl));
      }),
    outcome: {
      events: ['order-created invalid resumed', 'authorization-settled unreachable.test invalid'],
      error: 'authorization: unreachable.test http-01 connection',
    },
  },
  {
    name: 'resumed when an authorization was deactivated',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: ['one.test'] }).pipe(
          concatMap(({ url, authorizations }) =>
            first(signedPost(account, authorizations[0] ?? '', { status: 'deactivated' }), () =>
              resume(environment, account, url),
            ),
          ),
        ),
      ),
    outcome: {
      events: ['order-created invalid resumed', 'authorization-settled one.test deactivated'],
      error: 'authorization: one.test no type unexplained',
    },
  },
  {
    name: 'an authorization of another account',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: ['one.test'] }).pipe(
          concatMap(({ authorizations }) =>
            withAccount(environment, (other) => getAuthorization(other, authorizations[0] ?? '')),
          ),
          telling(({ status }) => status),
        ),
      ),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'a certificate of another account',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        whenIssued(obtain(environment, account, ['one.test']), ({ certificate }) =>
          withAccount(environment, (other) => getCertificate(other, certificate.url)).pipe(telling(() => 'read')),
        ),
      ),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'resumed by another account',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: ['one.test'] }).pipe(
          concatMap(({ url }) => withAccount(environment, (other) => resume(environment, other, url))),
        ),
      ),
    outcome: { error: 'problem unauthorized' },
  },
  {
    name: 'an order that nobody has',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        newOrder(account, { identifiers: ['one.test'] }).pipe(
          concatMap(({ url }) => getOrder(account, `${url}0`)),
          telling(({ status }) => status),
        ),
      ),
    outcome: { error: 'problem malformed' },
    differs: {
      pebble: {
        outcome: { error: 'problem about:blank' },
        because: 'Pebble answers 404 without a problem document',
      },
    },
  },
  {
    name: 'unsubscribed when all is presented, then resumed at once',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        obtain(environment, account, ['cut.test', '*.cut.test']).pipe(
          givenUpAt('challenge-presented'),
          concatMap((url) => resume(environment, account, url)),
        ),
      ),
    outcome: issued([...http01('cut.test'), ...dns01('*.cut.test')], 'order-created pending resumed'),
  },
  {
    name: 'unsubscribed when it is finalized, then resumed with the key',
    ground: 'usual',
    client: (environment) =>
      withAccount(environment, (account) =>
        environment.certificateKey().pipe(
          concatMap((key) =>
            obtain(environment, account, ['one.test'], { key }).pipe(
              givenUpAt('order-finalized'),
              concatMap((url) => resume(environment, account, url, { solvers: [], key })),
              // It may have been processing for a moment, or not.
              filter(({ type }) => type !== 'order-created'),
            ),
          ),
        ),
      ),
    outcome: { events: ['certificate-issued'], certificates: ['one.test'] },
  },
];

const nonces: readonly Flow[] = [
  {
    name: 'the CA forgets its nonces',
    ground: 'usual',
    client: (environment) => {
      const { session, control } = environment;
      const looks$ = from([1, 2, 3]).pipe(
        mergeMap(() => environment.signer()),
        mergeMap((signer) => findAccount(session, { signer }).pipe(evenIfRefused())),
        toArray(),
      );
      return first(concat(looks$, control.forgetNonces()), () =>
        anAccount(environment).pipe(
          telling(({ created }) => (created ? 'created' : 'found')),
          andTell(() => (environment.refusedNonces() > 0 ? 'after a refusal' : 'without a refusal')),
        ),
      );
    },
    outcome: { facts: ['after a refusal', 'created'] },
  },
  {
    name: 'half of the nonces are refused',
    ground: 'half of the nonces refused',
    client: (environment) =>
      obtainAnew(environment, tenNames).pipe(
        andTell(() => (environment.refusedNonces() > 0 ? 'after refusals' : 'without a refusal')),
      ),
    outcome: { ...issued(http01(...tenNames)), facts: ['after refusals'] },
  },
];

/** The rows of the table. */
export const flows: readonly Flow[] = [...accounts, ...certificates, ...refusals, ...resumptions, ...nonces];
