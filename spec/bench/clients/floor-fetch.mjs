import { byFetch, run as runFloor } from './floor.mjs';

export const run = (job) => runFloor(job, byFetch);
