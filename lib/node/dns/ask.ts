import { randomInt } from 'node:crypto';
import { encode, RECURSION_DESIRED } from 'dns-packet';
import { catchError, concatMap, defer, EMPTY, from, map, type Observable, take, throwIfEmpty } from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { AcmeInputError } from '../../model/errors/input-error.js';
import { canonicalDnsName } from '../../solvers/dns/dns-name.js';
import type { DnsServer } from './dns-server.js';
import { dnsExchange, type DnsExchangeOptions } from './exchange.js';
import type { DnsMessage } from './message.js';
import { rcodeError } from './rcodes.js';
import { rememberedMs } from './record-data.js';
import { type QuestionType, recordType } from './record-types.js';

/** Options of {@link ask}. */
export interface AskOptions extends DnsExchangeOptions {
  /** Whether the server shall ask others. Default: false. */
  readonly recursive?: boolean | undefined;
}

const [noError, noSuchName] = [0, 3];
/** What fits into a datagram everywhere. */
const udpPayloadSize = 1232;

/**
 * Asks one server for one type of a name's records.
 *
 * Emits the answer, NODATA included, once, then completes. Errors: {@link AcmeDnsError}, `no-such-name` for NXDOMAIN.
 */
export const ask = (
  server: DnsServer,
  name: string,
  type: QuestionType,
  options: AskOptions = {},
): Observable<DnsMessage> => look(server, name, type, options).pipe(map((answer) => present(answer, server)));

function present(answer: DnsMessage, { label }: DnsServer): DnsMessage {
  if (answer.rcode === noError) return answer;
  throw rcodeError(answer.rcode, label, {
    rememberedMs: answer.rcode === noSuchName ? rememberedMs(answer, label) : undefined,
  });
}

/** As {@link ask}, but that there is no such name is an answer, not an error. */
export const look = (
  server: DnsServer,
  name: string,
  type: QuestionType,
  options: AskOptions = {},
): Observable<DnsMessage> =>
  defer(() => dnsExchange(server, query(name, type, options), options)).pipe(
    map((answer) => {
      const { label } = server;
      const [question] = answer.questions;
      if (question !== undefined && !isSame(question, name, type)) {
        throw new AcmeDnsError('malformed', `${label}: the answer is about something else`, { server: label });
      }
      if (answer.rcode === noError || answer.rcode === noSuchName) return answer;
      throw rcodeError(answer.rcode, label);
    }),
  );

/** The first answer of several servers, asked one after another; the error of the last where none has any. */
export const lookAtAny = (
  servers: readonly DnsServer[],
  name: string,
  type: QuestionType,
  options: AskOptions = {},
): Observable<{ readonly answer: DnsMessage; readonly server: DnsServer }> =>
  defer(() => {
    let last: unknown = new AcmeDnsError('unreachable', `${name}: there is no name server to ask`);
    return from(servers).pipe(
      concatMap((server) =>
        look(server, name, type, options).pipe(
          map((answer) => ({ answer, server })),
          catchError((error: unknown) => {
            last = error;
            return EMPTY;
          }),
        ),
      ),
      take(1),
      throwIfEmpty(() => last),
    );
  });

const isSame = (question: { readonly name: string; readonly type: number }, name: string, type: QuestionType) =>
  question.type === recordType[type] && canonicalDnsName(question.name) === canonicalDnsName(name);

function query(name: string, type: QuestionType, { recursive = false }: AskOptions): Buffer {
  checkDnsName(name);
  return encode({
    type: 'query',
    id: randomInt(65_536),
    flags: recursive ? RECURSION_DESIRED : 0,
    questions: [{ type, name }],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize, flags: 0, options: [] } as never],
  });
}

/** Throws {@link AcmeInputError} on a name that does not fit into a message. */
export function checkDnsName(name: string): void {
  const labels = canonicalDnsName(name).split('.');
  const fits = labels.every((label) => label.length > 0 && Buffer.byteLength(label) < 64);
  if (name.length > 254 || (!fits && name !== '' && name !== '.')) {
    throw new AcmeInputError(`${name.slice(0, 300)}: a name has at most 253 octets, its labels between 1 and 63`);
  }
}
