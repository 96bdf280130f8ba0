import { applyDecorators, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { Endpoint } from '#http/endpoint.js';
import { PageQuery } from '#http/paging.js';

import { NotificationErrors } from '../notifications/notifications.errors.js';
import { SilencedUsers, UserPath } from './relations.schemas.js';
import { RelationsService } from './relations.service.js';

type Path = z.output<typeof UserPath>;

const Changes = (summary: string) =>
  applyDecorators(
    HttpCode(204),
    Endpoint({
      summary,
      answers: { 204: null },
      errors: [NotificationErrors.RELATION_TO_SELF],
      writes: true,
    }),
  );

const Lists = (summary: string) => Endpoint({ summary, answers: { 200: SilencedUsers } });

@ApiTags('Users and relations')
@Controller('v1/me')
export class RelationsController {
  constructor(private readonly service: RelationsService) {}

  @Put('mutes/:userId')
  @Changes('Hide what somebody does')
  mute(@Actor() me: string, @Param({ schema: UserPath }) { userId }: Path): Promise<void> {
    return this.service.add('mute', me, userId);
  }

  @Delete('mutes/:userId')
  @Changes('Show what somebody does again')
  unmute(@Actor() me: string, @Param({ schema: UserPath }) { userId }: Path): Promise<void> {
    return this.service.remove('mute', me, userId);
  }

  @Get('mutes')
  @Lists('Whom you muted, newest first')
  mutes(@Actor() me: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<SilencedUsers> {
    return this.service.list('mute', me, query);
  }

  @Put('blocks/:userId')
  @Changes('Block somebody: neither is told of the other')
  block(@Actor() me: string, @Param({ schema: UserPath }) { userId }: Path): Promise<void> {
    return this.service.add('block', me, userId);
  }

  @Delete('blocks/:userId')
  @Changes('Unblock somebody')
  unblock(@Actor() me: string, @Param({ schema: UserPath }) { userId }: Path): Promise<void> {
    return this.service.remove('block', me, userId);
  }

  @Get('blocks')
  @Lists('Whom you blocked, newest first')
  blocks(@Actor() me: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<SilencedUsers> {
    return this.service.list('block', me, query);
  }
}
