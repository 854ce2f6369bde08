import { lastValueFrom, mergeMap, range, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type AcmeAccount, obtainCertificate, toCertificate } from '../../lib/index.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { openAccount, quickPoll, requestCounts } from './support/client.js';
import { onceMore } from './support/once-more.js';
import { http01In } from './support/zone.js';

/*
 * What does not depend on how fast a machine is: each kind of request but the looks at the order, of which there are two
 * for each at the least, and the connections.
 */
describeWithPebble('the requests of many orders', {}, (get) => {
  const issue = (account: AcmeAccount, orders: number, atATime: number, zone: string) => {
    const solvers = [http01In(get())];
    const one = (index: number) =>
      obtainCertificate(account, { identifiers: [`n${index}.${zone}.test`], solvers, poll: quickPoll }).pipe(
        toCertificate(),
      );
    return lastValueFrom(range(0, orders).pipe(mergeMap(one, atATime), toArray()));
  };
  const each = (orders: number) => ({
    '/dir': 1,
    '/sign-me-up': 1,
    '/order-plz': orders,
    '/authZ/': orders,
    '/chalZ/': orders,
    '/finalize-order/': orders,
    '/certZ/': orders,
  });

  it.each([
    ['50 in sequence: one newNonce and one connection', 50, 1, 1],
    ['200 at 20 at a time: a newNonce and a connection for each of the 16 requests under way', 200, 20, 16],
  ])('%s', async (what, orders, atATime, most) => {
    const pebble = get();
    await onceMore(pebble, what, async (hangs) => {
      pebble.resetLog();
      const connectionsBefore = pebble.tlsConnections();
      const account = await openAccount(pebble, {}, hangs);
      expect(await issue(account, orders, atATime, `o${orders}`)).toHaveLength(orders);
      const counts = requestCounts(pebble);
      const connections = pebble.tlsConnections() - connectionsBefore;
      console.info(`${what}: ${(counts.total / orders).toFixed(2)} requests each, ${connections} connections`);
      expect(counts).toMatchObject(each(orders));
      expect(counts['/nonce-plz']).toBeLessThanOrEqual(most);
      expect(counts['/my-order/']).toBeGreaterThanOrEqual(orders);
      expect(connections).toBeLessThanOrEqual(most);
    });
  });
});
