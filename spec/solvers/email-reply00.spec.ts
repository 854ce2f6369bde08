import { createHash } from 'node:crypto';
import { concat, EMPTY, firstValueFrom, map, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError } from '../../lib/model/errors/authorization-error.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { keyAuthorization } from '../../lib/signing/key-authorization.js';
import { type AwaitedMail, emailReply, emailReply00, type EmailReply } from '../../lib/solvers/email-reply00.js';
import { synchronousDigest } from '../../lib/testing/index.js';
import type { Validated } from '../../lib/testing/index.js';
import { emailIdentifier } from '../../lib/x509/identifier-types/email.js';
import { challengeWith } from '../codec/challenges.js';
import { covers } from '../support/covers.js';
import { errorOf, virtualTime } from '../support/virtual-time.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

covers('emailReply');

const part1 = 'LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME=';
const task = taskOf({
  type: 'email-reply-00',
  identifier: { type: 'email', value: 'alexey@example.com' },
  challenge: challengeWith('email-reply-00', { from: 'acme@example.org', token: 'DGyRejmCefe7v4NfDGDKfA' }),
  thumbprint: '1_nKJnlH9boVxdoO63T8zP7O2w42qZL4d6xj35Hy5aI',
});

describe('emailReply', () => {
  it('acme4j: the text between the lines of armour', async () => {
    const mail = {
      subject: `ACME: ${part1}`,
      messageId: '<A2299BB.FF7788@example.org>',
      replyTo: 'answers@example.org',
    };
    expect(await firstValueFrom(emailReply(task, mail))).toEqual({
      from: 'alexey@example.com',
      to: 'answers@example.org',
      subject: `Re: ACME: ${part1}`,
      inReplyTo: '<A2299BB.FF7788@example.org>',
      body: '-----BEGIN ACME RESPONSE-----\r\nAjXW0h9_4YMP6Sv-9tKQNUrapI0us7ayBn0nCGOkUsk\r\n-----END ACME RESPONSE-----\r\n',
    });
  });

  it('goes to where the mail came from, at once where the digest does', () => {
    let reply: EmailReply | undefined;
    emailReply({ ...task, digest: synchronousDigest }, { subject: `Re: ACME: ${part1}` }).subscribe(
      (each) => (reply = each),
    );
    expect(reply).toMatchObject({ to: 'acme@example.org' });
    expect(reply).not.toHaveProperty('inReplyTo');
  });

  it.each([{ replyTo: 'a@b.test\r\nBcc: c@d.test' }, { messageId: '<a@b.test>\nBcc: c@d.test' }])(
    'puts no second header into an answer: %j',
    async (more) => {
      const reply$ = emailReply(task, { subject: `ACME: ${part1}`, ...more });
      await expect(firstValueFrom(reply$)).rejects.toBeInstanceOf(AcmeInputError);
    },
  );

  it('refuses another subject, and a task without a thumbprint', async () => {
    const { thumbprint: _, ...withoutKey } = task;
    await expect(firstValueFrom(emailReply(task, { subject: 'Hello' }))).rejects.toBeInstanceOf(AcmeInputError);
    await expect(firstValueFrom(emailReply(withoutKey, { subject: `ACME: ${part1}` }))).rejects.toThrow(
      /challengeTask/,
    );
  });
});

