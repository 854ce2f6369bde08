import type { AcmeAuthorizationError } from './authorization-error.js';
import type { AcmeDnsError } from './dns-error.js';
import type { AcmeInputError } from './input-error.js';
import type { AcmeOrderError } from './order-error.js';
import type { AcmePortError } from './port-error.js';
import type {
  AcmeBadNonceError,
  AcmeProblemError,
  AcmeRateLimitedError,
  AcmeUserActionRequiredError,
} from './problem-error.js';
import type { AcmeProtocolError } from './protocol-error.js';
import type { AcmeTimeoutError } from './timeout-error.js';
import type { AcmeTransportError } from './transport-error.js';
import type { AcmeUnsupportedError } from './unsupported-error.js';

/** Every error of rxacme: a `switch` on `code` narrows it. */
export type AnyAcmeError =
  | AcmeTransportError
  | AcmeProtocolError
  | (AcmeProblemError & { readonly code: 'problem' })
  | AcmeRateLimitedError
  | AcmeUserActionRequiredError
  | AcmeBadNonceError
  | AcmeAuthorizationError
  | AcmeOrderError
  | AcmeTimeoutError
  | AcmeUnsupportedError
  | AcmeInputError
  | AcmePortError
  | AcmeDnsError;
