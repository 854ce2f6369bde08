import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeInputError,
  AcmePortError,
  AcmeProblemError,
  type AcmeSessionOptions,
  acmeSession,
  buildCertificateRequest,
  type CertificateRequestOptions,
  certificateReader,
  generateCertificateKey,
  generateSigner,
  type IdentifierType,
  newAccount,
  newOrder,
  obtainCertificate,
  type ObtainCertificateOptions,
  resumeOrder,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousPorts,
  testAccount,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { der } from '../x509/der.js';
import { openssl } from '../x509/openssl.js';

const problem = (name: string) => `urn:ietf:params:acme:error:${name}`;
const solver = () => recordingSolver({ types: ['http-01', 'device-01'] });

/** An order in virtual time, and what the builder of its request was told. */
function ordered(
  {
    ca: caOptions,
    session,
    ...options
  }: { ca?: FakeCaOptions; session?: Partial<AcmeSessionOptions> } & ObtainCertificateOptions,
  prepare: (ca: FakeCa) => void = () => undefined,
) {
  return virtualTime((time) => {
    const ca = fakeCa({ scheduler: time.scheduler, ...caOptions });
    prepare(ca);
    const told: (CertificateRequestOptions | undefined)[] = [];
    const { certificateRequestBuilder: build } = synchronousPorts();
    const account = testAccount(ca, {
      scheduler: time.scheduler,
      certificateRequestBuilder: (key, identifiers, more) => (told.push(more), build(key, identifiers, more)),
      ...session,
    });
    const { values, error } = completed(time, obtainCertificate(account, options));
    return { ca, told, values, error, types: values.map(({ type }) => type) };
  });
}

/** What a real session does, with what it sent to finalize its order. */
async function finalizedWith(session: Partial<AcmeSessionOptions>, options: ObtainCertificateOptions, ca: FakeCa) {
  const real = acmeSession({ directoryUrl: ca.directoryUrl, transport: ca.transport, ...session });
  const signer = await firstValueFrom(generateSigner());
  const account = await firstValueFrom(newAccount(real, { signer, termsOfServiceAgreed: true }));
  const events = await lastValueFrom(obtainCertificate(account, options).pipe(toArray()));
  const { csr = '' } = ca.history.requests.find(({ operation }) => operation === 'finalize')?.payload as {
    csr?: string;
  };
  return { events, csr: new Uint8Array(Buffer.from(csr, 'base64url')) };
}

const described = (csr: Uint8Array) =>
  openssl(['req', '-inform', 'DER', '-in', '@csr', '-noout', '-verify', '-text'], { csr });

describe('must-staple', () => {
  covers('mustStaple');
  const order = { identifiers: ['example.org'], solvers: [solver()] };

  it('is asked for in the request that goes to the server', async () => {
    const { csr, events } = await finalizedWith({}, { ...order, mustStaple: true }, fakeCa());
    expect(await described(csr)).toMatch(/TLS Feature: *\n +status_request/);
    expect(events.at(-1)?.type).toBe('certificate-issued');
  });

  it('is not asked for unless the caller does', async () => {
    expect(await described((await finalizedWith({}, order, fakeCa())).csr)).not.toContain('TLS Feature');
  });

  it('reaches a builder of the application’s own', () => {
    expect(ordered({ ...order, mustStaple: true }).told).toEqual([{ mustStaple: true, identifierTypes: [] }]);
    expect(ordered(order).told).toEqual([{ mustStaple: undefined, identifierTypes: [] }]);
  });

  it('that a server does not do is its badCSR, with the order to go on with', () => {
    const { error, ca } = ordered({ ...order, mustStaple: true }, ({ failNext }) => {
      failNext('finalize', { type: 'badCSR', detail: 'must-staple is not supported' });
    });
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({
      problem: { type: problem('badCSR'), detail: 'must-staple is not supported' },
      orderUrl: expect.stringMatching(/^https:..ca.test.order.\d+$/) as unknown,
    });
    expect(ca.history.count('finalize')).toBe(1);
  });

  it('cannot be asked for with a CSR, which says it itself', () => {
    const csr = '-----BEGIN CERTIFICATE REQUEST-----\n';
    expect(() => ordered({ ...order, csr, mustStaple: true })).toThrow(TypeError);
    expect(() => ordered({ ...order, csr, mustStaple: true })).toThrow(/mustStaple/);
  });
});

