import { Extensions, CertificationRequest } from 'pkijs';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  buildCertificateRequest,
  type CertificateRequestOptions,
  certificateReader,
  generateCertificateKey,
  type Identifier,
  type IdentifierType,
} from '../../lib/index.js';
import { decodePem } from '../../lib/codec/pem.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import { covers } from '../support/covers.js';
import { der } from './der.js';
import { openssl } from './openssl.js';

covers('certificateRequest');

const names: readonly Identifier[] = [
  { type: 'dns', value: 'example.com' },
  { type: 'ip', value: '192.0.2.7' },
];
const request = async (identifiers: readonly Identifier[], options?: CertificateRequestOptions) => {
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  const [bytes, ...others] = await lastValueFrom(buildCertificateRequest(key, identifiers, options).pipe(toArray()));
  expect(others).toEqual([]);
  return bytes as Uint8Array;
};

/** What openssl says of a request whose signature it finds right. */
async function described(bytes: Uint8Array): Promise<string> {
  const args = ['req', '-inform', 'DER', '-in', '@csr', '-noout', '-verify', '-text'];
  const text = await openssl(args, { csr: bytes });
  expect(text).toContain('self-signature verify OK');
  return text;
}

/** The extensions of a request: identifier, whether critical, value. */
function extensionsIn(bytes: Uint8Array): readonly (readonly [string, boolean, string])[] {
  const { attributes = [] } = CertificationRequest.fromBER(Uint8Array.from(bytes));
  return attributes
    .flatMap(({ values }) => new Extensions({ schema: values[0] }).extensions)
    .map((each) => [each.extnID, each.critical, Buffer.from(each.extnValue.valueBlock.valueHexView).toString('hex')]);
}

const email: IdentifierType = {
  type: 'email',
  requestedNames: (values) => ({ generalNames: values.map((value) => der(0x81, encodeUtf8(value))) }),
};
const tokenList: IdentifierType = {
  type: 'TNAuthList',
  requestedNames: (values) => ({
    extensions: [{ oid: '1.3.6.1.5.5.7.1.26', value: der(0x30, ...values.map((each) => der(0x16, encodeUtf8(each)))) }],
  }),
};
const device: IdentifierType = { type: 'permanent-identifier' };
const identifierTypes = [email, tokenList, device];
const address = (value: string): Identifier => ({ type: 'email', value });

describe('must-staple', () => {
  covers('mustStaple');

  it('is the extension of RFC 7633 §4.1 with the feature status_request, as openssl writes and reads it', async () => {
    const bytes = await request(names, { mustStaple: true });
    expect(await described(bytes)).toMatch(/TLS Feature: *\n +status_request/);
    expect(extensionsIn(bytes)[1]).toEqual(['1.3.6.1.5.5.7.1.24', false, '3003020105']);
    const key = await firstValueFrom((await firstValueFrom(generateCertificateKey('P-256'))).exportPem());
    const args = ['req', '-new', '-key', '@key', '-subj', '/', '-addext', 'tlsfeature=status_request'];
    const theirs = decodePem(await openssl(args, { key }), ['CERTIFICATE REQUEST']);
    expect(extensionsIn(theirs)).toEqual([extensionsIn(bytes)[1]]);
  });

  it('is not there where it is not asked for', async () => {
    for (const options of [undefined, {}, { mustStaple: false }, { mustStaple: undefined }]) {
      expect(extensionsIn(await request(names, options)).map(([oid]) => oid)).toEqual(['2.5.29.17']);
    }
  });

  it('cannot be asked for twice', async () => {
    const extensions = [{ oid: '1.3.6.1.5.5.7.1.24', value: der(0x30) }];
    await expect(request(names, { mustStaple: true, extensions })).rejects.toThrow(
      /ask for the extension 1\.3\.6\.1\.5\.5\.7\.1\.24 twice/,
    );
  });
});

describe('further extensions', () => {
  it('are asked for as they are given, critical or not', async () => {
    const extensions = [
      { oid: '2.5.29.15', critical: true, value: Uint8Array.of(3, 2, 7, 0x80) },
      { oid: '2.5.29.37', value: Buffer.from('300a06082b06010505070301', 'hex') },
    ];
    const bytes = await request(names, { extensions });
    expect(extensionsIn(bytes).slice(1)).toEqual([
      ['2.5.29.15', true, '03020780'],
      ['2.5.29.37', false, '300a06082b06010505070301'],
    ]);
    const text = await described(bytes);
    expect(text).toMatch(/Key Usage: critical\n +Digital Signature/);
    expect(text).toMatch(/Extended Key Usage: *\n +TLS Web Server Authentication/);
    expect((await firstValueFrom(certificateReader.readRequest(bytes))).identifiers).toEqual(names);
  });

  it.each<[string, CertificateRequestOptions, RegExp]>([
    [
      'no object identifier',
      { extensions: [{ oid: 'tlsfeature', value: der(0x30) }] },
      /object identifier.*"tlsfeature"/,
    ],
    ['an object identifier of one number', { extensions: [{ oid: '1', value: der(0x30) }] }, /object identifier/],
    [
      'a value that is not DER',
      { extensions: [{ oid: '1.2.3', value: Uint8Array.of(1, 2, 3) }] },
      /value of the extension 1\.2\.3 must be DER/,
    ],
    ['no value', { extensions: [{ oid: '1.2.3', value: new Uint8Array() }] }, /1\.2\.3 must be DER/],
    [
      'more than one value',
      { extensions: [{ oid: '1.2.3', value: Uint8Array.of(5, 0, 5, 0) }] },
      /2 bytes follow its end/,
    ],
    ['alternative names of their own', { extensions: [{ oid: '2.5.29.17', value: der(0x30) }] }, /2\.5\.29\.17 twice/],
  ])('are refused with TypeError: %s', async (_, options, message) => {
    await expect(request(names, options)).rejects.toThrow(TypeError);
    await expect(request(names, options)).rejects.toThrow(message);
  });
});

