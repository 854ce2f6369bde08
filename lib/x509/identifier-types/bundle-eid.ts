import { derTag, derValue } from '../../codec/der.js';
import { isAbsoluteUrl } from '../../codec/url.js';
import type { IdentifierType } from '../../model/ports.js';
import { otherName } from '../general-name.js';

const bundleEid = '1.3.6.1.5.5.7.8.11';

/**
 * Identifiers of type `bundleEID`, nodes of a delay-tolerant network such as `dtn://node/` and `ipn:2.0`, for
 * `acmeSession({ identifierTypes: [bundleEidIdentifier] })`. The scheme goes to the server in lower case; in a request
 * they are names of form BundleEID.
 *
 * @experimental The RFC is an experiment.
 * @see RFC 9891 §2, RFC 9174 §4.4.1
 */
export const bundleEidIdentifier: IdentifierType = {
  type: 'bundleEID',
  normalize: (value) => {
    const colon = value.indexOf(':');
    const scheme = value.slice(0, colon).toLowerCase();
    const uri = `${scheme}${value.slice(colon)}`;
    const form = forms[scheme] ?? /^[\x21-\x7e]+$/;
    if (colon > 0 && isAbsoluteUrl(uri) && form.test(uri) && isEncoded(uri)) return uri;
    throw new TypeError('not a node of a delay-tolerant network, such as dtn://node/ or ipn:2.0');
  },
  requestedNames: (values) => ({
    generalNames: values.map((value) => otherName(bundleEid, derValue(derTag.ia5String, value))),
  }),
};

/** What names a node, by scheme. Other schemes are for the server to judge. */
const forms: Readonly<Record<string, RegExp | undefined>> = {
  dtn: /^dtn:\/\/[\w.~!$&'()*+,;=%-]+\/$/,
  ipn: /^ipn:(?:\d+\.)?\d+\.0$/,
};

function isEncoded(uri: string): boolean {
  try {
    return decodeURIComponent(uri) !== '';
  } catch {
    return false;
  }
}
