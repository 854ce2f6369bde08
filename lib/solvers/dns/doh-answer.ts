import { parseJson } from '../../codec/json.js';
import { isObject, objectsOf, ownMember, textOf } from '../../codec/tolerant.js';
import { AcmeDnsError, type DnsFailure } from '../../model/errors/dns-error.js';
import { AcmeProtocolError } from '../../model/errors/protocol-error.js';
import type { JsonObject } from '../../model/json.js';

/** One record of an answer in JSON. */
export interface DohRecord {
  readonly type: number;
  readonly data: string;
}

/** The record types that are looked for. */
export const recordTypes = { CNAME: 5, SOA: 6, TXT: 16 } as const;

const failures: Readonly<Record<number, readonly [DnsFailure, string]>> = {
  2: ['server-failure', 'the server failed (SERVFAIL)'],
  3: ['no-such-name', 'no such name (NXDOMAIN)'],
  5: ['refused', 'the server refused (REFUSED)'],
};

/**
 * The records of an answer of type `application/dns-json`. Throws {@link AcmeDnsError} with `failure` as the status has
 * it, `malformed` where it is no such answer.
 *
 * @param server What messages call the server.
 */
export function dohAnswer(body: Uint8Array, server: string): readonly DohRecord[] {
  const answer = answerIn(body, server);
  const status = ownMember(answer, 'Status');
  if (typeof status !== 'number') throw malformed(server, 'it has no Status');
  if (status !== 0) {
    const [failure, message] = failures[status] ?? (['other', `the server refused with code ${status}`] as const);
    throw new AcmeDnsError(failure, message, { server, rememberedMs: rememberedMs(answer) });
  }
  return recordsOf(answer, 'Answer');
}

function answerIn(body: Uint8Array, server: string): JsonObject {
  try {
    const answer = parseJson(body, 'the answer');
    if (isObject(answer)) return answer;
  } catch (error) {
    if (error instanceof AcmeProtocolError) throw malformed(server, error.message, error);
    throw error;
  }
  throw malformed(server, 'it is not an object');
}

const malformed = (server: string, why: string, cause?: unknown) =>
  new AcmeDnsError('malformed', `what came is no DNS answer in JSON: ${why}`, { server, cause });

const recordsOf = (answer: JsonObject, section: string): readonly DohRecord[] =>
  objectsOf(answer, section).flatMap((record) => {
    const type = ownMember(record, 'type');
    const data = textOf(record, 'data');
    return typeof type === 'number' && data !== undefined ? [{ type, data }] : [];
  });

/** RFC 2308 §5: the last number of the zone's SOA. */
function rememberedMs(answer: JsonObject): number | undefined {
  const soa = recordsOf(answer, 'Authority').find(({ type }) => type === recordTypes.SOA);
  const seconds = Number(/ (\d{1,9})$/.exec(soa?.data.trim() ?? '')?.[1] ?? NaN);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}
