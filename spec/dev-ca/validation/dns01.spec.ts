import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { dnsResponder } from '../support/dns-responder.js';
import { keyAuthorization, validating } from '../support/validating.js';

const right = createHash('sha256').update(keyAuthorization).digest('base64url');
const name = '_acme-challenge.example.org';

async function outcomeOf(records: Parameters<Awaited<ReturnType<typeof dnsResponder>>['zone']['set']>[1] | undefined) {
  const { server, zone, questions } = await dnsResponder();
  if (records !== undefined) zone.set(name, records);
  const options = { dnsServers: [server], validationTimeoutMs: 400 };
  return { problem: await validating('dns-01', 'example.org', options), questions };
}

describe('dns-01', () => {
  it('takes the digest of the key authorization, alone or among others', async () => {
    const { problem, questions } = await outcomeOf({ txt: [right] });
    expect({ problem, questions }).toEqual({ problem: undefined, questions: [`TXT ${name}`] });
    expect((await outcomeOf({ txt: ['another', right, 'v=spf1'] })).problem).toBeUndefined();
  });

  it.each([
    ['another value', { txt: ['another'] }, 'unauthorized', /is "another", not the digest/],
    ['several others', { txt: ['a', 'b', 'c', 'd', 'e'] }, 'unauthorized', /is "a", "b", "c" and 2 more, not/],
    ['the key authorization', { txt: [keyAuthorization] }, 'unauthorized', /not the digest/],
    ['other records only', { a: ['127.0.0.1'] }, 'unauthorized', /has no TXT record$/],
    ['a name that is not there', undefined, 'dns', /there is no such name/],
    ['a server that fails', 'fails', 'dns', /the name server failed/],
    ['a server that is silent', 'silent', 'connection', /no outcome within 400 ms/],
  ] as const)('refuses %s', async (_, records, type, detail) => {
    const { problem } = await outcomeOf(records);
    expect(problem).toMatchObject({ type, detail: expect.stringMatching(detail) });
    expect(problem?.status).toBe(type === 'unauthorized' ? 403 : 400);
  });

  it('says when there is no name server', async () => {
    const dnsServers = [`127.0.0.1:${await freePort()}`];
    const problem = await validating('dns-01', 'example.org', { dnsServers });
    expect(problem).toMatchObject({ type: 'dns', detail: expect.stringContaining(`looking up TXT of ${name}`) });
  });

  it('looks anew each time', async () => {
    const { server, zone } = await dnsResponder();
    const ask = () => validating('dns-01', 'example.org', { dnsServers: [server] });
    zone.set(name, { txt: ['another'] });
    expect(await ask()).toMatchObject({ type: 'unauthorized' });
    zone.set(name, { txt: [right] });
    expect(await ask()).toBeUndefined();
  });
});
