import type { IssuanceEvent } from 'rxacme';

/** One line per event: how long it took so far, what happened, to whom. */
export function progressLine(event: IssuanceEvent, elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(2).padStart(7)} s  ${event.type.padEnd(22)} ${details(event)}`.trimEnd();
}

function details(event: IssuanceEvent): string {
  switch (event.type) {
    case 'order-created':
      return `${event.status}, ${event.orderUrl}${event.resumed ? ' (resumed)' : ''}`;
    case 'identifiers-left-out':
      return event.leftOut.map(({ identifier, detail = 'refused' }) => `${identifier.value}: ${detail}`).join('; ');
    case 'authorization-pending':
    case 'challenge-presented':
      return `${event.name} by ${event.challengeType}`;
    case 'proof-progress':
      return `${event.name} by ${event.challengeType}: ${JSON.stringify(event.progress)}`;
    case 'challenge-answered':
      return `${event.name} by ${event.challengeType}: ${event.status}`;
    case 'authorization-settled':
      return `${event.name}: ${event.status}`;
    case 'waiting':
      return `${event.status}, first look in ${seconds(event.nextPollAt.getTime() - event.at.getTime())}`;
    case 'polled':
      return `${event.status}${event.nextPollAt === undefined ? '' : `, next look in ${seconds(event.nextPollAt.getTime() - event.at.getTime())}`}`;
    case 'order-finalized':
      return event.status;
    case 'clean-up-failed':
      return `${event.name}: ${event.error.message}`;
    case 'certificate-issued':
      return `serial number ${event.certificate.leaf.serialNumber}`;
    case 'order-ready':
    case 'key-stored':
      return '';
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
