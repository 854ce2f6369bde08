/** acme-client, by its one-call function. With P-256 keys, as all others here, where it would take RSA. */
import { createPrivateKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { atATime, namesOf } from './order-sequence.mjs';

const { Client, crypto } = createRequire(new URL('../peers/package.json', import.meta.url))('acme-client');

export async function run(job) {
  const { directoryUrl, jwk, accountUrl, count, width, pace, asShipped } = job;
  const accountKey = createPrivateKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'pkcs8' });
  const waits = asShipped ? {} : { backoffAttempts: 200, backoffMin: pace.firstMs, backoffMax: pace.maxMs };
  return async () => {
    const client = new Client({ directoryUrl, accountKey, accountUrl, ...waits });
    await atATime(count, width, async (index) => {
      const key = await crypto.createPrivateEcdsaKey('P-256');
      const [, csr] = await crypto.createCsr({ altNames: namesOf(index, job) }, key);
      await client.auto({
        csr,
        termsOfServiceAgreed: true,
        skipChallengeVerification: true,
        challengePriority: ['http-01'],
        challengeCreateFn: async () => {},
        challengeRemoveFn: async () => {},
      });
    });
  };
}
