import { defer } from 'rxjs';
import { readChain } from '../../lib/x509/read-chain.js';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { Identifier } from '../../lib/model/identifier.js';
import type { ExpectedLeaf } from '../../lib/model/ports.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { type ChainLink, checkChain } from '../../lib/x509/check-chain.js';
import { buildCertificateRequest } from '../../lib/x509/default-x509.js';
import { makeTestCa } from '../support/x509.js';
import { covers } from '../support/covers.js';

covers('certificate');

const chainOf = (ders: readonly Uint8Array[]) => defer(() => readChain(ders));

const body = Uint8Array.of(1, 2, 3);
const identifiers: readonly Identifier[] = [
  { type: 'dns', value: 'example.com' },
  { type: 'dns', value: '*.example.com' },
  { type: 'ip', value: '2001:db8::1' },
];

function thrownBy(links: readonly ChainLink[], expected?: ExpectedLeaf): unknown {
  try {
    return checkChain(links, expected, body);
  } catch (error) {
    return error;
  }
}

describe('checkChain', () => {
  let links: readonly ChainLink[];
  let swapped: readonly ChainLink[];
  let expected: ExpectedLeaf;
  let otherKey: Uint8Array;

  beforeAll(async () => {
    const root = await makeTestCa({ name: 'Root' });
    const ca = await root.intermediate({ name: 'Intermediate' });
    const impostor = await root.intermediate({ name: 'Intermediate' });
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const leaf = await ca.issue(await firstValueFrom(buildCertificateRequest(key, identifiers)));
    expected = { publicKey: key.publicKey, identifiers };
    otherKey = (await firstValueFrom(generateCertificateKey('P-256'))).publicKey;
    ({ links } = await firstValueFrom(chainOf([leaf, ca.certificate])));
    ({ links: swapped } = await firstValueFrom(chainOf([leaf, impostor.certificate])));
  });

  it('is content with the chain that was asked for, in whatever order and spelling the names come', () => {
    expect(thrownBy(links, expected)).toBeUndefined();
    const spelled = [
      { type: 'dns', value: 'EXAMPLE.com' },
      { type: 'ip', value: '2001:DB8:0:0::1' },
      ...identifiers,
    ].reverse();
    expect(thrownBy(links, { ...expected, identifiers: spelled })).toBeUndefined();
    expect(thrownBy(links)).toBeUndefined();
  });

  it('looks at DNS names and addresses only', () => {
    const others = [...identifiers, { type: 'TNAuthList', value: 'x' }];
    expect(thrownBy(links, { ...expected, identifiers: others })).toBeUndefined();
  });

  it.each<[string, () => [readonly ChainLink[], ExpectedLeaf?], RegExp]>([
    ['another key', () => [links, { ...expected, publicKey: otherKey }], /another key.*do not install/],
    [
      'a key that is cut off',
      () => [links, { ...expected, publicKey: expected.publicKey.subarray(0, -1) }],
      /another key/,
    ],
    [
      'a name too few',
      () => [links, { ...expected, identifiers: [...identifiers, { type: 'dns', value: 'b.example' }] }],
      /lacks b\.example: do not/,
    ],
    [
      'a name too many',
      () => [links, { ...expected, identifiers: identifiers.slice(1) }],
      /names example\.com too, which nobody asked for: do not/,
    ],
    [
      'another name',
      () => [links, { ...expected, identifiers: [...identifiers.slice(1), { type: 'dns', value: 'b.example' }] }],
      /lacks b\.example and names example\.com too/,
    ],
    [
      'an address as a name',
      () => [links, { ...expected, identifiers: [...identifiers.slice(0, 2), { type: 'dns', value: '2001:db8::1' }] }],
      /lacks 2001:db8::1 and names 2001:db8::1 too/,
    ],
    [
      'a name of odd characters',
      () => [
        links.map((link) => ({ ...link, identifiers: [...identifiers, { type: 'dns', value: 'a\u001bb' }] })),
        expected,
      ],
      /names "a\\u001bb" too/,
    ],
    [
      'many names too few',
      () => [
        links.map((link) => ({ ...link, identifiers: [] })),
        {
          ...expected,
          identifiers: Array.from({ length: 100 }, (_, index) => ({ type: 'dns', value: `${index}.example` })),
        },
      ],
      /lacks 0\.example, .*9\.example and 90 more: do not/,
    ],
    [
      'a swapped intermediate',
      () => [swapped, expected],
      /certificate 1 of 2, "", is not signed by the one after it, "CN=Intermediate".*do not install/,
    ],
    ['a swapped intermediate, nothing expected', () => [swapped], /certificate 1 of 2/],
    ['no certificate', () => [[], expected], /holds no certificate/],
  ])('throws AcmeProtocolError with the body on %s', (_what, arrange, message) => {
    const error = thrownBy(...arrange());
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect((error as AcmeProtocolError).message).toMatch(message);
    expect((error as AcmeProtocolError).body).toBe(body);
  });
});
