import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { fromTestRun } from '#testkit/environment.js';

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: object }> }>;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

let ofThisBuild: OpenApiCheck | undefined;

/** Holds answers against the OpenAPI document: the status must be documented, the body must fit. */
export class OpenApiCheck {
  private readonly ajv: Ajv2020;
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly templates: { readonly pattern: RegExp; readonly path: string }[];

  constructor(readonly document: Document) {
    // The document itself is held against its specification once, by the suite about it.
    this.ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, validateSchema: false });
    formats.default(this.ajv);
    this.ajv.addSchema({ $id: 'openapi', components: document.components });
    // Literal paths before templates: /notifications/counts is no group.
    this.templates = Object.keys(document.paths)
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }));
  }

  /** By the document that a process serves. */
  static async servedAt(url: string): Promise<OpenApiCheck> {
    return new OpenApiCheck(JSON.parse(await textAt(url)) as Document);
  }

  /** By the document of this build, which whoever has all routes serves alike, after a fifth of a second of work. */
  static async ofThisBuild(url: string): Promise<OpenApiCheck> {
    ofThisBuild ??= new OpenApiCheck(JSON.parse(await textOfThisBuild(url)) as Document);
    return ofThisBuild;
  }

  /** @throws Error that says what the document does not say of this answer */
  check(method: string, url: string, status: number, contentType: string | null, body: unknown): void {
    const path = new URL(url).pathname;
    const template = this.templates.find(({ pattern }) => pattern.test(path))?.path;
    const operation =
      template === undefined ? undefined : this.document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || operation === undefined) {
      if (status === 404 || status === 405) return;
      throw new Error(`${method} ${path} answered ${status} and is not documented`);
    }
    const response = operation.responses[String(status)];
    if (response === undefined) {
      throw new Error(`${method} ${template} does not document ${status}: ${JSON.stringify(body)}`);
    }
    const media = contentType?.split(';')[0]?.trim() ?? '';
    const content = response.content?.[media];
    if (content?.schema === undefined) {
      if (response.content === undefined && body === undefined) return;
      throw new Error(`${method} ${template} ${status} does not document a body of ${media}`);
    }
    const validate = this.validatorOf(`${method} ${template} ${status} ${media}`, content.schema);
    if (!validate(body)) {
      throw new Error(
        `${method} ${template} ${status} does not fit: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`,
      );
    }
  }

  private validatorOf(key: string, schema: object): ValidateFunction {
    let validate = this.validators.get(key);
    if (validate === undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
      validate = this.ajv.compile(JSON.parse(text) as object);
      this.validators.set(key, validate);
    }
    return validate;
  }
}

async function textAt(url: string): Promise<string> {
  const answer = await fetch(`${url}/openapi.json`);
  if (!answer.ok) throw new Error(`${url}/openapi.json answered ${answer.status}`);
  return answer.text();
}

/** The first suite of a run asks for it, the others find it in a file. */
async function textOfThisBuild(url: string): Promise<string> {
  const file = join(fromTestRun('TEST_DIR'), 'openapi.json');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const text = await textAt(url);
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
  return text;
}
