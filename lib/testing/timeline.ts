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

const marks: Readonly<Record<string, string>> = {
  answered: '',
  lost: '!',
  cancelled: 'x',
  open: '?',
};

/**
 * Draws requests as a marble diagram in text: a line for each resource, a column for each moment in which anything
 * began, in milliseconds. A letter is a request, in its answer's place in the key below the diagram; `#` is one that was refused,
 * `!` one whose answer was lost, `x` one that was given up, `?` one that is still open.
 */
export function timeline(requests: readonly RecordedRequest[]): string {
  if (requests.length === 0) return '(no requests)';
  const moments = [...new Set(requests.map(({ startedAtMs }) => startedAtMs))].sort((a, b) => a - b);
  const lines = new Map<string, string[]>();
  for (const request of requests) {
    const resource = resourceOf(request);
    const cells = lines.get(resource) ?? moments.map(() => '');
    const column = moments.indexOf(request.startedAtMs);
    cells[column] = `${cells[column] ?? ''}${markOf(request)}`;
    lines.set(resource, cells);
  }
  const widths = moments.map((moment, column) =>
    Math.max(String(moment).length, ...[...lines.values()].map((cells) => cells[column]?.length ?? 0)),
  );
  const nameWidth = Math.max('ms'.length, ...[...lines.keys()].map(({ length }) => length));
  const row = (name: string, cells: readonly string[], filler: string) =>
    `${name.padEnd(nameWidth)}  ${cells.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 1, filler)).join(filler)}`.trimEnd();
  const head = row('ms', moments.map(String), ' ');
  return [head, ...[...lines].map(([name, cells]) => row(name, cells, '-')), legend].join('\n');
}

const letters: Readonly<Record<string, string>> = {
  directory: 'd',
  newNonce: 'n',
  newAccount: 'a',
  account: 'a',
  newOrder: 'o',
  order: 'o',
  authorization: 'r',
  challenge: 'c',
  finalize: 'f',
  certificate: 'g',
  revokeCert: 'v',
};

const legend =
  'o order  r read authorization  c challenge  f finalize  g get certificate  # refused  ! lost  x cancelled  ? open';

function markOf({ operation, outcome, status = 0 }: RecordedRequest): string {
  const letter = letters[operation] ?? operation.slice(0, 1);
  return `${letter}${status >= 400 ? '#' : (marks[outcome] ?? '')}`;
}
