import { toIdentifier } from '../codec/identifier.js';
import type { CsrTemplate, TemplateKeyType } from '../model/delegation.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import { type CertificateKeyType, certificateKeyTypes } from '../model/key-type.js';
import type { CertificateRequestDetails } from '../model/ports.js';
import { sameIdentifiers } from '../codec/identifier.js';
import { publicKeyAlgorithm } from '../x509/key-algorithm.js';
import { rsaModulusBits } from '../x509/key-size.js';

/** The curves that keys can be made on, by the template's names, and how requests are signed with each. */
const curves: Readonly<Record<string, string>> = { 'P-256': 'secp256r1', 'P-384': 'secp384r1' };
const signatureTypes: Readonly<Record<string, string>> = {
  'P-256': 'ecdsa-with-SHA256',
  'P-384': 'ecdsa-with-SHA384',
  RSA: 'sha256WithRSAEncryption',
};

/** Whether a text of a template stands for one that the client chooses. */
export const isPlaceholder = (text: string): boolean => text === '*' || text === '**';

/**
 * The names that a delegation is for, as they go into the order and its CSR. Names that the client chooses are not
 * among them. Throws `TypeError` on a name that cannot be one.
 *
 * @see RFC 9115 §4
 */
export const delegationIdentifiers = ({ dnsNames, emailAddresses }: CsrTemplate): readonly Identifier[] => [
  ...dnsNames.filter((name) => !isPlaceholder(name)).map((value) => toIdentifier({ type: 'dns', value })),
  ...emailAddresses.filter((name) => !isPlaceholder(name)).map((value) => ({ type: 'email', value })),
];

/**
 * The kinds of key that a template takes and that rxacme makes, those that rxacme prefers first. Empty where it makes
 * none of them.
 *
 * @see RFC 9115 §4, appendix A
 */
export const delegationKeyTypes = ({ keyTypes }: Pick<CsrTemplate, 'keyTypes'>): readonly CertificateKeyType[] =>
  certificateKeyTypes.filter((keyType) => keyTypes.some((wanted) => fits(wanted, keyType)));

/**
 * Holds a certificate request against a template: its names where the template has any, and its key. The owner of the
 * names checks the rest. Throws {@link AcmeInputError} that says what does not fit.
 *
 * @param request What `certificateReader.readRequest` emits.
 * @see RFC 9115 §4.1
 */
export function checkDelegatedRequest(
  template: CsrTemplate,
  { identifiers, publicKey }: Pick<CertificateRequestDetails, 'identifiers' | 'publicKey'>,
): void {
  const wanted = delegationIdentifiers(template);
  const free = [...template.dnsNames, ...template.emailAddresses].some(isPlaceholder);
  if (!free && !sameIdentifiers(wanted, identifiers)) {
    throw new AcmeInputError(`the CSR is for ${listed(identifiers)}, the template wants ${listed(wanted)}`);
  }
  const found = keyTypeOf(publicKey);
  if (template.keyTypes.some((each) => fits(each, found))) return;
  const offered = template.keyTypes.map(({ namedCurve, publicKeyType, publicKeyLength }) =>
    [publicKeyType, namedCurve, publicKeyLength].filter((part) => part !== undefined).join(' '),
  );
  throw new AcmeInputError(`the CSR has a key of type ${found}, the template wants one of: ${offered.join(', ')}`);
}

/** Names such as those of {@link certificateKeyTypes}. */
function keyTypeOf(publicKey: Uint8Array): string {
  const algorithm = publicKeyAlgorithm(publicKey);
  return algorithm === 'RSA' ? `RSA-${rsaModulusBits(publicKey) ?? 0}` : (algorithm ?? 'unknown');
}

function fits(
  { publicKeyType, publicKeyLength, namedCurve, signatureType }: TemplateKeyType,
  keyType: string,
): boolean {
  const [family = '', bits] = keyType.startsWith('RSA-') ? keyType.split('-') : [keyType];
  const isSigned = signatureType === undefined || signatureType === signatureTypes[family];
  return family === 'RSA'
    ? publicKeyType === 'rsaEncryption' && isSigned && (publicKeyLength ?? Number(bits)) === Number(bits)
    : publicKeyType === 'id-ecPublicKey' && isSigned && namedCurve !== undefined && namedCurve === curves[family];
}

const listed = (identifiers: readonly Identifier[]): string =>
  identifiers.map(({ value }) => value).join(', ') || 'nothing';
