import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export interface ApiPage {
  /** Called once, when the document is first asked for. */
  readonly document: () => OpenAPIObject;
  /** Adds what other processes know, whenever the document is asked for. */
  readonly complete?: ((own: OpenAPIObject) => Promise<OpenAPIObject>) | undefined;
  /** Whether Beckon's pages are served here, and so what apps/web/src/api-page adds: dev tokens and looks. */
  readonly withBar: boolean;
}

/** Serves the OpenAPI document at `/openapi.json`, and at `/docs` the page that explains its calls and tries them. */
export function serveApiPage(app: NestFastifyApplication, { document, complete, withBar }: ApiPage): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Beckon API',
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true, filter: true },
    ...(withBar
      ? { customfavIcon: '/favicon.svg', customJs: '/api-page.js', customCssUrl: '/api-page.css' }
      : {}),
    ...(complete === undefined
      ? {}
      : { patchDocumentOnRequest: (_request, _reply, own) => complete(own) as never }),
  });
}
