import { expect, it } from 'vitest';
import { describeWithPebble } from '../support/with-pebble.js';
import { issued, obtain, openAccount, requestCounts } from './support/client.js';
import { type ChildReport, runChild } from './support/issuance-child.js';
import { onceMore } from './support/once-more.js';
import { http01In } from './support/zone.js';

/** The pace of the polls as it is without options. */
const poll = {};

/*
 * A certificate for S names takes 2 S + 5 requests where validation and issuance are over by the first look at the
 * order: newOrder, S authorizations, S challenges, a look, finalize, a look, the certificate. A new process adds the
 * directory, newAccount and a nonce for each request that it has under way at a time, sixteen at most.
 */
describeWithPebble('the number of requests', {}, (get) => {
  it('one name on a new account: at most 11', async () => {
    const pebble = get();
    pebble.resetLog();
    const account = await openAccount(pebble);
    issued(await obtain(account, { identifiers: ['one.test'], solvers: [http01In(pebble)], poll }));
    const counts = requestCounts(pebble);
    console.info(`one name on a new account: ${JSON.stringify(counts)}`);
    expect(counts.total).toBeLessThanOrEqual(11);
  });

  it('an order of 100 names in a new process: at most 226, on 16 connections', async () => {
    const pebble = get();
    await onceMore(pebble, 'an order of 100 names', async (hangs) => {
      pebble.resetLog();
      const connectionsBefore = pebble.tlsConnections();
      const identifiers = Array.from({ length: 100 }, (_, index) => `n${index}.hundred.test`);
      const reports: ChildReport[] = [];
      const end = await runChild(
        pebble,
        { identifiers, challenge: 'http-01', moments: ['at once'] },
        { ended: (report) => void reports.push(report), abort: hangs },
      );
      expect(end).toEqual({ code: 0, signal: null, stderr: '' });
      expect(reports.map(({ events }) => events.at(-1))).toEqual(['certificate-issued']);
      const counts = requestCounts(pebble);
      const connections = pebble.tlsConnections() - connectionsBefore;
      console.info(`100 names in a new process, on ${connections} connections: ${JSON.stringify(counts)}`);
      expect(counts).toMatchObject({ '/dir': 1, '/sign-me-up': 1, '/order-plz': 1, '/authZ/': 100, '/chalZ/': 100 });
      expect(counts).toMatchObject({ '/finalize-order/': 1, '/certZ/': 1 });
      expect(counts['/nonce-plz']).toBeLessThanOrEqual(16);
      expect(counts.total).toBeLessThanOrEqual(226);
      expect(connections).toBeLessThanOrEqual(16);
    });
  });

  it('20 orders in turn in one session: at most 7.2 each, one newNonce and one connection in all', async () => {
    const pebble = get();
    await onceMore(pebble, '20 orders in turn', async (hangs) => {
      pebble.resetLog();
      const connectionsBefore = pebble.tlsConnections();
      const account = await openAccount(pebble, {}, hangs);
      const solvers = [http01In(pebble)];
      for (let index = 0; index < 20; index++) {
        issued(await obtain(account, { identifiers: [`n${index}.turn.test`], solvers, poll }));
      }
      const counts = requestCounts(pebble);
      const connections = pebble.tlsConnections() - connectionsBefore;
      console.info(
        `20 orders in turn, ${counts.total / 20} requests each, on ${connections} connection: ${JSON.stringify(counts)}`,
      );
      expect(counts).toMatchObject({ '/dir': 1, '/nonce-plz': 1, '/sign-me-up': 1, '/order-plz': 20, '/authZ/': 20 });
      expect(counts).toMatchObject({ '/chalZ/': 20, '/finalize-order/': 20, '/certZ/': 20 });
      expect(counts.total / 20).toBeLessThanOrEqual(7.2);
      expect(connections).toBe(1);
    });
  });
});
