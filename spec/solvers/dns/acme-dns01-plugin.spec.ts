import { concat, from, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { acmeDns01Plugin } from '../../../lib/solvers/dns/acme-dns01-plugin.js';
import type { AcmeDns01PluginChallenge, AcmeDns01PluginLike } from '../../../lib/solvers/dns/acme-dns01-plugin-like.js';
import { txtPublisher } from '../../../lib/solvers/dns/txt-publisher.js';
import { done } from '../../support/done.js';
import { virtualTime } from '../../support/virtual-time.js';
import { recordOf } from './records.js';

type Given = { readonly challenge: AcmeDns01PluginChallenge };

/** A plugin as the family's test harness wants it: an object with state, whose functions return Promises. */
class Plugin implements AcmeDns01PluginLike {
  readonly calls: (readonly [string, unknown])[] = [];
  readonly records = new Set<string>();
  propagationDelay?: number;

  constructor(readonly zoneNames: string[] = ['example.org', 'sub.example.org']) {}

  async init(argument: unknown) {
    this.calls.push(['init', argument]);
    return null;
  }

  async zones(argument: unknown) {
    this.calls.push(['zones', argument]);
    return [...this.zoneNames];
  }

  async set({ challenge }: Given) {
    this.calls.push(['set', challenge]);
    this.records.add(`${challenge.dnsPrefix}|${challenge.dnsZone}|${challenge.dnsAuthorization}`);
    return null;
  }

  async remove({ challenge }: Given) {
    this.calls.push(['remove', challenge]);
    this.records.delete(`${challenge.dnsPrefix}|${challenge.dnsZone}|${challenge.dnsAuthorization}`);
    return null;
  }

  names = () => this.calls.map(([name]) => name);
}

describe('acmeDns01Plugin', () => {
  it('hands over a challenge with all that plugins read', async () => {
    const plugin = new Plugin();
    const { add, remove } = acmeDns01Plugin(plugin, { request: 'their request' });
    await done(add(recordOf('digest', '_acme-challenge.www.sub.example.org')));
    expect(plugin.calls[0]).toEqual(['init', { type: 'dns-01', request: 'their request' }]);
    expect(plugin.calls[1]?.[1]).toMatchObject({ dnsHosts: ['_acme-challenge.www.sub.example.org'] });
    expect(plugin.calls[2]).toEqual([
      'set',
      {
        type: 'dns-01',
        status: 'pending',
        identifier: { type: 'dns', value: 'www.sub.example.org' },
        wildcard: false,
        hostname: 'www.sub.example.org',
        altname: 'www.sub.example.org',
        dnsHost: '_acme-challenge.www.sub.example.org',
        dnsAuthorization: 'digest',
        keyAuthorizationDigest: 'digest',
        dnsZone: 'sub.example.org',
        dnsPrefix: '_acme-challenge.www',
      },
    ]);
    expect([...plugin.records]).toEqual(['_acme-challenge.www|sub.example.org|digest']);
    await done(remove(recordOf('digest', '_acme-challenge.www.sub.example.org')));
    expect([...plugin.records]).toEqual([]);
  });

  it('initializes once, and asks for zones once for all names in them', async () => {
    const plugin = new Plugin();
    const provider = acmeDns01Plugin(plugin);
    expect(plugin.calls).toEqual([]);
    const names = ['a', 'b', 'c', 'd'].map((label) => `_acme-challenge.${label}.example.org`);
    await Promise.all(names.map((name) => done(provider.add(recordOf('value', name)))));
    expect(plugin.names().sort()).toEqual(['init', 'set', 'set', 'set', 'set', 'zones']);
    plugin.zoneNames.push('new.example');
    await done(provider.add(recordOf('value', '_acme-challenge.new.example')));
    expect(plugin.names().filter((name) => name === 'zones')).toHaveLength(2);
  });

  it('initializes again where that failed', async () => {
    let attempts = 0;
    const plugin = Object.assign(new Plugin(), {
      init: async () => (attempts++ === 0 ? Promise.reject('down') : null),
    });
    const provider = acmeDns01Plugin(plugin);
    await expect(done(provider.add(recordOf()))).rejects.toBe('down');
    await done(provider.add(recordOf()));
    expect([attempts, plugin.records.size]).toEqual([2, 1]);
  });

  it('takes the zone that was looked up, and does without one where there is none', async () => {
    const plugin = new Plugin(['example.com']);
    const provider = acmeDns01Plugin(plugin);
    await done(txtPublisher(provider, { zone: ['org'] }).add(recordOf()));
    expect(plugin.calls.at(-1)?.[1]).toMatchObject({ dnsZone: 'org', dnsPrefix: '_acme-challenge.example' });
    await done(provider.add(recordOf()));
    expect(plugin.calls.at(-1)?.[1]).not.toHaveProperty('dnsZone');
  });

  it('takes plugins with callbacks in Node’s style, and those that answer at once', async () => {
    const set: string[] = [];
    const provider = acmeDns01Plugin({
      set: (argument: Given, callback?: (error: unknown, result?: unknown) => void) => {
        set.push(argument.challenge.dnsAuthorization);
        callback?.(set.length > 1 ? new Error('once only') : null, null);
      },
      remove: () => null,
      zones: () => ['example.org', 5, null],
    });
    // Functions with a default or an optional parameter still have a length of two.
    await done(concat(from(provider.add(recordOf('one'))), from(provider.remove(recordOf('one')))));
    expect(set).toEqual(['one']);
    await expect(done(provider.add(recordOf('two')))).rejects.toThrow('once only');
  });

  it.each<[string, Partial<AcmeDns01PluginLike>]>([
    ['rejects', { set: () => Promise.reject(new Error('no such zone')) }],
    [
      'throws',
      {
        set: () => {
          throw new Error('no such zone');
        },
      },
    ],
    ['cannot list its zones', { zones: () => Promise.reject(new Error('no such zone')) }],
  ])('errors where the plugin %s', async (_, members) => {
    const plugin = Object.assign(new Plugin(), members);
    await expect(done(acmeDns01Plugin(plugin).add(recordOf()))).rejects.toThrow('no such zone');
  });

  it('removes what cannot be stopped only when it is there', async () => {
    const plugin = new Plugin();
    let go: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => (go = resolve));
    const set = plugin.set.bind(plugin);
    const started = new Promise<void>((resolve) => {
      plugin.set = async (given: Given) => {
        resolve();
        await waits;
        return set(given);
      };
    });
    const provider = txtPublisher(acmeDns01Plugin(plugin));
    const subscription = from(provider.add(recordOf())).subscribe();
    await started;
    subscription.unsubscribe();
    const removed = done(provider.remove(recordOf()));
    await new Promise((resolve) => setImmediate(resolve));
    go();
    await removed;
    expect(plugin.names().slice(-2)).toEqual(['set', 'remove']);
    expect(plugin.records.size).toBe(0);
  });

  it('is ready after the plugin’s own delay, or five seconds', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const ready = (propagationDelay?: number) =>
        from(
          acmeDns01Plugin(Object.assign(new Plugin(), { propagationDelay }), { scheduler }).ready?.(recordOf()) ??
            NEVER,
        );
      expectObservable(ready()).toBe('5s (a|)', { a: 0 });
      expectObservable(ready(15)).toBe('15ms (a|)', { a: 0 });
      expectObservable(ready(0)).toBe('(a|)', { a: 0 });
    }));

  it('refuses what is no plugin', () => {
    expect(() => acmeDns01Plugin({ create: () => undefined } as never)).toThrow(/create/);
  });
});
