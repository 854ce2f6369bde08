import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fetchTransport } from '../../lib/index.js';
import { withAdvice } from '../../lib/transport/certificate-advice.js';
import { makeServerCertificate } from '../support/server-certificate.js';
import { response, wireServer } from '../wire/wire-server.js';

describe('withAdvice', () => {
  it('says what to do where the root is not known, and keeps what Node said', () => {
    const error = Object.assign(new Error('self-signed certificate in certificate chain'), {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
    expect(withAdvice(error)).toMatchObject({
      message: `${error.message}: give the root of this authority by nodeTransport({ ca }), or by NODE_EXTRA_CA_CERTS`,
      code: error.code,
      cause: error,
    });
  });

  it.each([
    Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
    new Error('socket hang up'),
    'text',
    undefined,
  ])('leaves any other as it is: %s', (error) => {
    expect(withAdvice(error)).toBe(error);
  });

  it('is what the default transport says', async () => {
    const { keyPem: key, certificatePem: cert } = await makeServerCertificate();
    const server = await wireServer((socket) => socket.write(response()), { key, cert });
    const asking = fetchTransport()({ method: 'GET', url: server.origin, headers: {}, maxResponseBytes: 10 });
    await expect(lastValueFrom(asking)).rejects.toThrow('give the root of this authority');
  });
});
