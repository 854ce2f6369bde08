import { describe, expect, it } from 'vitest';
import { readCommandLine, usage } from '../../lib/dev-ca/command-line.js';

const read = (text = '') => readCommandLine(text === '' ? [] : text.split(' '));

describe('the command line', () => {
  it('needs nothing', () => {
    expect(read()).toEqual({ options: { port: 14_000 }, rootOut: undefined });
  });

  it('gives every option', () => {
    const text =
      '--port 0 --host ::1 --server-name ca.test --server-name 192.0.2.1 --root-out root.pem --http-port 5002 ' +
      '--tls-port 5001 --dns 127.0.0.1:8053 --dns ::1 --hosts *=127.0.0.1,a.test=127.0.0.2 --hosts b.test=::1 ' +
      '--always-valid --challenges http-01,dns-01 --validation-delay 10 --validation-timeout 500 --validity-days 0.5 ' +
      '--alternate-roots 2 --terms-of-service https://a.test/terms --external-account a=AAAAAAAAAAAAAAAAAAAAAA ' +
      '--refuse a.test --refuse b.test --reuse-authorizations ' +
      '--outcome-in-answer --retry-after 2000 --bad-nonce-rate 0.05';
    expect(read(text)).toEqual({
      rootOut: 'root.pem',
      options: {
        port: 0,
        host: '::1',
        serverNames: ['ca.test', '192.0.2.1'],
        httpPort: 5002,
        tlsPort: 5001,
        dnsServers: ['127.0.0.1:8053', '::1'],
        hosts: { '*': '127.0.0.1', 'a.test': '127.0.0.2', 'b.test': '::1' },
        alwaysValid: true,
        challengeTypes: ['http-01', 'dns-01'],
        validationDelayMs: 10,
        validationTimeoutMs: 500,
        validityDays: 0.5,
        alternateRoots: 2,
        termsOfService: 'https://a.test/terms',
        externalAccounts: { a: 'AAAAAAAAAAAAAAAAAAAAAA' },
        refusedNames: ['a.test', 'b.test'],
        reuseAuthorizations: true,
        outcomeInAnswer: true,
        retryAfterMs: 2000,
        badNonceRate: 0.05,
      },
    });
    for (const [flag] of text.matchAll(/--[\w-]+/g)) expect(usage).toContain(flag);
  });

  it('asks for help', () => {
    expect(read('--help')).toBeUndefined();
    expect(usage.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it.each([
    ['--nothing', "Unknown option '--nothing'"],
    ['more', 'more'],
    ['--port', '--port'],
    ['--port x', '--port must be a number, found x'],
    ['--port -1', '--port'],
    ['--http-port 0', '--http-port must be a whole number from 1 to 65535, found 0'],
    ['--bad-nonce-rate 2', '--bad-nonce-rate must be a number from 0 to 1, found 2'],
    ['--hosts a.test', '--hosts must be pairs such as a=b, found a.test'],
    ['--hosts =127.0.0.1', '--hosts must be pairs'],
    ['--hosts a=b', '--hosts must have IP addresses, for a too, found b'],
    ['--challenges x', '--challenges are http-01, dns-01, tls-alpn-01, found x'],
    ['--external-account a=b', '--external-account must have keys in base64url'],
    ['--host 0.0.0.0', '--host is every address of this machine'],
  ])('is refused: %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
