import { firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeUserActionRequiredError,
  findAccount,
  generateSigner,
  getAccount,
  newAccount,
} from '../../lib/index.js';
import { describeWithPebble } from '../support/with-pebble.js';
import { verifyChain } from './support/chain.js';
import { issued, obtain, openSession, outcomeOf, problemType } from './support/client.js';
import { http01In } from './support/zone.js';

describeWithPebble('an account at Pebble', {}, (get) => {
  it.each(['ES256', 'RS256'] as const)('%s: made, found again, read, and good for a certificate', async (alg) => {
    const pebble = get();
    const session = openSession(pebble);
    const signer = await firstValueFrom(generateSigner(alg));
    const options = { signer, termsOfServiceAgreed: true, contacts: ['mailto:somebody@example.org'] };
    const account = await firstValueFrom(newAccount(session, options));
    expect(account).toMatchObject({ created: true, resource: { status: 'valid', contacts: options.contacts } });
    expect(await firstValueFrom(newAccount(session, options))).toMatchObject({ created: false, url: account.url });
    expect(await firstValueFrom(findAccount(session, { signer }))).toMatchObject({ created: false, url: account.url });
    expect(await firstValueFrom(getAccount(account))).toMatchObject({ status: 'valid', url: account.url });

    const other = openSession(pebble);
    const found = await firstValueFrom(findAccount(other, { signer }));
    const events = await obtain(found, { identifiers: [`${alg.toLowerCase()}.test`], solvers: [http01In(pebble)] });
    await verifyChain(pebble, issued(events).certificate.chainPem, [`${alg.toLowerCase()}.test`]);
  });

  it('that does not exist is not made by looking for it', async () => {
    const session = openSession(get());
    const signer = await firstValueFrom(generateSigner());
    for (let i = 0; i < 2; i++) {
      const { error } = await outcomeOf(findAccount(session, { signer }));
      expect(error).toBeInstanceOf(AcmeProblemError);
      expect(error).toMatchObject({ status: 400, problem: { type: problemType('accountDoesNotExist') } });
    }
  });

  it('is not made without agreement to the terms', async () => {
    const signer = await firstValueFrom(generateSigner());
    const { error } = await outcomeOf(newAccount(openSession(get()), { signer }));
    expect(error).toBeInstanceOf(AcmeUserActionRequiredError);
    // A URL with commas in it, sent in one Link header with another.
    expect(error).toMatchObject({
      links: expect.arrayContaining([
        { url: 'data:text/plain,Do%20what%20thou%20wilt', relations: ['terms-of-service'] },
      ]) as unknown,
    });
  });
});