describe('identifiers of other types', () => {
  covers('openTypes', 'certificateRequest');
  const device: IdentifierType = {
    type: 'device',
    normalize: (value) => {
      if (!/^[\dA-Za-z]+$/.test(value)) throw new TypeError('a serial number has letters and digits');
      return value.toUpperCase();
    },
    requestedNames: (values) => ({
      extensions: [
        { oid: '1.3.6.1.4.1.99999.1', value: der(0x30, ...values.map((each) => der(0x0c, Buffer.from(each)))) },
      ],
    }),
  };
  const silent: IdentifierType = { type: 'device' };
  const knowing: FakeCaOptions = {
    identifierTypes: ['device'],
    challengeTypes: ({ type }) => (type === 'device' ? ['device-01'] : ['http-01']),
  };
  const c02 = { type: 'device', value: 'c02' };
  const order = { identifiers: ['example.org', c02], solvers: [solver()] };

  it('are ordered as their type writes them, proven like others, and put into the request', async () => {
    const ca = fakeCa(knowing);
    const identifiers = [c02, 'example.org', { type: 'device', value: 'C02' }, { type: 'device', value: 'd4' }];
    const { csr, events } = await finalizedWith({ identifierTypes: [device] }, { ...order, identifiers }, ca);
    const sent = ca.history.requests.find(({ operation }) => operation === 'newOrder')?.payload;
    expect(sent).toEqual({
      identifiers: [
        { type: 'device', value: 'C02' },
        { type: 'dns', value: 'example.org' },
        { type: 'device', value: 'D4' },
      ],
    });
    expect(events.filter(({ type }) => type === 'challenge-presented')).toHaveLength(3);
    const text = await described(csr);
    expect(text).toContain('DNS:example.org');
    expect(text).toMatch(/1\.3\.6\.1\.4\.1\.99999\.1: *\n +0\.\.\.C02\.\.D4/);
    expect(events.at(-1)?.type).toBe('certificate-issued');
  });

  it('reach a builder of the application’s own, with all their types', () => {
    const { told, types } = ordered({ ...order, ca: knowing, session: { identifierTypes: [device] } });
    expect(told).toEqual([{ mustStaple: undefined, identifierTypes: [device] }]);
    expect(types.at(-1)).toBe('certificate-issued');
  });

  it('may stand in no request at all', async () => {
    const { csr } = await finalizedWith({ identifierTypes: [silent] }, { ...order }, fakeCa(knowing));
    const read = await firstValueFrom(certificateReader.readRequest(csr));
    expect(read.identifiers).toEqual([{ type: 'dns', value: 'example.org' }]);
    expect(await described(csr)).not.toContain('99999');
  });

  it('may be all that a certificate is for, and stand in nothing that we read', async () => {
    const { csr, events } = await finalizedWith(
      { identifierTypes: [silent] },
      { ...order, identifiers: [c02] },
      fakeCa(knowing),
    );
    expect(await described(csr)).not.toContain('Alternative Name');
    expect(events.at(-1)).toMatchObject({ type: 'certificate-issued', certificate: { leaf: { identifiers: [] } } });
  });

  it('are refused at the call where their type is not registered, and no CSR says it', () => {
    expect(() => ordered({ ...order, ca: knowing })).toThrow(TypeError);
    expect(() => ordered({ ...order, ca: knowing })).toThrow(/type "device": register an IdentifierType .*bring a CSR/);
  });

  it('are refused at the call where their type refuses the value', () => {
    const odd = { ...order, identifiers: [{ type: 'device', value: 'C-02' }], session: { identifierTypes: [device] } };
    expect(() => ordered(odd)).toThrow('identifier "C-02": a serial number has letters and digits');
  });

  it('are refused by a server that does not issue for them', () => {
    const { error, ca } = ordered({ ...order, session: { identifierTypes: [device] } });
    expect(error).toBeInstanceOf(AcmeProblemError);
    expect(error).toMatchObject({ problem: { type: problem('unsupportedIdentifier') } });
    expect(ca.history.count('authorization')).toBe(0);
  });

  it('go without their type where the order is made by itself', () =>
    virtualTime((time) => {
      const account = testAccount(fakeCa({ scheduler: time.scheduler, ...knowing }), { scheduler: time.scheduler });
      const { values } = completed(time, newOrder(account, { identifiers: [c02] }));
      expect(values[0]?.identifiers).toEqual([c02]);
    }));

  it('fail in the builder, with their type named, where an order is resumed without it', async () => {
    const ca = fakeCa(knowing);
    const session = acmeSession({ directoryUrl: ca.directoryUrl, transport: ca.transport });
    const signer = await firstValueFrom(generateSigner());
    const account = await firstValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
    const { url } = await firstValueFrom(newOrder(account, { identifiers: ['example.org', c02] }));
    const error: unknown = await lastValueFrom(resumeOrder(account, url, { solvers: [solver()] })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AcmePortError);
    expect(error).toMatchObject({ port: 'certificateRequestBuilder', orderUrl: url });
    expect((error as AcmePortError).cause).toMatchObject({ message: expect.stringContaining('"device"') as unknown });
  });
});

