import { map, type OperatorFunction } from 'rxjs';
import { parseJson } from '../codec/json.js';
import { contextOf, type Received } from '../codec/received.js';
import type { AcmeResponse } from './response.js';

/** Makes a value of an answer's JSON body and headers, or throws an `AcmeProtocolError` that names what is wrong. */
export type Decoder<T> = (received: Received) => T;

/**
 * Decodes answers.
 *
 * Emits one decoded value per answer; completes with the source. Errors: {@link AcmeProtocolError} if a body is not
 * JSON or not what `decoder` reads. Cost: none.
 *
 * @see RFC 8555 §5
 */
export const decode = <T>(decoder: Decoder<T>): OperatorFunction<AcmeResponse, T> =>
  map((response) => {
    const { url, body } = response;
    return decoder({ ...contextOf(response), raw: parseJson(body, url, { url }) });
  });
