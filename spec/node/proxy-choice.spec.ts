import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment, proxyUrl } from '../../lib/node/proxy-choice.js';

const chosen = (environment: NodeJS.ProcessEnv, url: string): string | undefined =>
  proxyFromEnvironment(environment)(new URL(url))?.href;

describe('the proxy that the environment names', () => {
  const both = { HTTPS_PROXY: 'http://secure.example:3128', HTTP_PROXY: 'http://plain.example' };

  it('is chosen by the protocol of the URL', () => {
    expect(chosen(both, 'https://ca.example/')).toBe('http://secure.example:3128/');
    expect(chosen(both, 'http://ca.example/')).toBe('http://plain.example/');
    expect(chosen({ HTTP_PROXY: 'http://plain.example' }, 'https://ca.example/')).toBeUndefined();
    expect(chosen({}, 'https://ca.example/')).toBeUndefined();
    expect(chosen({ HTTPS_PROXY: '' }, 'https://ca.example/')).toBeUndefined();
  });

  it('is read in lower case first, and may lack its protocol', () => {
    const environment = { HTTPS_PROXY: 'http://upper.example', https_proxy: 'lower.example:8080' };
    expect(chosen(environment, 'https://ca.example/')).toBe('http://lower.example:8080/');
  });

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '[::1]'])('is not for this machine: %s', (host) => {
    expect(chosen(both, `https://${host}:14000/dir`)).toBeUndefined();
  });

  it.each([
    ['ca.example', 'https://ca.example/'],
    ['CA.example', 'https://ca.example/'],
    ['example', 'https://ca.example/'],
    ['.ca.example', 'https://ca.example/'],
    ['*.example', 'https://ca.example/'],
    ['other.test, ca.example', 'https://ca.example/'],
    ['other.test ca.example', 'https://ca.example/'],
    ['ca.example:443', 'https://ca.example/'],
    ['ca.example:14000', 'https://ca.example:14000/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['[2001:db8::1]', 'https://[2001:db8::1]/'],
    ['2001:db8::1', 'https://[2001:db8::1]:8443/'],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443/'],
    ['*', 'https://anything.example/'],
  ])('is not for a host in NO_PROXY: %s, %s', (noProxy, url) => {
    expect(chosen({ ...both, NO_PROXY: noProxy }, url)).toBeUndefined();
  });

  it.each([
    ['a.example', 'https://ca.example/'],
    ['ca.example.org', 'https://ca.example/'],
    ['ca.example:8443', 'https://ca.example/'],
    ['2.3', 'https://10.1.2.3/'],
    ['.', 'https://ca.example/'],
    [':443', 'https://ca.example/'],
    ['', 'https://ca.example/'],
  ])('is for a host that NO_PROXY does not name: %s, %s', (noProxy, url) => {
    expect(chosen({ ...both, NO_PROXY: noProxy }, url)).toBe('http://secure.example:3128/');
  });

  it('that is none throws, and its password is not told', () => {
    for (const text of ['socks5://user:secret@proxy.example', 'http://user:secret@', 'http://user:secret@a b']) {
      const parse = () => proxyFromEnvironment({ HTTPS_PROXY: text });
      expect(parse).toThrow(TypeError);
      expect(parse).toThrow(/^nodeTransport: HTTPS_PROXY must be the http: or https: URL of a proxy$/);
    }
  });
});

describe('proxyUrl', () => {
  it('takes host and port, or a URL', () => {
    expect(proxyUrl('proxy.example:3128', 'proxy').href).toBe('http://proxy.example:3128/');
    expect(proxyUrl('https://u:p@proxy.example', 'proxy').href).toBe('https://u:p@proxy.example/');
  });
});