describe('emailReply00 at a CA', () => {
  /** What a CA does that sends mail and reads the answers. */
  const mailbox = (slip = '') => {
    const replies: EmailReply[] = [];
    const awaited: AwaitedMail[] = [];
    const outcome = ({ token = '', thumbprint }: Validated) => {
      const proof = keyAuthorization(part1 + token, thumbprint);
      const expected = createHash('sha256').update(proof).digest('base64url');
      return replies.some(({ body }) => body.split('\r\n')[1] === expected)
        ? undefined
        : { type: 'unauthorized', detail: 'the answer is wrong' };
    };
    const solver = emailReply00({
      receive: (mail) => (awaited.push(mail), of({ subject: `ACME: ${slip}${part1}` })),
      send: (reply) => (replies.push(reply), EMPTY),
    });
    return { replies, awaited, outcome, solver };
  };
  const offer = {
    identifierTypes: ['email'],
    challengeTypes: () => ['email-reply-00'],
    challengeMembers: () => ({ from: 'acme@ca.test' }),
  };
  const order = (solver: ReturnType<typeof emailReply00>) => ({
    identifiers: [{ type: 'email', value: 'Alexey@Example.com' }],
    solvers: [solver],
  });
  const session = { identifierTypes: [emailIdentifier] };

  it('answers the mail and gets the certificate', () => {
    const { awaited, replies, outcome, solver } = mailbox();
    const { error, events, payloads } = obtainedAtFakeCa({
      ca: { ...offer, validation: { outcome } },
      session,
      order: order(solver),
    });
    expect([error, events.at(-1)?.type]).toEqual([undefined, 'certificate-issued']);
    expect(awaited).toEqual([{ from: 'acme@ca.test', to: 'Alexey@example.com' }]);
    expect(replies).toHaveLength(1);
    expect(payloads('newOrder')).toEqual([{ identifiers: [{ type: 'email', value: 'Alexey@example.com' }] }]);
    expect(payloads('challenge')).toEqual([{}]);
  });

  it('is refused where the answer is to another mail', () => {
    const { outcome, solver } = mailbox('x');
    const { error } = obtainedAtFakeCa({ ca: { ...offer, validation: { outcome } }, session, order: order(solver) });
    expect(error).toBeInstanceOf(AcmeAuthorizationError);
    expect(error).toMatchObject({ message: expect.stringContaining('Alexey@example.com (email-reply-00)') });
  });

  it('is refused by a CA that issues no such certificates', () => {
    const { awaited, solver } = mailbox();
    const { error } = obtainedAtFakeCa({ ca: {}, session, order: order(solver) });
    expect(error).toMatchObject({ problem: { type: expect.stringMatching(/unsupportedIdentifier$/) } });
    expect(awaited).toEqual([]);
  });

  it.each([
    ['the mail has another subject', () => of({ subject: 'Hello' }), AcmeInputError],
    ['there is no mail', () => EMPTY, AcmeInputError],
    ['the mailbox fails', () => throwError(() => new Error('no mailbox')), AcmeAuthorizationError],
  ])('ends where %s, before the server is told', (_, receive, kind) => {
    const sent: unknown[] = [];
    const solver = emailReply00({ receive, send: (reply) => (sent.push(reply), EMPTY) });
    const { error, ca } = obtainedAtFakeCa({ ca: offer, session, order: order(solver) });
    expect(error).toBeInstanceOf(kind);
    expect([sent, ca.history.count('challenge')]).toEqual([[], 0]);
  });

  it('waits for the mail, and takes the first', () =>
    virtualTime((time) => {
      const sentAt: number[] = [];
      const subject = `ACME: ${part1}`;
      const { present } = emailReply00({
        receive: () => concat(timer(5_000, time.scheduler).pipe(map(() => ({ subject }))), NEVER),
        send: () => (sentAt.push(time.scheduler.now()), timer(10, time.scheduler)),
      });
      const now = time.scheduler.now();
      time.expectObservable(present({ ...task, digest: synchronousDigest }) as never).toBe('5010ms (a|)', { a: 0 });
      time.flush();
      expect(sentAt).toEqual([now + 5_000]);
    }));

  it('refuses a challenge that is malformed', () =>
    virtualTime((time) => {
      const { present } = emailReply00({ receive: () => NEVER, send: () => EMPTY });
      const challenge = challengeWith('email-reply-00', { from: 'nobody', token: 'x' });
      expect(errorOf(time, present({ ...task, challenge }) as never)).toMatchObject({ code: 'protocol' });
    }));
});
