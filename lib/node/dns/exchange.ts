import { createSocket } from 'node:dgram';
import { promises as systemDns } from 'node:dns';
import { connect, isIP } from 'node:net';
import {
  asyncScheduler,
  catchError,
  concatMap,
  defer,
  from,
  map,
  Observable,
  of,
  repeat,
  type SchedulerLike,
  throwError,
} from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { deadline } from '../../rx/deadline.js';
import { wait } from '../../rx/wait.js';
import type { DnsServer } from './dns-server.js';
import { type DnsMessage, maxMessageBytes, readMessage } from './message.js';

/** Options of {@link dnsExchange}. */
export interface DnsExchangeOptions {
  /** Default: `udp`, and TCP where the answer does not fit. */
  readonly transport?: 'udp' | 'tcp' | undefined;
  /** The longest that an answer may take, in milliseconds. Default: 5 000. */
  readonly timeoutMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A datagram may be lost: it is sent again after this many milliseconds. */
const resendMs = 1_500;

/**
 * Sends one message and emits the answer, whatever its code, then completes. Unsubscribing closes the socket. Errors:
 * {@link AcmeDnsError} `no-answer`, `unreachable`, `malformed`.
 */
export const dnsExchange = (
  server: DnsServer,
  message: Buffer,
  { transport = 'udp', timeoutMs = 5_000, scheduler = asyncScheduler }: DnsExchangeOptions = {},
): Observable<DnsMessage> => {
  const { label } = server;
  const onTimeout = () =>
    new AcmeDnsError('no-answer', `${label}: no answer within ${timeoutMs} ms`, { server: label });
  return addressOf(server.host).pipe(
    concatMap((host) => {
      const at = { ...server, host };
      if (transport === 'tcp') return overTcp(at, message);
      return overUdp(at, message, scheduler).pipe(
        concatMap((answer) => (answer.isTruncated ? overTcp(at, message) : of(answer))),
      );
    }),
    deadline({ forMs: timeoutMs, scheduler, onTimeout }),
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmeDnsError ? error : unreachable(label, error))),
    ),
  );
};

const addressOf = (host: string): Observable<string> =>
  isIP(host) !== 0 ? of(host) : defer(() => from(systemDns.lookup(host))).pipe(map(({ address }) => address));

const unreachable = (server: string, cause: unknown) =>
  new AcmeDnsError('unreachable', `${server}: cannot be reached: ${String(cause)}`, { server, cause });

const overUdp = ({ host, port, label }: DnsServer, message: Buffer, scheduler: SchedulerLike): Observable<DnsMessage> =>
  new Observable((subscriber) => {
    const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    subscriber.add(() => socket.close());
    socket.on('error', (error) => {
      subscriber.error(error);
    });
    socket.on('message', (bytes) => {
      // Anybody can send datagrams: those that answer another question are nobody's failure.
      if (!isAnswerTo(message, bytes)) return;
      emit(subscriber, () => readMessage(bytes, label));
    });
    // A callback would be handed the error of a connection that failed; this way it is an event as others are.
    socket.once('connect', () => {
      if (subscriber.closed) return;
      const send = () => {
        socket.send(message, (error) => {
          if (error) subscriber.error(error);
        });
      };
      send();
      subscriber.add(
        defer(() => wait(resendMs, scheduler))
          .pipe(repeat())
          .subscribe(send),
      );
    });
    socket.connect(port, host);
  });

const overTcp = ({ host, port, label }: DnsServer, message: Buffer): Observable<DnsMessage> =>
  new Observable((subscriber) => {
    const socket = connect({ host, port });
    subscriber.add(() => socket.destroy());
    let received = Buffer.alloc(0);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.on('connect', () => socket.write(Buffer.concat([length, message])));
    socket.on('error', (error) => {
      subscriber.error(error);
    });
    socket.on('end', () => {
      subscriber.error(new AcmeDnsError('no-answer', `${label}: hung up without an answer`, { server: label }));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const expected = received.length < 2 ? Infinity : received.readUInt16BE(0);
      const isTooLong = expected !== Infinity && expected > maxMessageBytes;
      if (!isTooLong && received.length < expected + 2) return;
      emit(subscriber, () => {
        const bytes = received.subarray(2, 2 + expected);
        if (isTooLong || !isAnswerTo(message, bytes)) {
          const what = isTooLong ? `longer than ${maxMessageBytes} octets` : 'about something else';
          throw new AcmeDnsError('malformed', `${label}: the answer is ${what}`, { server: label });
        }
        return readMessage(bytes, label);
      });
    });
  });

function emit<T>(subscriber: { next(value: T): void; error(error: unknown): void; complete(): void }, make: () => T) {
  try {
    subscriber.next(make());
    subscriber.complete();
  } catch (error) {
    subscriber.error(error);
  }
}

/** Whether it is a response, to this number and of this kind. */
const isAnswerTo = (message: Buffer, bytes: Buffer): boolean =>
  bytes.length >= 4 &&
  bytes.readUInt16BE(0) === message.readUInt16BE(0) &&
  (bytes.readUInt16BE(2) & 0xf800) === (0x8000 | (message.readUInt16BE(2) & 0x7800));
