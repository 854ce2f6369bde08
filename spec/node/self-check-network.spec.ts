import { of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type SelfCheckNetwork, Unreachable, withAddress } from '../../lib/node/self-check-network.js';
import { done } from '../support/done.js';

/** The addresses that are tried, where these cannot be reached. */
async function tried(network: SelfCheckNetwork, host: string, unreachable: readonly string[] = []) {
  const seen: string[] = [];
  const use = (address: string) => {
    seen.push(address);
    return unreachable.includes(address) ? throwError(() => new Unreachable(`no way to ${address}`)) : of('reached');
  };
  const outcome = await done(withAddress(network, host, use)).catch((error: unknown) => String(error));
  return [seen, outcome];
}

describe('withAddress', () => {
  const both = { lookup: () => of(['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2']) };

  it('takes the first IPv6 address, and the first IPv4 address where that cannot be reached', async () => {
    expect(await tried(both, 'a.example')).toEqual([['2001:db8::1'], ['reached']]);
    expect(await tried(both, 'a.example', ['2001:db8::1'])).toEqual([['2001:db8::1', '192.0.2.1'], ['reached']]);
    expect(await tried(both, 'a.example', ['2001:db8::1', '192.0.2.1'])).toEqual([
      ['2001:db8::1', '192.0.2.1'],
      'Error: no way to 192.0.2.1',
    ]);
  });

  it('does not try another where one answered wrong', async () => {
    const use = () => throwError(() => new Error('status 404'));
    await expect(done(withAddress(both, 'a.example', use))).rejects.toThrow('status 404');
  });

  it('goes by the fixed addresses first, then by those for every other host, then by the address itself', async () => {
    const hosts = { 'a.example': '192.0.2.7', '*': ['192.0.2.8'], constructor: '192.0.2.9' };
    expect(await tried({ ...both, hosts }, 'a.example')).toEqual([['192.0.2.7'], ['reached']]);
    expect(await tried({ ...both, hosts }, 'b.example')).toEqual([['192.0.2.8'], ['reached']]);
    expect(await tried(both, 'toString')).toEqual([['2001:db8::1'], ['reached']]);
    expect(await tried({}, '2001:db8::5')).toEqual([['2001:db8::5'], ['reached']]);
  });

  it('asks the system where nothing else is said', async () => {
    const [seen] = await tried({}, 'localhost');
    expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining(seen as string[]));
  });

  it('says that there is no address', async () => {
    expect(await tried({ lookup: () => of([]) }, 'a.example')).toEqual([[], 'Error: a.example has no address']);
  });
});