describe('identifiers of other types', () => {
  covers('openTypes');

  it('stand in the alternative names after the names and addresses, all values of a type together', async () => {
    const asked: string[][] = [];
    const listening: IdentifierType = {
      ...email,
      requestedNames: (values) => (asked.push([...values]), email.requestedNames?.(values) ?? {}),
    };
    const [first, second] = names as [Identifier, Identifier];
    const mixed = [address('a@example.com'), first, address('b@example.com'), second];
    const bytes = await request(mixed, { identifierTypes: [tokenList, listening] });
    expect(asked).toEqual([['a@example.com', 'b@example.com']]);
    expect(await described(bytes)).toContain(
      'DNS:example.com, IP Address:192.0.2.7, email:a@example.com, email:b@example.com',
    );
  });

  it('become extensions of their own, without alternative names where nothing else asks for any', async () => {
    const numbers = ['1', '2'].map((value) => ({ type: 'TNAuthList', value }));
    const bytes = await request(numbers, { identifierTypes });
    expect(extensionsIn(bytes)).toEqual([['1.3.6.1.5.5.7.1.26', false, '3006160131160132']]);
    await described(bytes);
  });

  it('contribute nothing where their type says nothing of it, and the request stays one', async () => {
    const bytes = await request([{ type: 'permanent-identifier', value: 'C02' }], { identifierTypes });
    expect(extensionsIn(bytes)).toEqual([]);
    expect(Buffer.from(bytes).toString('hex')).toMatch(/a000300a06082a8648ce3d040302/);
    await described(bytes);
    expect((await firstValueFrom(certificateReader.readRequest(bytes))).identifiers).toEqual([]);
  });

  it('may say nothing for these values, or name nothing at all', async () => {
    const silent = { type: 'email', requestedNames: () => ({}) };
    expect(extensionsIn(await request([address('a@b.c')], { identifierTypes: [silent] }))).toEqual([]);
    const empty = { type: 'email', requestedNames: () => ({ generalNames: [], extensions: [] }) };
    expect(extensionsIn(await request([...names, address('a@b.c')], { identifierTypes: [empty] }))).toHaveLength(1);
  });

  const saying = (generalNames: readonly Uint8Array[]): CertificateRequestOptions => ({
    identifierTypes: [{ type: 'email', requestedNames: () => ({ generalNames }) }],
  });

  it.each<[string, CertificateRequestOptions, RegExp]>([
    ['no type of that name', {}, /type "email": register an IdentifierType .*identifierTypes.*bring a CSR/],
    ['only other types', { identifierTypes: [device] }, /type "email": register/],
    ['a name that is not DER', saying([Uint8Array.of(0x81, 5)]), /a general name must be DER/],
    ['a name that is bare text', saying([encodeUtf8('a@b.c')]), /a general name must be DER/],
    ['a name that is no general name', saying([der(0x16, encodeUtf8('a@b.c'))]), /tag from \[0\] to \[8\], not 16/],
    ['two names in one', saying([Buffer.concat([der(0x81), der(0x81)])]), /2 bytes follow its end/],
    [
      'an extension that another one asks for',
      {
        identifierTypes: [
          { type: 'email', requestedNames: () => ({ extensions: [{ oid: '1.2.3', value: der(0x30) }] }) },
        ],
        extensions: [{ oid: '1.2.3', value: der(0x30) }],
      },
      /1\.2\.3 twice/,
    ],
  ])('are refused with TypeError where there is %s', async (_, options, message) => {
    await expect(request([...names, address('a@b.c')], options)).rejects.toThrow(TypeError);
    await expect(request([...names, address('a@b.c')], options)).rejects.toThrow(message);
  });

  it('are refused with what their type throws', async () => {
    const failure = new TypeError('no such mailbox');
    const refusing = {
      type: 'email',
      requestedNames: () => {
        throw failure;
      },
    };
    await expect(request([address('a@b.c')], { identifierTypes: [refusing] })).rejects.toBe(failure);
  });
});
