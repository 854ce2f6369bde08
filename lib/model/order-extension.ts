import type { Directory } from './directory.js';
import type { JsonObject } from './json.js';

/**
 * What an extension of the protocol adds to the payload of a new order. Called with the directory right before the order
 * is sent; throws `AcmeUnsupportedError` where the server does not offer the extension.
 */
export type OrderExtension = (directory: Directory) => JsonObject;
