import { describe, expect, it } from 'vitest';
import { dnsServer, dnsServers } from '../../../lib/node/dns/dns-server.js';

describe('dnsServer', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', 53],
    ['192.0.2.1:5353', '192.0.2.1', 5353],
    ['2001:db8::1', '2001:db8::1', 53],
    ['[2001:db8::1]', '2001:db8::1', 53],
    ['[2001:db8::1]:5353', '2001:db8::1', 5353],
    ['ns1.example.org', 'ns1.example.org', 53],
    ['ns1.example.org:54', 'ns1.example.org', 54],
  ])('reads %s', (text, host, port) => {
    expect(dnsServer(text)).toEqual({ host, port, label: text });
  });

  it.each(['', ':53', '192.0.2.1:0', '192.0.2.1:65536', '[ns.example]:53', 'ns example', 'https://ns.example', '[::1'])(
    'refuses %j',
    (text) => {
      expect(() => dnsServer(text)).toThrow(TypeError);
    },
  );

  it('falls back on the servers of this machine', () => {
    for (const { port } of dnsServers(undefined)) expect(port).toBeGreaterThan(0);
    expect(dnsServers(['192.0.2.1'])).toHaveLength(1);
  });
});
