import { concatMap, defer, EMPTY, from, map, type Observable, type ObservableInput, take, throwIfEmpty } from 'rxjs';
import { tokenPart1 } from '../codec/acme-subject.js';
import { defined } from '../codec/defined.js';
import { emailReplyChallenge } from '../codec/email-reply-challenge.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { keyAuthorizationDigest } from '../signing/key-authorization-digest.js';
import { keyAuthorization } from '../signing/key-authorization.js';
import { thumbprintOf } from './thumbprint-of.js';

/** The mail that an authority sends, as far as it matters. */
export interface ChallengeMail {
  /** Decoded: `ACME:` and the first part of the token. */
  readonly subject: string;
  /** Its `Message-ID`, so that the answer refers to it. */
  readonly messageId?: string | undefined;
  /** Its `Reply-To`, where it has one. Default: the address that it comes from. */
  readonly replyTo?: string | undefined;
}

/** Which mail is waited for. */
export interface AwaitedMail {
  /** The authority's address. The mail must be signed for it, by DKIM or S/MIME: that is for the application to check. */
  readonly from: string;
  /** The address that is to be proven. */
  readonly to: string;
}

/** The answer to an authority's mail. */
export interface EmailReply {
  /** The address that is to be proven. */
  readonly from: string;
  /** Where the authority wants it: the mail's `Reply-To`, or its sender. */
  readonly to: string;
  /** `Re: ACME:` and the first part of the token. */
  readonly subject: string;
  /** The `Message-ID` of the mail that is answered: the answer's `In-Reply-To` and `References`. */
  readonly inReplyTo?: string;
  /** To be sent as `text/plain`, or as the first part of that type. Lines end in CR LF. */
  readonly body: string;
}

/** Options of {@link emailReply00}. */
export interface EmailReply00Options {
  /** Emits the mail when it is there. It was sent when the order was made, so that it may be there already. */
  readonly receive: (awaited: AwaitedMail) => ObservableInput<ChallengeMail>;
  /** Sends the answer. Done when it completes or resolves. */
  readonly send: (reply: EmailReply) => ObservableInput<unknown>;
}

/**
 * A solver for `email-reply-00`, for certificates of electronic mail: waits for the authority's mail, and answers it. Its
 * identifiers are of type `email`: give the session `emailIdentifier`.
 *
 * Emits nothing itself: the value is the solver. What `receive` and `send` error with ends the order, as the `cause` of a
 * failure in an {@link AcmeAuthorizationError}. It also ends with {@link AcmeInputError} where the subject is not that of a
 * challenge, and {@link AcmeProtocolError} where the challenge is malformed. Nothing is withdrawn: a mail is gone. Cost:
 * no request to the certification authority. Has no limit of time: put one on `receive`.
 *
 * @example
 * ```ts
 * declare const mailbox: {
 *   next(awaited: AwaitedMail): Promise<ChallengeMail>;
 *   send(reply: EmailReply): Promise<void>;
 * };
 * const mine = acmeSession({ directoryUrl: 'https://ca.example/directory', identifierTypes: [emailIdentifier] });
 * const issued$ = obtainCertificate(acmeAccount(mine, { signer, url: 'https://ca.example/account/1' }), {
 *   identifiers: [{ type: 'email', value: 'someone@example.org' }],
 *   solvers: [emailReply00({ receive: (awaited) => mailbox.next(awaited), send: (reply) => mailbox.send(reply) })],
 * });
 * ```
 *
 * @see RFC 8823 §3
 */
export const emailReply00 = ({ receive, send }: EmailReply00Options): ChallengeSolver => ({
  types: ['email-reply-00'],
  present: (task) =>
    defer(() => {
      const { from: sender } = emailReplyChallenge(task.challenge);
      return from(receive({ from: sender, to: task.identifier.value })).pipe(
        take(1),
        throwIfEmpty(() => new AcmeInputError('email-reply-00: receive completed without a mail')),
        concatMap((mail) => emailReply(task, mail)),
        concatMap(send),
      );
    }),
  cleanUp: () => EMPTY,
});

/**
 * The answer to an authority's mail.
 *
 * Emits once, then completes. Errors: {@link AcmeInputError} where the subject is not that of a challenge, or
 * what goes into a header of the answer is more than a line;
 * {@link AcmeProtocolError} where the challenge is malformed; what the task's digest errors with. Cost: one digest, no
 * request.
 *
 * @see RFC 8823 §3.2
 */
export const emailReply = (
  task: ChallengeTask,
  { subject, messageId, replyTo }: ChallengeMail,
): Observable<EmailReply> =>
  defer(() => {
    const { from: sender, tokenPart2 } = emailReplyChallenge(task.challenge);
    const part1 = tokenPart1(subject);
    if (/[\r\n]/.test(`${replyTo ?? ''}${messageId ?? ''}`))
      throw new AcmeInputError(
        'email-reply-00: replyTo and messageId must be one line each, as they are without folding',
      );
    const proof = keyAuthorization(part1 + tokenPart2, thumbprintOf(task));
    return keyAuthorizationDigest(proof, task.digest).pipe(
      map((digest) =>
        defined({
          from: task.identifier.value,
          to: replyTo ?? sender,
          subject: `Re: ACME: ${part1}`,
          inReplyTo: messageId,
          body: `-----BEGIN ACME RESPONSE-----\r\n${digest}\r\n-----END ACME RESPONSE-----\r\n`,
        }),
      ),
    );
  });
