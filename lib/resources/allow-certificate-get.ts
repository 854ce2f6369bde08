import { readDirectoryExtensions } from '../codec/directory-extensions.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { OrderExtension } from '../model/order-extension.js';

/**
 * Lets anybody fetch the certificate of an order, by GET without a signature: those to whom its names are delegated, say.
 * For orders with automatic renewal, {@link autoRenewal} has an option of that name.
 *
 * Emits nothing: the value goes into the `extensions` of a new order, which errors with {@link AcmeUnsupportedError}
 * before anything is sent where the server offers no such thing. Cost: none.
 *
 * @see RFC 9115 §2.4
 */
export const allowCertificateGet = (): OrderExtension => (directory) => {
  if (readDirectoryExtensions(directory).allowCertificateGet === true) return { 'allow-certificate-get': true };
  throw new AcmeUnsupportedError(
    'the server does not give certificates away without a signature: meta.allow-certificate-get is not true',
    { url: directory.url },
  );
};
