import { concatMap, from, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { acmeSession, closeSession, generateSigner, isAcmeError, newAccount } from 'rxacme';
import { http01Server, nodeTransport } from 'rxacme/node';
import { issueAll, obtainWith } from '../../samples/host-names.js';
import { describeWithPebble } from '../support/with-pebble.js';

describeWithPebble('the host names sample', { blocklist: ['blocked.example'] }, (pebble) => {
  it('obtains for a stream of host names, and reports the one that the CA refuses', async () => {
    const { directoryUrl, caPem, httpPort } = pebble();
    const session = acmeSession({ directoryUrl, transport: nodeTransport({ ca: caPem }) });
    const hosts = ['a.example', 'b.example', 'blocked.example', 'under_score?.test', 'c.example'];
    const outcomes = await lastValueFrom(
      generateSigner().pipe(
        concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })),
        concatMap((account) => issueAll(from(hosts), obtainWith(account, [http01Server({ port: httpPort })]), 2)),
        toArray(),
      ),
    );
    closeSession(session);
    const names = outcomes.map((each) =>
      'issued' in each
        ? each.issued.certificate.leaf.identifiers.map(({ value }) => value).join()
        : `${each.host}: ${isAcmeError(each.error) ? each.error.code : each.error.name}`,
    );
    expect(names.sort()).toEqual([
      'a.example',
      'b.example',
      'blocked.example: problem',
      'c.example',
      'under_score?.test: TypeError',
    ]);
  });
});
