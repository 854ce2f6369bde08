import type { RecordedRequest } from './history.js';

/** Which line of the diagram a request is on. */
function resourceOf({ operation, url }: RecordedRequest): string {
  const id = url.split('/').at(-1)?.split('-')[0] ?? '';
  switch (operation) {
    case 'newOrder':
      return 'orders';
    case 'order':
    case 'finalize':
      return `order ${id}`;
    case 'authorization':
    case 'challenge':
    case 'certificate':
    case 'account':
      return `${operation} ${id}`;
    default:
      return operation;
  }
}

interface Mark {
  readonly text: string;
  readonly meaning: string;
}

const letters: Readonly<Record<string, Mark>> = {
  directory: { text: 'd', meaning: 'directory' },
  newNonce: { text: 'n', meaning: 'new nonce' },
  newAccount: { text: 'a', meaning: 'account' },
  account: { text: 'a', meaning: 'account' },
  orders: { text: 'l', meaning: 'list orders' },
  newOrder: { text: 'o', meaning: 'order' },
  order: { text: 'o', meaning: 'order' },
  authorization: { text: 'r', meaning: 'read authorization' },
  challenge: { text: 'c', meaning: 'challenge' },
  finalize: { text: 'f', meaning: 'finalize' },
  certificate: { text: 'g', meaning: 'get certificate' },
  revokeCert: { text: 'v', meaning: 'revoke' },
};
const refused: Mark = { text: '#', meaning: 'refused' };
const endings: Readonly<Partial<Record<RecordedRequest['outcome'], Mark>>> = {
  lost: { text: '!', meaning: 'lost' },
  cancelled: { text: 'x', meaning: 'cancelled' },
  open: { text: '?', meaning: 'open' },
};

/** What a request was, and how it ended where that was not well. */
function marksOf({ operation, outcome, status = 0 }: RecordedRequest): readonly Mark[] {
  const letter = letters[operation] ?? { text: operation.slice(0, 1).toUpperCase(), meaning: operation };
  const ending = status >= 400 ? refused : endings[outcome];
  return ending === undefined ? [letter] : [letter, ending];
}

/**
 * Draws requests as a marble diagram in text: a line for each resource, a column for each moment in which anything
 * began, in milliseconds since the first. A letter is a request, and a sign after it says what went wrong: `#` refused,
 * `!` its answer was lost, `x` given up, `?` still open. Below the diagram stands what its letters and signs mean.
 */
export function timeline(requests: readonly RecordedRequest[]): string {
  const [first] = requests;
  if (first === undefined) return '(no requests)';
  const columns = new Map(requests.map(({ startedAtMs }) => [startedAtMs, 0]));
  const moments = [...columns.keys()].sort((a, b) => a - b);
  for (const [column, moment] of moments.entries()) columns.set(moment, column);
  const lines = new Map<string, string[]>();
  const meanings = new Map<string, string>();
  for (const request of requests) {
    const marks = marksOf(request);
    for (const { text, meaning } of marks) meanings.set(text, meaning);
    const resource = resourceOf(request);
    const cells = lines.get(resource) ?? moments.map(() => '');
    const column = columns.get(request.startedAtMs) ?? 0;
    cells[column] = `${cells[column] ?? ''}${marks.map(({ text }) => text).join('')}`;
    lines.set(resource, cells);
  }
  const head = moments.map((moment) => String(moment - (moments[0] ?? 0)));
  const widths = head.map((moment, column) =>
    [...lines.values()].reduce((width, cells) => Math.max(width, cells[column]?.length ?? 0), moment.length),
  );
  const nameWidth = [...lines.keys()].reduce((width, { length }) => Math.max(width, length), 'ms'.length);
  const row = (name: string, cells: readonly string[], filler: string) =>
    `${name.padEnd(nameWidth)}  ${cells.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 1, filler)).join(filler)}`;
  return [
    row('ms', head, ' ').trimEnd(),
    ...[...lines].map(([name, cells]) => row(name, cells, '-')),
    [...meanings].map((each) => each.join(' ')).join('  '),
  ].join('\n');
}
