import { dns01, type ChallengeSolver, type Dns01Options } from '../../../lib/index.js';
import { http01Server } from '../../../lib/node/index.js';
import type { Pebble } from '../../support/pebble.js';

/** The dns-01 solver over a Pebble's zone. */
export const dns01In = ({ dns }: Pebble, options: Partial<Dns01Options> = {}): ChallengeSolver =>
  dns01({
    add: ({ name, value }) => dns.addTxt(name, value),
    remove: ({ name, value }) => dns.removeTxt(name, value),
    ...options,
  });

/** The http-01 solver at the port where a Pebble's validation knocks. */
export const http01In = ({ httpPort }: Pebble): ChallengeSolver => http01Server({ port: httpPort, host: '127.0.0.1' });
