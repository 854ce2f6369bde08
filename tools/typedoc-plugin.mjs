/**
 * A plug-in of TypeDoc.
 *
 * Sorts what an entry exports into categories (docs-categories.mjs), so that the site has no list of 400 names. An export in
 * no category, or in two, is an error, and so is a category that holds nothing, and a link of the site that leads nowhere.
 *
 * A document is called by its first heading; the home page, which has its name above it already, loses that heading.
 */
import { Converter, ReflectionCategory, ReflectionKind, RendererEvent } from 'typedoc';
import { checkLinks } from './check-links.mjs';
import { categories, categoriesOf } from './docs-categories.mjs';

/** Functions before classes, constants and types, each by name. */
const kinds = [ReflectionKind.Function, ReflectionKind.Class, ReflectionKind.Variable];
const rank = ({ kind }) => (kinds.indexOf(kind) + kinds.length + 1) % (kinds.length + 1);
const byKind = (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en');

/** Gives a module its categories, and returns their titles. */
function sort(module, project, logger) {
  const byTitle = new Map(categories.map(({ title }) => [title, []]));
  for (const child of module.children ?? []) {
    const target = child.isReference() ? child.getTargetReflectionDeep() : child;
    const file = project.getSymbolIdFromReflection(target)?.packagePath ?? '';
    const found = categoriesOf(file, target.name);
    if (found.length !== 1)
      logger.error(
        `${module.name}: ${child.name} (${file}) belongs to ${found.join(' and ') || 'no category'}; tools/docs-categories.mjs says which files are in which`,
      );
    for (const title of found) byTitle.get(title).push(child);
  }
  module.categories = categories
    .filter(({ title }) => byTitle.get(title).length > 0)
    .map(({ title, description }) => {
      const category = new ReflectionCategory(title);
      category.description = [{ kind: 'text', text: description }];
      category.children = byTitle.get(title).sort(byKind);
      return category;
    });
  return module.categories.map(({ title }) => title);
}

const heading = /^# (.+)\n+/m;

/** After TypeDoc has made groups, before it makes categories. */
const beforeCategories = -150;

export function load({ converter, renderer, logger }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = heading.exec(document.content[0].text)?.[1] ?? document.name;
  });
  converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      const used = project.getChildrenByKind(ReflectionKind.Module).flatMap((each) => sort(each, project, logger));
      for (const { title } of categories)
        if (!used.includes(title)) logger.error(`nothing belongs to the category ${title}`);
      const first = project.readme?.[0];
      if (first) first.text = first.text.replace(heading, '');
    },
    beforeCategories,
  );
  renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    for (const problem of checkLinks(outputDirectory).problems) logger.error(problem);
  });
}
