import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

import { Problem } from '#http/problem.js';

/** Builds the OpenAPI 3.1 document from the routes and the zod schemas that validate them. */
export function buildOpenApi(app: INestApplication, version: string): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Beckon')
    .setDescription('Social-network notifications: who should know, told exactly once, live.')
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addServer('/')
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? toOpenApi(schema, schemaType) : undefined,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const { components } = toOpenApi(Problem, 'output');
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...(components as object) },
  };
  return document;
}

/** Schemas with a `meta({ id })` become components; references point there. */
function toOpenApi(
  schema: z.ZodType,
  io: 'input' | 'output',
): { schema: unknown; components: Record<string, unknown> } {
  const { $defs, $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return { schema: rest, components: ($defs ?? {}) as Record<string, unknown> };
}
