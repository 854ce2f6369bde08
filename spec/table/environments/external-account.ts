import type { ExternalAccount } from '../environment.js';

/** The external account that every CA knows where accounts must be bound to one. */
export const externalAccount: ExternalAccount = {
  kid: 'external-1',
  macKey: Buffer.from('thirty-two octets that are a key').toString('base64url'),
};

/** The same, as the options of the CAs take it. */
export const externalAccounts = { [externalAccount.kid]: externalAccount.macKey };
