import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { Public } from '#auth/principal.js';
import { Tokens } from '#auth/tokens.js';
import { ClientId } from '#contracts/ids.js';
import { Endpoint } from '#http/endpoint.js';

const EXPIRES_IN_SECONDS = 24 * 3600;

const DevTokenRequest = z
  .strictObject({
    userId: ClientId,
    scope: z
      .string()
      .regex(/^(service|admin)( (service|admin))*$/, 'must be service, admin or both')
      .optional(),
  })
  .meta({ id: 'DevTokenRequest', examples: [{ userId: 'ana' }] });

const DevToken = z
  .strictObject({ token: z.string(), expiresIn: z.number().int().meta({ description: 'Seconds.' }) })
  .meta({
    id: 'DevToken',
    examples: [{ token: 'eyJhbGciOiJIUzI1NiJ9.e30.sig', expiresIn: EXPIRES_IN_SECONDS }],
  });

/** Anybody's token for the asking; only where BECKON_ENV is `development`. */
@ApiTags('Development')
@Public()
@Controller('v1/dev/tokens')
export class DevTokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @HttpCode(200)
  @Endpoint({
    summary: 'Get a token for any user (development only)',
    answers: { 200: DevToken },
    caller: 'public',
    writes: true,
  })
  async sign(
    @Body({ schema: DevTokenRequest }) body: z.output<typeof DevTokenRequest>,
  ): Promise<z.output<typeof DevToken>> {
    const token = await this.tokens.signForDevelopment(body.userId, body.scope, EXPIRES_IN_SECONDS);
    return { token, expiresIn: EXPIRES_IN_SECONDS };
  }
}
