/** Stands in for the project `browser` where no Chromium can be had. */
import { it } from 'vitest';
import { describeWith } from '../support/peer.js';

const missing = process.env['RXACME_NO_CHROMIUM'] ?? 'nobody looked for a Chromium';

describeWith('the specs for browsers', { missing }, (get) => {
  it('have a Chromium to run in', () => get());
});
