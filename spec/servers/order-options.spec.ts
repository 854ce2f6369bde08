import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeUnsupportedError, getDirectory, newOrder, certificateId } from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { issued, obtain, ofType, openAccount, outcomeOf } from './support/client.js';
import { http01In } from './support/zone.js';

const dayMs = 86_400_000;
const profiles = {
  short: { description: 'Six days', validitySeconds: 6 * 86_400 },
  long: { description: 'Ninety days', validitySeconds: 90 * 86_400 },
};
const daysOf = ({ notBeforeAt, notAfterAt }: { notBeforeAt: Date; notAfterAt: Date }) =>
  Math.round((notAfterAt.getTime() - notBeforeAt.getTime()) / dayMs);

describeWithPebble('an order at Pebble', { profiles }, (get) => {
  covers('newOrder', 'profiles', 'replaces');

  describe('of a profile', () => {
    it.each(['short', 'long'] as const)('%s: the order and its certificate are of that profile', async (profile) => {
      const pebble = get();
      const account = await openAccount(pebble);
      const { meta } = await firstValueFrom(getDirectory(account.session));
      expect(meta.profiles).toEqual({ short: 'Six days', long: 'Ninety days' });
      const events = await obtain(account, {
        identifiers: [`${profile}.profile.test`],
        solvers: [http01In(pebble)],
        profile,
      });
      expect(ofType(events, 'order-created')).toMatchObject([{ profile }]);
      expect(daysOf(issued(events).certificate.leaf)).toBe(profile === 'short' ? 6 : 90);
    });

    it('that it does not offer: nothing is sent, and the message says what there is', async () => {
      const account = await openAccount(get());
      const { error } = await outcomeOf(newOrder(account, { identifiers: ['a.profile.test'], profile: 'medium' }));
      expect(error).toBeInstanceOf(AcmeUnsupportedError);
      expect((error as Error).message).toMatch(/short/);
    });

    it('that nobody asked for: Pebble takes any, and the event says which', async () => {
      const pebble = get();
      const events = await obtain(await openAccount(pebble), {
        identifiers: ['any.profile.test'],
        solvers: [http01In(pebble)],
      });
      const [{ profile } = {}] = ofType(events, 'order-created');
      expect(['short', 'long']).toContain(profile);
      expect(daysOf(issued(events).certificate.leaf)).toBe(profile === 'short' ? 6 : 90);
    });
  });

  describe('with a validity', () => {
    it('gets a certificate of exactly that one', async () => {
      const pebble = get();
      const start = Math.floor(Date.now() / 1000) * 1000;
      const [notBeforeAt, notAfterAt] = [new Date(start - dayMs), new Date(start + 3 * dayMs)];
      const events = await obtain(await openAccount(pebble), {
        identifiers: ['validity.test'],
        solvers: [http01In(pebble)],
        notBeforeAt,
        notAfterAt,
      });
      expect(issued(events).certificate.leaf).toMatchObject({ notBeforeAt, notAfterAt });
    });
  });

  describe('that replaces a certificate', () => {
    it('says which, once; a second order is made without that', async () => {
      const pebble = get();
      const account = await openAccount(pebble);
      const options = { identifiers: ['replaced.test'], solvers: [http01In(pebble)] };
      const first = issued(await obtain(account, options));
      const second = await obtain(account, { ...options, replaces: certificateId(first) });
      expect(ofType(second, 'order-created')[0]?.replaces).toMatch(/^[\w-]+\.[\w-]+$/);
      const third = await obtain(account, { ...options, replaces: certificateId(first) });
      expect(ofType(third, 'order-created')[0]).not.toHaveProperty('replaces');
      issued(third);
    });

    it('that Pebble does not know, is made without that', async () => {
      const account = await openAccount(get());
      const order$ = newOrder(account, { identifiers: ['unknown.test'], replaces: 'AQEB.AQEB' });
      expect((await firstValueFrom(order$)).replaces).toBeUndefined();
    });
  });
});