describe('a CSR of the caller’s for an order with identifiers of other types', () => {
  covers('certificateRequest');
  const knowing: FakeCaOptions = {
    identifierTypes: ['device'],
    challengeTypes: ({ type }) => (type === 'device' ? ['device-01'] : ['http-01']),
  };
  const identifiers = ['example.org', { type: 'device', value: 'C02' }];
  const csrFor = async (names: readonly string[], ...args: readonly string[]) => {
    const key = await firstValueFrom((await firstValueFrom(generateCertificateKey('P-256'))).exportPem());
    const extension = names.length === 0 ? [] : ['-addext', `subjectAltName=${names.join(',')}`];
    return openssl(['req', '-new', '-key', '@key', '-subj', '/', ...extension, ...args], { key });
  };
  const withCsr = (csr: string) => {
    const ca = fakeCa(knowing);
    return { ca, done: finalizedWith({}, { identifiers, solvers: [solver()], csr }, ca) };
  };

  it.each([
    ['says nothing of them', ['DNS:example.org'], []],
    [
      'says it by a kind of name that only the server reads',
      ['DNS:example.org', 'otherName:1.3.6.1.5.5.7.8.3;UTF8:C02'],
      [],
    ],
    ['says it by its common name', ['DNS:example.org'], ['-subj', '/CN=C02']],
  ])('is taken where it %s', async (_, names, args) => {
    const { done } = withCsr(await csrFor(names, ...args));
    expect((await done).events.at(-1)?.type).toBe('certificate-issued');
  });

  it.each([
    ['lacks a host name of the order', ['otherName:1.3.6.1.5.5.7.8.3;UTF8:C02']],
    ['has another host name instead', ['DNS:other.test']],
  ])('is refused before any request where it %s', async (_, names) => {
    const { ca, done } = withCsr(await csrFor(names));
    await expect(done).rejects.toBeInstanceOf(AcmeInputError);
    expect(ca.history.count('newOrder')).toBe(0);
  });

  it('is made by the builder of one’s own too', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-384'));
    const names = [{ type: 'dns', value: 'example.org' }];
    const csr = await lastValueFrom(buildCertificateRequest(key, names, { mustStaple: true }));
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(csr).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect((await withCsr(pem).done).csr).toEqual(csr);
  });
});
