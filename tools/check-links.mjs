/**
 * Holds the links of a generated site: every one that leads into the site leads to a file of it, and to a place in that file.
 *
 * `node tools/check-links.mjs [FOLDER]` exits 1 when one leads nowhere. The plug-in of TypeDoc runs it on what was made.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const id = /<[^>]*\sid="([^"]*)"/g;
const link = /<(?:a|link|script|img)\s[^>]*?\b(?:href|src)="([^"]*)"/g;
const values = (text, pattern) => [...text.matchAll(pattern)].map(([, value]) => value.replaceAll('&amp;', '&'));
const isElsewhere = (link) => /^[a-z][a-z+.-]*:|^\/\//i.test(link);

/** `{ read, problems }`: how many links into the site there are, and `page: link` for each that leads nowhere. */
export function checkLinks(folder) {
  const pages = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.html'));
  const anchors = new Map();
  const links = pages.flatMap((page) => {
    const text = readFileSync(join(folder, page), 'utf8');
    anchors.set(join(folder, page), new Set(values(text, id)));
    return values(text, link)
      .filter((to) => !isElsewhere(to))
      .map((to) => ({ page, to }));
  });
  const problems = links.filter(({ page, to }) => {
    const [path, anchor = ''] = to.split('#').map(decodeURIComponent);
    const target = path === '' ? join(folder, page) : join(folder, dirname(page), path);
    const isInside = !relative(folder, target).startsWith('..');
    return !isInside || !existsSync(target) || (anchor !== '' && !anchors.get(target)?.has(anchor));
  });
  return { read: links.length, problems: problems.map(({ page, to }) => `${page}: ${to} leads nowhere`) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { read, problems } = checkLinks(resolve(process.argv[2] ?? 'docs'));
  for (const problem of problems) console.error(problem);
  console.log(`links: ${read} read, ${problems.length} problems`);
  process.exitCode = problems.length > 0 || read === 0 ? 1 : 0;
}
