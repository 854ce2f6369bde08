import { describe, expect, it } from 'vitest';
import { authorizationFor, proxyFromEnvironment, proxyUrl } from '../../lib/node/proxy-choice.js';

const chosen = (environment: NodeJS.ProcessEnv, url: string): string | undefined =>
  proxyFromEnvironment(environment)(new URL(url))?.href;

describe('the proxy that the environment names', () => {
  const both = { HTTPS_PROXY: 'http://secure.example:3128', HTTP_PROXY: 'http://plain.example' };

  it('is chosen by the protocol of the URL', () => {
    expect(chosen(both, 'https://ca.example/')).toBe('http://secure.example:3128/');
    expect(chosen(both, 'http://ca.example/')).toBe('http://plain.example/');
    expect(chosen({ HTTP_PROXY: 'http://plain.example' }, 'https://ca.example/')).toBeUndefined();
    expect(chosen({}, 'https://ca.example/')).toBeUndefined();
    expect(chosen({ HTTPS_PROXY: ' ' }, 'https://ca.example/')).toBeUndefined();
    expect(chosen({ HTTPS_PROXY: ' http://a.example ' }, 'https://ca.example/')).toBe('http://a.example/');
  });

  it('is read in lower case first, and may lack its protocol', () => {
    const environment = { HTTPS_PROXY: 'http://upper.example', https_proxy: 'lower.example:8080' };
    expect(chosen(environment, 'https://ca.example/')).toBe('http://lower.example:8080/');
  });

  it('is not for this machine, nor for a host that NO_PROXY names', () => {
    expect(chosen(both, 'https://localhost:14000/dir')).toBeUndefined();
    const some = { ...both, NO_PROXY: 'other.test, ca.example\tlast.test' };
    for (const host of ['other.test', 'ca.example', 'last.test'])
      expect(chosen(some, `https://${host}/`)).toBeUndefined();
    expect(chosen(some, 'https://another.example/')).toBe('http://secure.example:3128/');
  });

  it('that is none throws, and its password is not told', () => {
    for (const text of ['socks5://user:secret@proxy.example', 'http://user:secret@', 'http://user:secret@a b']) {
      const parse = () => proxyFromEnvironment({ HTTPS_PROXY: text });
      expect(parse).toThrow(TypeError);
      expect(parse).toThrow(/^nodeTransport: HTTPS_PROXY must be the http: or https: URL of a proxy$/);
    }
  });
});

describe('the name and the password of a proxy', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['http://proxy.example', undefined],
    ['http://me:p%40ss@proxy.example', basic('me:p@ss')],
    ['http://me@proxy.example', basic('me:')],
    ['http://:token@proxy.example', basic(':token')],
    ['http://m%C3%BC:%25@proxy.example', basic('mü:%')],
  ])('of %s', (url, authorization) => {
    expect(authorizationFor(new URL(url))).toBe(authorization);
  });

  it('must be escaped, and are not told where they are not', () => {
    const parse = () => proxyUrl('http://me:50%secret@proxy.example', 'proxy');
    expect(parse).toThrow(TypeError);
    expect(parse).toThrow(/^nodeTransport: in the name and the password of proxy, % must be written as %25$/);
  });
});

describe('proxyUrl', () => {
  it('takes host and port, or a URL', () => {
    expect(proxyUrl('proxy.example:3128', 'proxy').href).toBe('http://proxy.example:3128/');
    expect(proxyUrl('https://u:p@proxy.example', 'proxy').href).toBe('https://u:p@proxy.example/');
  });
});
