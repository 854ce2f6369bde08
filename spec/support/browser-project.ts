import process from 'node:process';
import { playwright } from '@vitest/browser-playwright';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { obtainChromium } from './chromium.js';

/** Nothing that has to do with what is tested: no sandbox, since root has none, and no talk with anybody's servers. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What the specs and the sources import. */
const packages = [
  'rxjs',
  'rxjs/testing',
  'jose',
  'pkijs',
  'asn1js',
  'fast-check',
  '@noble/hashes/sha2.js',
  '@noble/hashes/hmac.js',
];

/** Whether this run may come to the project: to find a browser can take a download. */
function isAsked(name: string): boolean {
  const given = process.argv.flatMap((arg, index, all) =>
    arg === '--project' ? [all[index + 1]] : arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [],
  );
  return given.length === 0 || given.includes(name);
}

/**
 * The project whose specs run in a page of Chromium; where there is none, one that says so, and fails with CI=true.
 *
 * @param project `resolve` and `test` as all projects have them.
 */
export async function browserProject(
  project: TestProjectInlineConfiguration,
): Promise<readonly TestProjectInlineConfiguration[]> {
  const name = String(project.test?.name);
  if (!isAsked(name)) return [];
  const found = await obtainChromium();
  if ('missing' in found) {
    const test = { name, include: ['spec/browser/no-chromium.spec.ts'], env: { RXACME_NO_CHROMIUM: found.missing } };
    return [{ ...project, test }];
  }
  return [
    {
      ...project,
      // Known beforehand: to find one in the middle of a run would load the page anew.
      optimizeDeps: { include: [...packages] },
      test: {
        ...project.test,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({
            launchOptions: { executablePath: found.program, env: { ...process.env, ...found.env }, args },
          }),
          instances: [{ browser: 'chromium' }],
        },
      },
    },
  ];
}
