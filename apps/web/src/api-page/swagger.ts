/** What this page uses of Swagger UI, which it is loaded by. */
export interface SwaggerUi {
  getConfigs(): { spec: { paths: Record<string, unknown> } };
  getStore(): { subscribe(listener: () => void): () => void };
  preauthorizeApiKey(scheme: string, token: string): void;
  authSelectors: { authorized(): { getIn(path: readonly string[]): unknown } | undefined };
}

declare global {
  interface Window {
    ui?: SwaggerUi;
  }
}

/** The name of the bearer tokens in the document. */
const SCHEME = 'bearer';

/** From now on every call that is tried carries the token. */
export function authorize(ui: SwaggerUi, token: string): void {
  ui.preauthorizeApiKey(SCHEME, token);
}

/** The token that calls carry, from the bar or pasted. */
export function authorizedToken(ui: SwaggerUi): string | null {
  const token = ui.authSelectors.authorized()?.getIn([SCHEME, 'value']);
  return typeof token === 'string' ? token : null;
}

/** Whether this server gives out tokens for the asking. */
export function givesTokens(ui: SwaggerUi): boolean {
  return '/v1/dev/tokens' in ui.getConfigs().spec.paths;
}
