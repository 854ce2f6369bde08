import { expect, it } from 'vitest';
import { AcmeAuthorizationError, dnsAccount01, dnsPersist01, obtainCertificate } from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { verifyChain } from './support/chain.js';
import { issued, namesIn, obtain, openAccount, outcomeOf, quickPoll } from './support/client.js';

describeWithPebble('a certificate from Pebble by the drafts’ challenges in the DNS', {}, (get) => {
  covers('dnsAccount01', 'dnsPersist01');

  it('a name and its wildcard by dns-account-01, and nothing is left in the zone', async () => {
    const pebble = get();
    const { dns } = pebble;
    const account = await openAccount(pebble);
    const names = new Set<string>();
    const solver = dnsAccount01({
      add: ({ name, value }) => (names.add(name), dns.addTxt(name, value)),
      remove: ({ name, value }) => dns.removeTxt(name, value),
    });
    const identifiers = ['label.test', '*.label.test'];
    const events = await obtain(account, { identifiers, solvers: [solver] });
    await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
    expect(namesIn(events, 'challenge-presented')).toEqual([
      '*.label.test dns-account-01',
      'label.test dns-account-01',
    ]);
    expect([...names]).toEqual([expect.stringMatching(/^_[a-z2-7]{16}\._acme-challenge\.label\.test$/)]);
    for (const name of names) expect(dns.txt(name)).toEqual([]);
  });

  it('a name and its wildcard by dns-persist-01, and again by the record that stays', async () => {
    const pebble = get();
    const { dns } = pebble;
    const account = await openAccount(pebble);
    const solver = dnsPersist01({
      add: ({ name, value }) => dns.addTxt(name, value),
      wildcard: true,
      persistUntilAt: new Date(Date.now() + 3_600_000),
    });
    const identifiers = ['persist.test', '*.persist.test'];
    for (let turn = 0; turn < 2; turn++) {
      const events = await obtain(account, { identifiers, solvers: [solver] });
      await verifyChain(pebble, issued(events).certificate.chainPem, identifiers);
    }
    expect(dns.txt('_validation-persist.persist.test')).toEqual([
      expect.stringMatching(/^[a-z.]+; accounturi=https:\S+; policy=wildcard; persistUntil=\d{10}$/),
    ]);
  });

  it('is refused where the record is another account’s, or has ended', async () => {
    const pebble = get();
    const { dns } = pebble;
    const [one, other] = [await openAccount(pebble), await openAccount(pebble)];
    const add = ({ name, value }: { name: string; value: string }) => dns.addTxt(name, value);
    await obtain(one, { identifiers: ['mine.test'], solvers: [dnsPersist01({ add })] });
    for (const [account, name, solver] of [
      [other, 'mine.test', dnsPersist01({ add: () => [] })],
      [one, 'over.test', dnsPersist01({ add, persistUntilAt: new Date(1_000) })],
    ] as const) {
      const order = obtainCertificate(account, { identifiers: [name], solvers: [solver], poll: quickPoll });
      const { error } = await outcomeOf(order);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({ failures: [{ challengeType: 'dns-persist-01', identifier: { value: name } }] });
    }
  });
});
