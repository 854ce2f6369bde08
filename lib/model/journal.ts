import type { ObservableInput } from 'rxjs';
import type { AcmeError } from './errors/acme-error.js';
import type { IdentifierEventBase } from './events.js';
import type { Identifier } from './identifier.js';
import type { ChallengeTask } from './ports.js';

/** What every entry of a journal has. */
export interface JournalEntryBase<Type extends string> {
  /** What it is about. */
  readonly type: Type;
  /** An entry of the same identifier replaces another one. */
  readonly id: string;
  /** When it was written, by the clock of whoever did. */
  readonly at: Date;
}

/** A challenge that is presented, or was about to be. Printed or serialised it hides what proves it. */
export interface PresentedEntry extends JournalEntryBase<'presented'> {
  /** Such as `dns-01`. */
  readonly challengeType: string;
  /** Who presents it, where it has a name. */
  readonly solver?: string;
  /** The order that it is for. Absent where an identifier is authorized ahead of any order. */
  readonly orderUrl?: string;
  /** All that is needed to withdraw it. Has no `digest`, because that is a function. */
  readonly task: ChallengeTask;
}

/** An order that has not come to its end. */
export interface OrderEntry extends JournalEntryBase<'order'> {
  /** What it is resumed by. */
  readonly orderUrl: string;
  /** Whose order it is. */
  readonly accountUrl: string;
  /** What it is for. */
  readonly identifiers: readonly Identifier[];
  /** When the server forgets it. */
  readonly expiresAt?: Date;
  /** What the application calls the certificate's key, where that is not found by the order's URL in a {@link KeyStore}. */
  readonly keyReference?: string;
  /** The certificate signing request, PEM, where the order was made with one. */
  readonly csr?: string;
}

/** What a {@link Journal} holds, by its `type`. */
export type JournalEntry = PresentedEntry | OrderEntry;

/**
 * Remembers across the end of a process what is not finished: challenges that are presented, orders under way. Holds
 * secrets for a while: who reads it can answer the challenges in it. Each is called within its subscription; what has
 * begun may come to its end when it is unsubscribed, as long as a later call for the same entry waits for that.
 */
export interface Journal {
  /** Completes when the entry is safe, whatever happens to the process. Replaces one of the same `id`. */
  write(entry: JournalEntry): ObservableInput<unknown>;
  /** Completes when there is no entry of that `id`, any more or from the beginning. */
  erase(id: string): ObservableInput<unknown>;
  /** Emits each entry that is there, in any order; completes. */
  read(): ObservableInput<JournalEntry>;
}

/** What an event about an entry that was left behind carries. */
export interface LeftBehindBase<Type extends string> extends Omit<IdentifierEventBase<Type>, 'orderUrl'> {
  /** Absent where an identifier was authorized ahead of any order. */
  readonly orderUrl?: string;
  /** Such as `dns-01`. */
  readonly challengeType: string;
}

/** What a process had left behind is withdrawn, and its entry erased. */
export type Withdrawn = LeftBehindBase<'withdrawn'>;

/** What a process had left behind could not be withdrawn. Its entry stays. */
export interface LeftBehind extends LeftBehindBase<'clean-up-failed'> {
  /** Why. */
  readonly error: AcmeError;
}

/** What became of one entry that was left behind. */
export type WithdrawalEvent = Withdrawn | LeftBehind;
