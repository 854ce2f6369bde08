/**
 * Obtains a certificate from an ACME server and writes it to disk: the main job of rxacme, from the command line.
 * `npm start -- --help` lists the options.
 */
import { concatMap, endWith, map, type Observable, of, takeWhile, tap, using } from 'rxjs';
import {
  acmeSession,
  type AcmeAccount,
  type CertificateIssued,
  closeSession,
  type IssuanceEvent,
  newAccount,
  obtainCertificate,
  resumeOrder,
  toIdentifier,
} from 'rxacme';
import { http01Server, nodeTransport } from 'rxacme/node';
import { accountSigner, CertificateFolder } from './obtain/files.js';
import { type Options, readOptions, usage } from './obtain/options.js';
import { progressLine } from './obtain/progress.js';
import { type TestCa, testCa } from './obtain/test-ca.js';

const startedAt = Date.now();

/** Emits the events of one issuance, from the CA that is asked for or from one that is started for it. */
function obtain(options: Options): Observable<IssuanceEvent> {
  const { directory, httpPort } = options;
  if (directory !== undefined) {
    return obtainFrom({ directoryUrl: directory, caPem: options.ca, httpPort }, options);
  }
  const defaults = {
    ...options,
    agreeToTerms: true,
    domains: options.domains.length > 0 ? options.domains : [toIdentifier('rxacme.example')],
  };
  const done = Symbol('done');
  return testCa().pipe(
    tap(({ directoryUrl }) => {
      console.log(`a test CA runs at ${directoryUrl} (name another with --directory)`);
    }),
    concatMap((ca) => obtainFrom(ca, defaults).pipe(endWith(done))),
    takeWhile((event) => event !== done),
  ) as Observable<IssuanceEvent>;
}

function obtainFrom(
  ca: Omit<TestCa, 'caPem'> & { readonly caPem: string | undefined },
  options: Options,
): Observable<IssuanceEvent> {
  const files = new CertificateFolder(options.out);
  const transport = nodeTransport(ca.caPem === undefined ? {} : { ca: ca.caPem });
  const session = acmeSession({ directoryUrl: ca.directoryUrl, transport, userAgent: 'rxacme-obtain-sample/1.0' });
  const solvers = [http01Server({ port: ca.httpPort })];
  const { keyStore } = files;
  const issue = (account: AcmeAccount) =>
    options.resume === undefined
      ? obtainCertificate(account, { identifiers: options.domains, keyType: options.keyType, solvers, keyStore })
      : resumeOrder(account, options.resume, { keyType: options.keyType, solvers, keyStore });
  return using(
    () => ({
      unsubscribe: () => {
        closeSession(session);
      },
    }),
    () =>
      accountSigner(options.out, options.accountKey).pipe(
        concatMap((signer) =>
          newAccount(session, {
            signer,
            termsOfServiceAgreed: options.agreeToTerms,
            ...(options.email === undefined ? {} : { contacts: [`mailto:${options.email}`] }),
          }),
        ),
        tap(({ url, created }) => {
          console.log(`account ${created ? 'created' : 'found'}: ${url}`);
        }),
        concatMap(issue),
        concatMap((event) =>
          event.type === 'certificate-issued' ? files.write(event).pipe(map(() => event)) : of(event),
        ),
      ),
  );
}

function summary({ certificate: { leaf } }: CertificateIssued, options: Options): string {
  const files = new CertificateFolder(options.out);
  return [
    '',
    `wrote ${files.chain}`,
    `  and ${files.key} (readable by you alone)`,
    `  for ${leaf.identifiers.map(({ value }) => value).join(', ')}`,
    `valid until ${leaf.notAfterAt.toISOString()}`,
  ].join('\n');
}

function fail(message: string, exitCode: number): void {
  console.error(message);
  process.exitCode = exitCode;
}

function main(): void {
  let orderUrl: string | undefined;
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return;
  }
  const subscription = obtain(options).subscribe({
    next: (event) => {
      ({ orderUrl } = event);
      console.log(progressLine(event, Date.now() - startedAt));
      if (event.type === 'certificate-issued') console.log(summary(event, options));
    },
    error: (error: unknown) => {
      fail(`\n${explain(error)}`, 1);
    },
  });
  process.once('SIGINT', () => {
    subscription.unsubscribe();
    fail(`\ninterrupted${orderUrl === undefined ? '' : `; go on with --resume ${orderUrl}`}`, 130);
  });
  subscription.add(() => process.removeAllListeners('SIGINT'));
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /self-signed|unable to (verify|get local issuer)/.test(message)
    ? `${message}\nto trust the CA's own HTTPS certificate, give its root with --ca-file`
    : message;
}

try {
  main();
} catch (error) {
  fail(`${error instanceof Error ? error.message : String(error)}\n(npm start -- --help lists the options)`, 2);
}
