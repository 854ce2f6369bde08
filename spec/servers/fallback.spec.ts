import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { AcmeAuthorizationError, dns01, http01, obtainCertificate, withFallback } from '../../lib/index.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { verifyChain } from './support/chain.js';
import { openAccount, quickPoll } from './support/client.js';

describeWithPebble('a fallback at Pebble', {}, (get) => {
  // Nobody serves it: Pebble finds no server at the port of http-01.
  const http = http01({ add: () => [], remove: () => [] });

  it('obtains by dns-01 what cannot be proven by http-01, in a second order', async () => {
    const pebble = get();
    const { dns } = pebble;
    const solvers = [
      http,
      dns01({
        add: ({ name, value }) => dns.addTxt(name, value),
        remove: ({ name, value }) => dns.removeTxt(name, value),
      }),
    ];
    const account = await openAccount(pebble);
    const identifiers = ['one.fallback.test', 'two.fallback.test'];
    const events = await lastValueFrom(
      withFallback(account, { solvers }, (each) =>
        obtainCertificate(account, { identifiers, solvers: each, poll: quickPoll }),
      ).pipe(toArray()),
    );
    const orders = events.filter(({ type }) => type === 'order-created');
    const fellBack = events.flatMap((event) => (event.type === 'fell-back' ? [event] : []));
    expect(new Set(orders.map(({ orderUrl }) => orderUrl)).size).toBe(2);
    expect(fellBack.map(({ name }) => name).sort()).toEqual(identifiers);
    for (const { problem, nextTypes, orderUrl } of fellBack) {
      expect([problem?.type, nextTypes, orderUrl]).toEqual([
        'urn:ietf:params:acme:error:connection',
        ['dns-01'],
        orders[0]?.orderUrl,
      ]);
    }
    const issued = events.at(-1);
    if (issued?.type !== 'certificate-issued') throw new Error('nothing was issued');
    await verifyChain(pebble, issued.certificate.chainPem, identifiers);
    for (const name of identifiers) expect(dns.txt(`_acme-challenge.${name}`)).toEqual([]);
  });

  it('ends with both reasons where dns-01 fails as well', async () => {
    const account = await openAccount(get());
    const solvers = [http, dns01({ add: () => [], remove: () => [] })];
    const events$ = withFallback(account, { solvers }, (each) =>
      obtainCertificate(account, { identifiers: ['none.fallback.test'], solvers: each, poll: quickPoll }),
    );
    const error: unknown = await firstValueFrom(events$.pipe(toArray())).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({
      failures: [{ challengeType: 'dns-01' }],
      cause: { failures: [{ challengeType: 'http-01' }] },
    });
  });
});
