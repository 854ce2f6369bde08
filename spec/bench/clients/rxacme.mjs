/** rxacme as it is by default. The solver has nothing to do: the bench answers for every token. */
import { EMPTY, lastValueFrom, mergeMap, range } from 'rxjs';
import { acmeAccount, acmeSession, closeSession, importSigner, obtainCertificate } from 'rxacme';
import { namesOf } from './order-sequence.mjs';

const solver = { types: ['http-01'], present: () => EMPTY, cleanUp: () => EMPTY };

export async function run(job, ports, importKey = () => lastValueFrom(importSigner(job.jwk))) {
  const { directoryUrl, accountUrl, count, width, pace, asShipped } = job;
  return async () => {
    const session = acmeSession({ directoryUrl, ...ports });
    const signer = await importKey();
    const account = acmeAccount(session, { signer, url: accountUrl });
    const poll = asShipped ? {} : pace;
    const certificate = (index) =>
      obtainCertificate(account, { identifiers: namesOf(index, job), solvers: [solver], poll });
    const last = await lastValueFrom(range(0, count).pipe(mergeMap(certificate, width)));
    if (last.type !== 'certificate-issued') throw new Error(`the last event is ${last.type}`);
    closeSession(session);
  };
}
