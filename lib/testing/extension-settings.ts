import type { AutoRenewalOffer } from '../model/auto-renewal.js';
import type { CaSettings } from './ca/operation.js';
import type { FakeCaOptions } from './fake-ca-options.js';

const usualPageLength = 3;
const dayMs = 86_400_000;

/** What a fake CA offers beyond RFC 8555, and how it shows its lists. */
export const extensionSettings = (
  options: FakeCaOptions,
): Pick<CaSettings, 'pageLength' | 'bareLists' | 'autoRenewal' | 'delegations' | 'subdomains'> => ({
  pageLength: options.pageLength ?? usualPageLength,
  bareLists: options.bareLists ?? false,
  autoRenewal: offerOf(options),
  ...(options.delegations === undefined ? {} : { delegations: options.delegations }),
  subdomains: options.subdomains ?? false,
});

/** What its directory says of that. */
export function extensionMeta(options: FakeCaOptions): object {
  const offer = offerOf(options);
  return {
    ...(offer === undefined ? {} : { 'auto-renewal': offerJson(offer) }),
    ...(options.delegations === undefined ? {} : { 'delegation-enabled': true, 'allow-certificate-get': true }),
    ...(options.subdomains === true ? { subdomainAuthAllowed: true } : {}),
  };
}

const offerOf = ({ autoRenewal }: FakeCaOptions): AutoRenewalOffer | undefined =>
  autoRenewal && { minLifetimeMs: dayMs, maxDurationMs: 365 * dayMs, allowCertificateGet: false, ...autoRenewal };

const offerJson = ({ minLifetimeMs, maxDurationMs, allowCertificateGet }: AutoRenewalOffer): object => ({
  'min-lifetime': minLifetimeMs / 1000,
  'max-duration': maxDurationMs / 1000,
  ...(allowCertificateGet ? { 'allow-certificate-get': true } : {}),
});
