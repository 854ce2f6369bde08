/** What rxacme has set itself, and whether a run of the bench has it. */

const at = (path) => (results) => path.split('.').reduce((value, key) => value?.[key], results);
const figure = (cell, client, name) => at(`cells.${cell}.${client}.${name}`);
const ratio = (cell, client, name, to) => (results) => {
  const [a, b] = [figure(cell, client, name)(results), figure(cell, to, name)(results)];
  return a === undefined || b === undefined ? undefined : a / b;
};
const most = (what, target, read, unit = '') => ({ what, target, read, unit });

const node = 'rxacme-node';
const fetch = 'rxacme';
const both = (what, cell, name, unit, [forNode, forFetch]) => [
  most(`${what}, nodePorts`, forNode, figure(cell, node, name), unit),
  most(`${what}, fetch`, forFetch, figure(cell, fetch, name), unit),
];
const ratios = (what, cell, name, [toPeer, toPeerFetch], [toFloor, toFloorFetch]) => [
  most(`${what}, nodePorts / acme-client`, toPeer, ratio(cell, node, name, 'acme-client')),
  most(`${what}, fetch / acme-client`, toPeerFetch, ratio(cell, fetch, name, 'acme-client')),
  most(`${what}, nodePorts / floor`, toFloor, ratio(cell, node, name, 'floor')),
  most(`${what}, fetch / floor by fetch`, toFloorFetch, ratio(cell, fetch, name, 'floor-fetch')),
];
const againstNode = (what, cell, name, toPeer, toFloor) => [
  most(`${what} / acme-client`, toPeer, ratio(cell, node, name, 'acme-client')),
  most(`${what} / floor`, toFloor, ratio(cell, node, name, 'floor')),
];

const rows = [
  most('requests per certificate, one in a cold process', 9, figure('one-50', node, 'requests')),
  most('requests per certificate, 50 in sequence', 7.2, figure('seq-50', node, 'requests')),
  most('requests per certificate, 200 at 20 at a time', 7.2, figure('par-50', node, 'requests')),
  ...againstNode('requests, 50 in sequence', 'seq-50', 'requests', 0.51, 1.02),
  ...againstNode('requests, 200 at 20 at a time', 'par-50', 'requests', 0.51, 1.02),
  most('requests, 100 names', 215, figure('san-50', node, 'requests')),
  ...againstNode('requests, 100 names', 'san-50', 'requests', 0.35, 1.02),
  most('TLS connections of the process, 50 in sequence', 1, figure('seq-50', node, 'connectionsInAll')),
  most('TLS connections of the process, 200 at 20 at a time', 16, figure('par-50', node, 'connectionsInAll')),
  most('TLS connections of the process, 100 names', 16, figure('san-50', node, 'connectionsInAll')),
  most('wall, 50 in sequence, 50 ms away', 460, figure('seq-50', node, 'wallMs'), ' ms'),
  ...againstNode('wall, 50 in sequence', 'seq-50', 'wallMs', 0.3, 1.1),
  most('wall, 200 at 20 at a time, 50 ms away', 28, figure('par-50', node, 'wallMs'), ' ms'),
  ...againstNode('wall, 200 at 20 at a time', 'par-50', 'wallMs', 0.34, 1.2),
  most('wall, 100 names, 50 ms away', 1450, figure('san-50', node, 'wallMs'), ' ms'),
  ...againstNode('wall, 100 names', 'san-50', 'wallMs', 0.61, 1.15),
  ...both('CPU, 200 at 20 at a time', 'par', 'cpuMs', ' ms', [8, 15]),
  ...ratios('CPU, 200 at 20 at a time', 'par', 'cpuMs', [0.21, 0.39], [1.6, 1.3]),
  ...both('CPU, 100 names', 'san', 'cpuMs', ' ms', [170, 380]),
  ...ratios('CPU, 100 names', 'san', 'cpuMs', [0.15, 0.33], [1.6, 1.3]),
  ...both('peak memory, 200 at 20 at a time', 'par', 'peakMb', ' MB', [85, 135]),
  ...ratios('peak memory, 200 at 20 at a time', 'par', 'peakMb', [0.61, 0.96], [1.3, 1.15]),
  most('failures with 20 % of good nonces refused', 0, (results) => results.failures),
  most('requests per certificate with 20 % of nonces refused', 9, figure('par-50-r20', node, 'requests')),
  ...againstNode('requests with 20 % of nonces refused', 'par-50-r20', 'requests', 0.57, 1.02),
  most('as shipped, validation takes 1 s: wall', 1900, figure('as-shipped', fetch, 'wallMs'), ' ms'),
  most('as shipped: requests per certificate', 10.5, figure('as-shipped', fetch, 'requests')),
  most('as shipped: wall / acme-client', 0.27, ratio('as-shipped', fetch, 'wallMs', 'acme-client')),
  most('as shipped: wall / floor at the same pace', 1.27, ratio('as-shipped', fetch, 'wallMs', 'floor')),
  most("import 'rxacme'", 95, at('package.importMs'), ' ms'),
  most("import 'rxacme', beyond rxjs", 30, (r) => r.package && r.package.importMs - r.package.importRxjsMs, ' ms'),
  most('installed packages, rxacme and rxjs among them', 15, at('package.packages')),
  most('own size, packed', 0.5, at('package.packedMb'), ' MB'),
  most('browser, obtain path, initial, without rxjs', 20, at('package.bundleKb'), ' kB'),
];

const shown = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** `{ what, target, measured, met }` for every row that the run has figures for. */
export const judged = (results) =>
  rows
    .map(({ what, target, read, unit }) => ({ what, target, unit, value: read(results) }))
    .filter(({ value }) => value !== undefined)
    .map(({ what, target, unit, value }) => ({
      what,
      target: `${target === 0 ? '' : '≤ '}${target}${unit}`,
      measured: `${Number.isInteger(value) ? value : shown(value)}${unit}`,
      met: Number(value.toFixed(3)) <= target,
    }));
