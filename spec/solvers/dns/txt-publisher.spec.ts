import { concat, EMPTY, from, NEVER, of, tap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeDnsError } from '../../../lib/model/errors/dns-error.js';
import { AcmeInputError } from '../../../lib/model/errors/input-error.js';
import { dns01 } from '../../../lib/solvers/dns01.js';
import { dnsAccount01 } from '../../../lib/solvers/dns-account01.js';
import type { DnsRecord } from '../../../lib/solvers/dns/dns-provider.js';
import type { PropagationCheck } from '../../../lib/solvers/dns/propagation.js';
import { txtPublisher } from '../../../lib/solvers/dns/txt-publisher.js';
import { done } from '../../support/done.js';
import { virtualTime } from '../../support/virtual-time.js';
import { taskOf } from '../tasks.js';
import { recordingProvider, recordOf } from './records.js';

const check = (members: Partial<PropagationCheck> = {}): PropagationCheck => ({ seen: () => EMPTY, ...members });

describe('txtPublisher', () => {
  it('hands the record on as it is where nothing is to be found out', async () => {
    const { calls, provider } = recordingProvider();
    const publisher = txtPublisher(provider);
    await done(concat(from(publisher.add(recordOf())), from(publisher.remove(recordOf()))));
    expect(calls).toEqual([
      ['add', recordOf()],
      ['remove', recordOf()],
    ]);
    expect(publisher).not.toHaveProperty('ready');
  });

  it('is a provider for every solver that publishes TXT records', () => {
    const { provider } = recordingProvider();
    const publisher = txtPublisher(provider, { propagation: check() });
    expect(dns01(publisher)).toHaveProperty('ready');
    expect(dnsAccount01(publisher).types).toEqual(['dns-account-01']);
    expect(dns01(publisher).present(taskOf())).toBeDefined();
  });

  it('writes where the aliases lead, checks and removes there, and looks only once', async () => {
    let looks = 0;
    const { calls, provider } = recordingProvider();
    const seen: DnsRecord[] = [];
    const canonicalName = () => (looks++, of('Proof.acme.example.'));
    const propagation = check({ canonicalName, seen: (record) => (seen.push(record), EMPTY) });
    const publisher = txtPublisher(provider, { propagation, zone: ['example.org', 'acme.example', 'example'] });
    const at = {
      ...recordOf(),
      name: 'proof.acme.example',
      aliasOf: '_acme-challenge.example.org',
      zone: 'acme.example',
      relativeName: 'proof',
    };
    await done(publisher.add(recordOf()));
    await done(publisher.ready?.(recordOf()) ?? NEVER);
    await done(publisher.remove(recordOf()));
    expect(calls).toEqual([
      ['add', at],
      ['remove', at],
    ]);
    expect([seen, looks]).toEqual([[at], 1]);
  });

  it('finds the place again for what another process has added', async () => {
    const { calls, provider } = recordingProvider();
    const publisher = txtPublisher(provider, { followCname: () => of('proof.acme.example') });
    await done(publisher.remove(recordOf()));
    expect(calls.map(([, { name }]) => name)).toEqual(['proof.acme.example']);
  });

  it('does not follow aliases where those who are asked would remember that there is none', async () => {
    const { calls, provider } = recordingProvider();
    const canonicalName = () => of('proof.acme.example');
    const propagation = check({ canonicalName, remembersAbsence: true });
    await done(txtPublisher(provider, { propagation }).add(recordOf()));
    await done(txtPublisher(provider, { propagation, followCname: true }).add(recordOf('other')));
    await done(
      txtPublisher(provider, { propagation: check({ canonicalName }), followCname: false }).add(recordOf('x')),
    );
    const names = calls.map(([, { name }]) => name);
    expect(names).toEqual(['_acme-challenge.example.org', 'proof.acme.example', '_acme-challenge.example.org']);
  });

  it.each<[string, Parameters<typeof txtPublisher>[1]]>([
    ['none of the zones holds it', { zone: ['example.com', 'le.org'] }],
    ['a zone that is found does not hold it', { zone: () => of('example.com') }],
    ['no zone is found', { zone: () => EMPTY }],
  ])('changes nothing where %s', async (_, options) => {
    const { calls, provider } = recordingProvider();
    const publisher = txtPublisher(provider, options);
    await expect(done(publisher.add(recordOf()))).rejects.toBeInstanceOf(AcmeInputError);
    await done(publisher.remove(recordOf()));
    expect(calls).toEqual([]);
  });

  it('has no relative name for the zone’s own record', async () => {
    const { calls, provider } = recordingProvider();
    await done(txtPublisher(provider, { zone: ['_acme-challenge.example.org.'] }).add(recordOf()));
    expect(calls[0]?.[1]).toMatchObject({ zone: '_acme-challenge.example.org', relativeName: '' });
  });

  it('errors with what the aliases end in, and then has nothing to remove', async () => {
    const { calls, provider } = recordingProvider();
    const followCname = () => throwError(() => new AcmeDnsError('alias-loop', 'a -> b -> a'));
    const publisher = txtPublisher(provider, { followCname });
    await expect(done(publisher.add(recordOf()))).rejects.toMatchObject({ failure: 'alias-loop' });
    await done(publisher.remove(recordOf()));
    expect(calls).toEqual([]);
  });

  it('makes a few calls at a time, and those for one name in turn', () =>
    virtualTime(({ scheduler, flush }) => {
      let running = 0;
      let most = 0;
      const names: string[] = [];
      const add = ({ name }: DnsRecord) => {
        expect(names).not.toContain(name);
        names.push(name);
        most = Math.max(most, ++running);
        return timer(10, scheduler).pipe(
          tap({
            complete: () => {
              running--;
              names.splice(names.indexOf(name), 1);
            },
          }),
        );
      };
      const publisher = txtPublisher({ add, remove: () => EMPTY }, { atATime: 3, scheduler });
      for (let index = 0; index < 12; index++) {
        const name = `_acme-challenge.${index % 6}.org`;
        from(publisher.add(recordOf(`value ${index}`, name))).subscribe();
      }
      flush();
      expect([most, running, scheduler.now()]).toEqual([3, 0, 40]);
    }));

  it('removes a value that orders share when the last of them is done', async () => {
    const { called, provider } = recordingProvider();
    const publisher = txtPublisher(provider);
    await done(publisher.add(recordOf('shared')));
    await done(publisher.add(recordOf('shared')));
    await done(publisher.remove(recordOf('shared')));
    expect(called()).toEqual(['add shared', 'add shared']);
    await done(publisher.remove(recordOf('shared')));
    expect(called()).toEqual(['add shared', 'add shared', 'remove shared']);
  });

  it('removes a value only when an addition that cannot be stopped is over', async () => {
    const events: string[] = [];
    let finish = (): void => undefined;
    const adding = new Promise<void>((resolve) => (finish = resolve)).then(() => events.push('added'));
    const publisher = txtPublisher({ add: () => adding, remove: () => (events.push('removed'), []) });
    from(publisher.add(recordOf())).subscribe().unsubscribe();
    const removed = done(publisher.remove(recordOf()));
    finish();
    await removed;
    expect(events).toEqual(['added', 'removed']);
  });

  it('does not wait for ever for such an addition', () =>
    virtualTime(({ scheduler, flush, timers }) => {
      const removed: number[] = [];
      const add = () => new Promise(() => undefined);
      const publisher = txtPublisher({ add, remove: () => (removed.push(scheduler.now()), []) }, { scheduler });
      from(publisher.add(recordOf())).subscribe().unsubscribe();
      from(publisher.remove(recordOf())).subscribe();
      flush();
      expect([removed, timers()]).toEqual([[10_000], 0]);
    }));

  it('stops what is under way when it is unsubscribed', () =>
    virtualTime(({ cold, expectSubscriptions, expectObservable }) => {
      const [looking, adding] = [cold<string>('--a|', { a: 'proof.acme.example' }), cold('-----|')];
      const make = () => txtPublisher({ add: () => adding, remove: () => EMPTY }, { followCname: () => looking });
      expectObservable(from(make().add(recordOf())), '^!').toBe('');
      expectObservable(from(make().add(recordOf())), '^---!').toBe('');
      expectSubscriptions(looking.subscriptions).toBe(['^!', '^-!']);
      expectSubscriptions(adding.subscriptions).toBe(['--^-!']);
    }));

  it('is ready when the provider says so and the check does, and emits what the check emits', () =>
    virtualTime(({ cold, expectObservable }) => {
      const provider = { ...recordingProvider().provider, ready: () => cold('--x|') };
      const progress = { name: 'a', seen: 1, of: 1, waitingFor: [] };
      const publisher = txtPublisher(provider, { propagation: check({ seen: () => cold('-p|', { p: progress }) }) });
      expectObservable(from(publisher.ready?.(recordOf()) ?? NEVER)).toBe('----p|', { p: progress });
      expectObservable(from(txtPublisher(provider).ready?.(recordOf()) ?? NEVER)).toBe('--x|');
    }));

  it.each<[RegExp, () => unknown]>([
    [/add and remove/, () => txtPublisher({} as never)],
    [/atATime/, () => txtPublisher(recordingProvider().provider, { atATime: 0 })],
    [/atATime/, () => txtPublisher(recordingProvider().provider, { atATime: NaN })],
    [/followCname/, () => txtPublisher(recordingProvider().provider, { followCname: true })],
  ])('refuses at the call: %s', (message, call) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});
