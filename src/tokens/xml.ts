const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] as string);

/** What an action answers: elements within elements. */
export interface Element {
  readonly [name: string]: string | number | Element | undefined;
}

const elements = (of: Element, indent: string): string =>
  Object.entries(of)
    .map(([name, value]) => {
      if (value === undefined) return '';
      const inside =
        typeof value === 'object' ? `\n${elements(value, `${indent}  `)}${indent}` : escaped(String(value));
      return `${indent}<${name}>${inside}</${name}>\n`;
    })
    .join('');

/** An XML document. */
export const document = (name: string, namespace: string, content: Element): string =>
  `<${name} xmlns="${namespace}">\n${elements(content, '  ')}</${name}>\n`;
