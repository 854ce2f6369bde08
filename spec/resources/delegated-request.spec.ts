import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmePortError,
  acmeSession,
  buildDelegatedRequest,
  type CertificateKey,
  type CertificateRequestOptions,
  type CsrTemplate,
  decodeDelegation,
  type Identifier,
} from '../../lib/index.js';
import { delegationExample } from '../vectors/delegations.js';
import { now } from '../testing/support/raw-client.js';
import { covers } from '../support/covers.js';

covers('delegation');

const decoded = decodeDelegation({ raw: delegationExample, url: 'https://a.test/1', links: [] }).csrTemplate;
const template: CsrTemplate = { ...decoded, subject: { organization: '*' } };
const head = '3059301306072a8648ce3d020106082a8648ce3d030107034200';
const key = {
  publicKey: new Uint8Array(Buffer.from(head + '04'.padEnd(130, '7'), 'hex')),
} as Partial<CertificateKey> as CertificateKey;

function made(wanted: CsrTemplate) {
  const calls: { identifiers: readonly Identifier[]; options: CertificateRequestOptions | undefined }[] = [];
  const session = acmeSession({
    directoryUrl: 'https://ca.test/directory',
    certificateRequestBuilder: (_key, identifiers, options) => {
      calls.push({ identifiers, options });
      return of(Uint8Array.of(1));
    },
  });
  return { calls, request$: buildDelegatedRequest(session, key, wanted) };
}

/** The DER of each extension, by OID. */
const extensionsOf = (wanted: Partial<CsrTemplate>) => {
  const { calls, request$ } = made({ ...template, ...wanted });
  now(request$);
  return (calls[0]?.options?.extensions ?? []).map(({ oid, critical, value }) => [
    oid,
    critical ?? false,
    Buffer.from(value).toString('hex'),
  ]);
};

describe('buildDelegatedRequest', () => {
  it('asks the builder for the names and the extensions of the template, once for each subscription', () => {
    const { calls, request$ } = made(template);
    expect(calls).toEqual([]);
    expect(now(request$)).toEqual(Uint8Array.of(1));
    expect(now(request$)).toEqual(Uint8Array.of(1));
    expect(calls.map(({ identifiers }) => identifiers)).toEqual(
      Array(2).fill([{ type: 'dns', value: 'abc.ido.example' }]),
    );
  });

  it.each<[Partial<CsrTemplate>, readonly unknown[]]>([
    // As OpenSSL encodes them.
    [{ keyUsage: ['digitalSignature'], extendedKeyUsage: [] }, [['2.5.29.15', true, '03020780']]],
    [
      { keyUsage: ['keyEncipherment', 'digitalSignature'], extendedKeyUsage: ['serverAuth'] },
      [
        ['2.5.29.15', true, '030205a0'],
        ['2.5.29.37', false, '300a06082b06010505070301'],
      ],
    ],
    [{ keyUsage: ['decipherOnly', 'keyAgreement'], extendedKeyUsage: ['*'] }, [['2.5.29.15', true, '0303070880']]],
    [
      { keyUsage: [], extendedKeyUsage: Array<string>(20).fill('serverAuth') },
      [['2.5.29.37', false, '300a06082b06010505070301']],
    ],
    [{ keyUsage: [], extendedKeyUsage: [] }, []],
  ])('writes %j', (wanted, expected) => {
    expect(extensionsOf(wanted)).toEqual(expected);
  });

  it.each<[Partial<CsrTemplate>, string]>([
    [{ subject: { commonName: 'abc.ido.example', locality: '**' } }, 'unsupported'],
    [{ uris: ['https://ido.example/'] }, 'unsupported'],
    [{ dnsNames: ['**'] }, 'unsupported'],
    [{ dnsNames: ['a b'] }, 'protocol'],
    [{ keyUsage: ['doorOpening'] }, 'unsupported'],
    [{ extendedKeyUsage: ['1.2.3.4'] }, 'unsupported'],
    [{ keyTypes: [] }, 'input'],
  ])('errors on %j, and makes nothing', (wanted, code) => {
    const { calls, request$ } = made({ ...template, ...wanted });
    const errors: unknown[] = [];
    request$.subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject([{ code }]);
    expect(calls).toEqual([]);
  });

  it('errors with AcmePortError where the builder fails', () => {
    const session = acmeSession({
      directoryUrl: 'https://ca.test/directory',
      certificateRequestBuilder: () => {
        throw new Error('no');
      },
    });
    const errors: unknown[] = [];
    buildDelegatedRequest(session, key, template).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors[0]).toBeInstanceOf(AcmePortError);
  });
});
