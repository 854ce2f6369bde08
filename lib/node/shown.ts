/** How text of others is shown: short, and nothing but printable characters. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text).replace(/[^\x20-\x7e…]/g, '?');
