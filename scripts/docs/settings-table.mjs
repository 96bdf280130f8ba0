import { z } from 'zod';

/** The part of the settings' page that is made, from the root of the repository. */
export const settings = {
  page: 'docs/configure.md',
  command: 'docs:configure',
  from: 'libs/config/src/config.ts',
};

/**
 * The table of all settings, in the schema's order. Variables that each service has one of share a row.
 * @param {{environment: z.ZodType, services: readonly string[]}} config what libs/config/src/config.ts exports
 * @throws Error that names a variable of which the schema does not say what it takes or means
 */
export function settingsTable({ environment, services }) {
  // What is typed in, not what is made of it: lists are text here.
  const { properties, required } = z.toJSONSchema(environment, { io: 'input', unrepresentable: 'any' });
  const prefixes = services.map((service) => `${service.toUpperCase()}_`);
  /** The variables of all services that are called as this one is; only itself when others have no such thing. */
  const siblings = (name) => {
    const own = prefixes.find((prefix) => name.startsWith(prefix));
    const names = own ? prefixes.map((prefix) => prefix + name.slice(own.length)) : [];
    return names.length > 0 && names.every((one) => one in properties) ? names : [name];
  };
  const rows = Object.entries(properties)
    .filter(([name]) => siblings(name)[0] === name)
    .map(([name, setting]) => {
      const cells = [
        siblings(name).map(code).join(' '),
        takes(name, setting),
        required.includes(name) ? '**required**' : default_(setting),
        meaning(name, setting),
      ];
      return `| ${cells.join(' | ')} |`;
    });
  return ['| variable | takes | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function takes(name, { takes: said, enum: choices, type, minimum, maximum, minLength }) {
  if (said) return said;
  if (choices) return choices.map(code).join(' ');
  if (type === 'integer' || type === 'number') return `${grouped(minimum)} to ${grouped(maximum)}`;
  if (minLength) return `${minLength} characters or more`;
  throw new Error(`${name}: the schema does not say what it takes`);
}

function meaning(name, { description }) {
  if (!description) throw new Error(`${name}: the schema does not say what it means`);
  return description;
}

const default_ = (setting) => ('default' in setting ? code(setting.default) : 'none');
const code = (text) => `\`${text}\``;
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
