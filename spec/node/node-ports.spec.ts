import { createHash } from 'node:crypto';
import { firstValueFrom, from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  acmeAccount,
  acmeSession,
  certificateReader,
  newAccount,
  obtainCertificate,
  toCertificate,
} from '../../lib/index.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { nodePorts, nodeSigner } from '../../lib/node/index.js';
import { fakeCa, recordingSolver } from '../../lib/testing/index.js';
import { generateKeyPairSync } from 'node:crypto';
import { makeServerCertificate } from '../support/server-certificate.js';

describe('nodePorts', () => {
  it('obtain a certificate, with a key of Node for the account', async () => {
    const ca = fakeCa();
    const session = acmeSession({ directoryUrl: ca.directoryUrl, ...nodePorts(), transport: ca.transport });
    const signer = nodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    const account = await firstValueFrom(newAccount(session, { signer, termsOfServiceAgreed: true }));
    const issued = await lastValueFrom(
      obtainCertificate(acmeAccount(session, account), {
        identifiers: ['example.org'],
        solvers: [recordingSolver()],
      }).pipe(toCertificate()),
    );
    expect(issued.certificate.leaf.identifiers).toEqual([{ type: 'dns', value: 'example.org' }]);
    expect(issued.certificate.leaf.publicKey).toEqual(issued.key?.publicKey);
  });

  it('hash as node:crypto does, at once', () => {
    const data = Uint8Array.of(1, 2, 3);
    const seen: Uint8Array[] = [];
    from(nodePorts().digest(data)).subscribe((hash) => seen.push(hash));
    expect(seen).toEqual([new Uint8Array(createHash('sha256').update(data).digest())]);
  });

  it('read a chain as the default reader does, and refuse the same', async () => {
    const { certificateReader: reader } = nodePorts();
    const [{ certificatePem, caPem }, other] = [await makeServerCertificate(), await makeServerCertificate()];
    const octets = (...pem: string[]) => new TextEncoder().encode(pem.join(''));
    const good = octets(certificatePem, caPem);
    const both = [reader, certificateReader].map((each) => firstValueFrom(from(each.readChain(good, undefined))));
    const [byNode, byDefault] = await Promise.all(both);
    expect(byNode).toEqual(byDefault);
    const bad = firstValueFrom(from(reader.readChain(octets(certificatePem, other.caPem), undefined)));
    await expect(bad).rejects.toBeInstanceOf(AcmeProtocolError);
  });

  it('do nothing at a proxy that is no URL but throw', () => {
    expect(() => nodePorts({ proxy: 'http://' })).toThrow(TypeError);
  });
});
