import { decodeDelegation } from '../../codec/decode-delegation.js';
import { identifierKey } from '../../codec/identifier.js';
import type { CsrTemplate } from '../../model/delegation.js';
import type { Identifier } from '../../model/identifier.js';
import type { CertificateRequestDetails } from '../../model/ports.js';
import { checkDelegatedRequest, delegationIdentifiers } from '../../resources/csr-template.js';
import { askedAutoRenewal } from './auto-renewals.js';
import type { CaCore } from './operation.js';
import type { AutoRenewalRecord, OrderRecord } from './records.js';
import { refuse } from './refusal.js';

type Payload = Readonly<Record<string, unknown>>;

/** What extensions of the protocol make of a new order. */
export interface ExtendedOrder {
  /** Members that the order repeats. */
  readonly echoed: object;
  readonly renewal?: AutoRenewalRecord;
  /** What the CSR has to look like, where the names are delegated: then nothing has to be proven. */
  readonly template?: CsrTemplate;
  /** Whether the certificate is given away without a signature. */
  readonly allowsGet: boolean;
}

/**
 * Reads what newOrder says beyond RFC 8555, and refuses what is not offered.
 *
 * @see RFC 8739 §3.1.1, RFC 9115 §2.3.2, §2.4
 */
export function askedExtensions(ca: CaCore, payload: Payload, identifiers: readonly Identifier[]): ExtendedOrder {
  const renewal = askedAutoRenewal(ca.settings.autoRenewal, payload, ca.now());
  const template = askedDelegation(ca, payload['delegation'], identifiers);
  const get = (renewal === undefined ? payload : (payload['auto-renewal'] as Payload))['allow-certificate-get'];
  if (template !== undefined && renewal === undefined && get !== true)
    refuse('malformed', 'an order for delegated names without auto-renewal needs allow-certificate-get');
  const names = ['auto-renewal', 'delegation', 'allow-certificate-get'];
  return {
    echoed: Object.fromEntries(Object.entries(payload).filter(([name]) => names.includes(name))),
    ...(renewal === undefined ? {} : { renewal }),
    ...(template === undefined ? {} : { template }),
    allowsGet: get === true,
  };
}

/** A SubjectPublicKeyInfo of P-256, up to the point. */
const headOfP256 = '3059301306072a8648ce3d020106082a8648ce3d030107034200';

/**
 * Refuses a CSR that is not as its template wants it. A point alone, which is what the keys of tests have, counts as a
 * key on P-256.
 *
 * @see RFC 9115 §4.1
 */
export function checkTemplate({ template }: OrderRecord, request: CertificateRequestDetails): void {
  if (template === undefined) return;
  const { identifiers, publicKey: key } = request;
  const head = key.length === 65 ? (headOfP256.match(/../g) ?? []).map((octet) => parseInt(octet, 16)) : [];
  try {
    checkDelegatedRequest(template, { identifiers, publicKey: Uint8Array.from([...head, ...key]) });
  } catch (error) {
    refuse('badCSR', (error as Error).message, { status: 403 });
  }
}

/** Where the delegations of the server are. */
export const delegationUrls = ({ store, settings: { delegations = [] } }: CaCore): readonly string[] =>
  delegations.map((_, index) => store.url('delegation', String(index + 1)));

function askedDelegation(ca: CaCore, url: unknown, identifiers: readonly Identifier[]): CsrTemplate | undefined {
  if (url === undefined) return undefined;
  const raw = typeof url === 'string' ? ca.settings.delegations?.[delegationUrls(ca).indexOf(url)] : undefined;
  if (raw === undefined) return refuse('unknownDelegation', 'there is no such delegation', { status: 403 });
  const { csrTemplate } = decodeDelegation({ raw, url: url as string, links: [] });
  const delegated = delegationIdentifiers(csrTemplate).map(identifierKey);
  const other = identifiers.find((each) => !delegated.includes(identifierKey(each)));
  if (other !== undefined) refuse('rejectedIdentifier', `${other.value} is not delegated`);
  return csrTemplate;
}
