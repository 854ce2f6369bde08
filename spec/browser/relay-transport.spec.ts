import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { relayTransport } from '../../lib/browser/index.js';
import { acmeSession, type AcmeTransport, newAccount } from '../../lib/index.js';
import { fakeCa, synchronousPorts, synchronousSigner } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { record } from '../support/virtual-time.js';

covers('transport');

const url = 'https://app.test/relay?tenant=1';

describe('relayTransport', () => {
  it.each(['https://ca.test/a?b=c&d=e', "https://ca.test/a'b", 'https://ca.test/%2F+ü'])('sends %s along', (target) => {
    const seen: unknown[] = [];
    const transport: AcmeTransport = (request) => (
      seen.push(request),
      of({ status: 200, headers: {}, body: new Uint8Array() })
    );
    const request = { method: 'POST', url: target, headers: { accept: 'x' }, body: '{}', maxResponseBytes: 1 } as const;
    const send = relayTransport({ url, transport, headers: { 'x-csrf': 't', accept: 'not this' } });
    expect(record(send(request)).isComplete).toBe(true);
    const [sent] = seen as [typeof request];
    expect(sent).toMatchObject({ method: 'POST', body: '{}', headers: { 'x-csrf': 't', accept: 'x' } });
    const { origin, pathname, searchParams, href } = new URL(sent.url);
    expect([origin + pathname, searchParams.get('tenant'), searchParams.get('url')]).toEqual([
      'https://app.test/relay',
      '1',
      target,
    ]);
    expect(href).toBe(sent.url);
  });

  it('keeps the URLs of the authority inside of what is signed', () => {
    const ca = fakeCa();
    const relay: AcmeTransport = (request) =>
      ca.transport({ ...request, url: new URL(request.url).searchParams.get('url') ?? '' });
    const session = acmeSession({
      directoryUrl: ca.directoryUrl,
      transport: relayTransport({ url, transport: relay }),
      ...synchronousPorts(),
    });
    const { values } = record(newAccount(session, { signer: synchronousSigner(), termsOfServiceAgreed: true }));
    expect(values[0]?.url).toMatch('https://ca.test/');
  });

  it('closes what it sends by', () => {
    const closed: string[] = [];
    const transport = Object.assign((() => of()) as AcmeTransport, { close: () => void closed.push('closed') });
    relayTransport({ url, transport }).close?.();
    expect(closed).toEqual(['closed']);
  });

  it('throws on a URL that leads nowhere', () => {
    expect(() => relayTransport({ url: '/relay' })).toThrow(TypeError);
  });
});
