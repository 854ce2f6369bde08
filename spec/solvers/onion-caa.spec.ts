import { createPublicKey, verify } from 'node:crypto';
import { EMPTY, firstValueFrom, lastValueFrom, of, toArray, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { caaRecord } from '../../lib/codec/caa-record.js';
import { onionPublicKey } from '../../lib/codec/onion-name.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { onionCaa, onionCaaText } from '../../lib/solvers/onion-caa.js';
import { covers } from '../support/covers.js';
import { onionService } from '../x509/onion-service.js';

covers('onion', 'caa');

const spkiOf = (raw: Uint8Array) => Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
const isSigned = (text: string, spki: Uint8Array, signature: string) =>
  verify(
    null,
    Buffer.from(text),
    createPublicKey({ key: Buffer.from(spki), type: 'spki', format: 'der' }),
    Buffer.from(signature, 'base64url'),
  );

/** The first version of the draft that became RFC 9799 has these, and its signature holds. */
const published = {
  name: '5anebu2glyc235wbbop3m2ukzlaptpkq333vdtdvcjpigyb7x2i2m2qd.onion',
  expiry: 1_697_210_719,
  records: [
    caaRecord({ issuer: 'test.acmeforonions.org', validationMethods: ['onion-csr-01'], critical: true }),
    '0 iodef "mailto:example@example.com"',
  ],
  signature: 'u_iP6JZ4JZBrzQUKH6lSrWejjRfeQmkTuehc0_FaaTNPAV0RVxpUz9r44DRdy6kgy0ofnx18KIhMrP7N1wpxAA',
};

describe('onionCaa', () => {
  it('RFC 9799 §6.4, example of its draft: signs the very text whose signature is published there', async () => {
    const spki = spkiOf(onionPublicKey(published.name));
    const signed: string[] = [];
    const sign = (input: Uint8Array) => {
      signed.push(new TextDecoder().decode(input));
      return of(new Uint8Array(Buffer.from(published.signature, 'base64url')));
    };
    const clock = new VirtualTimeScheduler();
    clock.frame = published.expiry * 1000 - 3_600_000;
    const { name, records } = published;
    const made = await lastValueFrom(
      onionCaa([{ name, key: { publicKey: spki, sign }, records }], { clock }).pipe(toArray()),
    );
    const caa =
      'caa 128 issue "test.acmeforonions.org; validationmethods=onion-csr-01"\ncaa 0 iodef "mailto:example@example.com"';
    expect(made).toEqual([{ onionCAA: { [name]: { caa, expiry: published.expiry, signature: published.signature } } }]);
    expect(signed).toEqual([onionCaaText(caa, published.expiry)]);
    expect(isSigned(signed[0] ?? '', spki, published.signature)).toBe(true);
    expect(isSigned(`${signed[0]}\n`, spki, published.signature)).toBe(false);
  });

  it('signs for each service with its own key, anew for each subscription', async () => {
    const services = [onionService(), onionService()].map((each) => ({ ...each, records: null }));
    const clock = new VirtualTimeScheduler();
    const members$ = onionCaa(services, { clock, validForMs: 60_500 });
    for (const seconds of [0, 10]) {
      clock.frame = seconds * 1000;
      const { onionCAA } = (await firstValueFrom(members$)) as {
        onionCAA: Record<string, { caa: null; expiry: number; signature: string }>;
      };
      expect(Object.keys(onionCAA)).toEqual(services.map(({ name }) => name));
      for (const { name, key } of services) {
        const { caa, expiry, signature } = onionCAA[name] ?? { caa: null, expiry: 0, signature: '' };
        expect([caa, expiry]).toEqual([null, 60 + seconds]);
        expect(isSigned(`onion-caa|${expiry}|`, key.publicKey, signature)).toBe(true);
      }
    }
  });

  it('refuses another service’s key, a key that signs nothing, and a name that is none', async () => {
    const { name, key } = onionService();
    const entries = [{ name, key: onionService().key, records: null }];
    await expect(firstValueFrom(onionCaa(entries))).rejects.toBeInstanceOf(AcmeInputError);
    const silent = [{ name, key: { ...key, sign: () => EMPTY }, records: null }];
    await expect(firstValueFrom(onionCaa(silent))).rejects.toBeInstanceOf(AcmeInputError);
    expect(() => onionCaa([{ name: 'example.org', key, records: null }])).toThrow(TypeError);
  });

  it.each([Number.NaN, 0, -1, Infinity, 8 * 3_600_000 + 1])(
    'RFC 9799 §6.4: refuses to sign for %s ms',
    (validForMs) => {
      expect(() => onionCaa([], { validForMs })).toThrow(/validForMs/);
    },
  );
});
