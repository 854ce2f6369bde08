import type { Directory } from './directory.js';
import type { Identifier } from './identifier.js';
import type { JsonObject } from './json.js';

/** The payload of a new order, as far as it is made. */
export type OrderPayload = JsonObject & { readonly identifiers: readonly (Identifier & JsonObject)[] };

/**
 * What an extension of the protocol adds to the payload of a new order. Called with the directory and with what the
 * payload has so far, right before the order is sent; throws `AcmeUnsupportedError` where the server does not offer the
 * extension.
 */
export type OrderExtension = (directory: Directory, payload: OrderPayload) => JsonObject;
