/**
 * Obtains a certificate from an ACME server and writes it to disk: the main job of rxacme, from the command line.
 * `npm start -- --help` lists the options.
 */
import { concat, concatMap, endWith, ignoreElements, map, type Observable, of, takeWhile, tap, using } from 'rxjs';
import {
  acmeSession,
  type AcmeAccount,
  AcmeError,
  AcmeUserActionRequiredError,
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
import { serveOnce } from './obtain/serve-once.js';
import { type TestCa, testCa } from './obtain/test-ca.js';

/** Emits the events of one issuance, from the CA that is asked for or from one that is started for it. */
function obtain(options: Options, files: CertificateFolder): Observable<IssuanceEvent> {
  const { directory, httpPort, ca: caPem } = options;
  if (directory !== undefined) return obtainFrom({ directoryUrl: directory, caPem, httpPort }, options, files);
  const domains = options.domains.length > 0 ? options.domains : [toIdentifier('rxacme.example')];
  return testCa().pipe(
    tap(({ directoryUrl }) => {
      console.log(`development CA in this process, at ${directoryUrl}; name a real one with --directory`);
    }),
    concatMap((ca) =>
      obtainFrom(ca, { ...options, domains, agreeToTerms: true }, files).pipe(
        concatMap((event) => (event.type === 'certificate-issued' ? concat(of(event), served(event, ca)) : of(event))),
        endWith(undefined),
      ),
    ),
    takeWhile((event) => event !== undefined),
  );
}

/** The certificate at work. */
const served = (event: CertificateIssued, { caPem }: TestCa): Observable<never> =>
  serveOnce(event, caPem).pipe(
    tap((what) => console.log(what)),
    ignoreElements(),
  );

type Ca = Omit<TestCa, 'caPem'> & { readonly caPem: string | undefined };

function obtainFrom(ca: Ca, options: Options, files: CertificateFolder): Observable<IssuanceEvent> {
  const { agreeToTerms, domains: identifiers, email, keyType, resume } = options;
  const session = acmeSession({
    directoryUrl: ca.directoryUrl,
    transport: nodeTransport({ ca: ca.caPem }),
    userAgent: 'rxacme-obtain-sample/1.0',
  });
  const issuance = { keyType, solvers: [http01Server({ port: ca.httpPort })], keyStore: files.keyStore };
  const issue = (account: AcmeAccount) =>
    resume === undefined
      ? obtainCertificate(account, { ...issuance, identifiers })
      : resumeOrder(account, resume, issuance);
  return using(
    () => ({ unsubscribe: () => closeSession(session) }),
    () =>
      accountSigner(options.out, options.accountKey).pipe(
        concatMap((signer) =>
          newAccount(session, {
            signer,
            termsOfServiceAgreed: agreeToTerms,
            contacts: email === undefined ? undefined : [`mailto:${email}`],
          }),
        ),
        tap(({ url, created }) => console.log(`account ${created ? 'created' : 'found'}: ${url}`)),
        concatMap(issue),
        concatMap((event) =>
          event.type === 'certificate-issued' ? files.write(event).pipe(map(() => event)) : of(event),
        ),
      ),
  );
}

function summary({ certificate: { leaf } }: CertificateIssued, files: CertificateFolder): string {
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
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return;
  }
  const files = new CertificateFolder(options.out);
  const canResume = options.directory !== undefined;
  let orderUrl: string | undefined;
  let startedAtMs: number | undefined;
  const subscription = obtain(options, files).subscribe({
    next: (event) => {
      ({ orderUrl } = event);
      startedAtMs ??= event.at.getTime();
      console.log(progressLine(event, event.at.getTime() - startedAtMs));
      if (event.type === 'certificate-issued') console.log(summary(event, files));
    },
    error: (error: unknown) => fail(`\n${explain(error)}`, 1),
  });
  const interrupt = () => {
    subscription.unsubscribe();
    fail(`\ninterrupted${orderUrl !== undefined && canResume ? `; go on with --resume ${orderUrl}` : ''}`, 130);
  };
  process.once('SIGINT', interrupt);
  subscription.add(() => process.off('SIGINT', interrupt));
}

/** An error's message, and what can be done about it on this command line. */
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/self-signed|unable to (verify|get local issuer)/.test(message)) {
    return `${message}\nto trust the CA's own HTTPS certificate, give its root with --ca-file`;
  }
  if (error instanceof AcmeUserActionRequiredError) {
    const terms = error.links?.find(({ relations }) => relations.includes('terms-of-service'))?.url;
    return `${message}\nread the terms of service${terms === undefined ? '' : ` (${terms})`} and agree to them with --agree-tos`;
  }
  return error instanceof AcmeError && error.url !== undefined && !message.includes(error.url)
    ? `${message}\n(${error.url})`
    : message;
}

try {
  main();
} catch (error) {
  fail(`${error instanceof Error ? error.message : String(error)}\n(npm start -- --help lists the options)`, 2);
}
