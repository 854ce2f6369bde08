import { describe, expect, it } from 'vitest';
import { type DevCaOptions, startDevCa } from '../../lib/dev-ca/index.js';
import { checkedDevCaOptions } from '../../lib/dev-ca/checked-options.js';

describe('the options of a development CA', () => {
  it('have defaults under which nothing leaves this machine', () => {
    expect(checkedDevCaOptions({})).toEqual({
      host: '127.0.0.1',
      port: 0,
      serverNames: [],
      httpPort: 80,
      tlsPort: 443,
      dnsServers: [],
      hosts: { '*': '127.0.0.1' },
      alwaysValid: false,
      challengeTypes: ['http-01', 'dns-01', 'tls-alpn-01'],
      refusedNames: [],
      reuseAuthorizations: false,
      validityDays: 90,
      alternateRoots: 1,
      termsOfService: undefined,
      externalAccounts: {},
      badNonceRate: 0,
      validationDelayMs: 0,
      validationTimeoutMs: 10_000,
      outcomeInAnswer: false,
      retryAfterMs: undefined,
    });
  });

  it('may be there and undefined', () => {
    expect(checkedDevCaOptions({ port: undefined, hosts: undefined, alwaysValid: undefined })).toEqual(
      checkedDevCaOptions({}),
    );
  });

  it('look names up where there is a name server, and else where hosts says so', () => {
    expect(checkedDevCaOptions({ dnsServers: ['127.0.0.1:53'] }).hosts).toEqual({});
    expect(checkedDevCaOptions({ hosts: { 'A.test': '::1' } }).hosts).toEqual({ 'a.test': '::1' });
  });

  it('have names as they stand in certificates', () => {
    const { serverNames, refusedNames } = checkedDevCaOptions({
      serverNames: ['日本.Test', '::0:1'],
      refusedNames: ['A.'],
    });
    expect([...serverNames, ...refusedNames]).toEqual(['xn--wgv71a.test', '::1', 'a']);
  });

  it.each<[DevCaOptions, string]>([
    [{ port: 65_536 }, 'port must be a whole number from 0 to 65535, found 65536'],
    [{ httpPort: 0 }, 'httpPort must be a whole number from 1 to 65535, found 0'],
    [{ tlsPort: 1.5 }, 'tlsPort must be a whole number from 1 to 65535, found 1.5'],
    [{ validityDays: 0 }, 'validityDays must be a number from 0.001 to 3000, found 0'],
    [{ validityDays: NaN }, 'validityDays must be a number from 0.001 to 3000, found NaN'],
    [{ alternateRoots: -1 }, 'alternateRoots must be a whole number from 0 to 10, found -1'],
    [{ badNonceRate: 2 }, 'badNonceRate must be a number from 0 to 1, found 2'],
    [{ validationDelayMs: -1 }, 'validationDelayMs must be a number from 0 to 86400000, found -1'],
    [{ validationTimeoutMs: 0 }, 'validationTimeoutMs must be a number from 1 to 600000, found 0'],
    [{ retryAfterMs: -1 }, 'retryAfterMs must be a number from 0 to 86400000, found -1'],
    [{ port: '1' as unknown as number }, 'port must be a whole number from 0 to 65535, found 1'],
    [{ host: 'localhost' }, 'host must be an IP address, found localhost'],
    [
      { host: '0.0.0.0' },
      'host is every address of this machine: say in serverNames how others call it, found 0.0.0.0',
    ],
    [{ host: '::' }, 'host is every address of this machine: say in serverNames how others call it, found ::'],
    [{ serverNames: ['*.ca.test'] }, 'serverNames must be host names and IP addresses, found *.ca.test'],
    [{ refusedNames: ['a_b'] }, 'refusedNames must be host names and IP addresses, found a_b'],
    [{ serverNames: ['a b'] }, 'serverNames must be host names and IP addresses, found a b'],
    [{ hosts: { 'a.test': 'b.test' } }, 'hosts must have IP addresses, for a.test too, found b.test'],
    [{ dnsServers: ['ns.test'] }, 'dnsServers must be IP addresses, each with or without a port, found ns.test'],
    [{ challengeTypes: [] }, 'challengeTypes must not be empty, found []'],
    [{ challengeTypes: ['http-02' as 'http-01'] }, 'challengeTypes are http-01, dns-01, tls-alpn-01, found http-02'],
    [{ termsOfService: 'terms' }, 'termsOfService must be an absolute URL in ASCII, found terms'],
    [{ termsOfService: 'https://ä.test' }, 'termsOfService must be an absolute URL in ASCII, found https://ä.test'],
    [
      { externalAccounts: { a: 'c2hvcnQ' } },
      'externalAccounts must have keys in base64url of at least 16 octets each, that of a is not',
    ],
    [
      { externalAccounts: { a: 'no/base64+url==' } },
      'externalAccounts must have keys in base64url of at least 16 octets each, that of a is not',
    ],
  ])('are refused at the call: %j', (options, message) => {
    expect(() => startDevCa(options)).toThrow(new TypeError(`startDevCa: ${message}`));
  });
});
