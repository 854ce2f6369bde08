/** Whole orders from within a page, at a development CA over HTTPS. */
import { concatMap, EMPTY, firstValueFrom, lastValueFrom, of, timer, toArray } from 'rxjs';
import { describe, expect, inject, it } from 'vitest';
import { backEndSolver, indexedDbSigners, manualDns01 } from '../../lib/browser/index.js';
import {
  acmeSession,
  type AcmeAccount,
  type ChallengeSolver,
  type DnsPropagation,
  newAccount,
  obtainCertificate,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';

covers('newOrder', 'certificate');

const accountAt = (directoryUrl: string): Promise<AcmeAccount> =>
  lastValueFrom(
    indexedDbSigners({ database: 'rxacme-spec-issuance' })
      .findOrGenerate('acme')
      .pipe(concatMap((signer) => newAccount(acmeSession({ directoryUrl }), { signer, termsOfServiceAgreed: true }))),
  );
const obtained = async (directoryUrl: string, identifiers: string[], solver: ChallengeSolver) =>
  firstValueFrom(obtainCertificate(await accountAt(directoryUrl), { identifiers, solvers: [solver] }).pipe(toArray()));

describe('in a page', () => {
  it('a certificate is obtained by what the back end presents, and the authority looks for', async () => {
    const solver = backEndSolver({ url: '/back-end/solver', types: ['http-01'] });
    const events = await obtained(inject('validatingDirectoryUrl'), ['a.example', 'b.example'], solver);
    const issued = events.at(-1);
    expect(issued).toMatchObject({ type: 'certificate-issued' });
    if (issued?.type !== 'certificate-issued') return;
    expect(issued.certificate.leaf.identifiers).toEqual(
      expect.arrayContaining([
        { type: 'dns', value: 'a.example' },
        { type: 'dns', value: 'b.example' },
      ]),
    );
    expect(await firstValueFrom(issued.key?.exportPem() ?? EMPTY)).toContain('BEGIN PRIVATE KEY');
  });

  it('a name without an answer ends the order', async () => {
    const forgetful: ChallengeSolver = { types: ['http-01'], present: () => of(0), cleanUp: () => of(0) };
    await expect(obtained(inject('validatingDirectoryUrl'), ['c.example'], forgetful)).rejects.toMatchObject({
      code: 'authorization',
    });
  });

  it('a certificate for a wildcard is obtained by hand', async () => {
    const seen: DnsPropagation = { name: 'x', seen: 1, of: 1, waitingFor: [] };
    const shown: string[] = [];
    const person = manualDns01({
      confirmed: ({ name }) => timer(20).pipe(concatMap(() => of(shown.push(name)))),
      propagation: { seen: () => of(seen) },
    });
    const events = await obtained(inject('directoryUrl'), ['example.org', '*.example.org'], person);
    expect(events.at(-1)?.type).toBe('certificate-issued');
    expect(shown).toEqual(['_acme-challenge.example.org', '_acme-challenge.example.org']);
    expect((await firstValueFrom(person.entries$)).map(({ state }) => state)).toEqual(['to-remove', 'to-remove']);
  });
});
