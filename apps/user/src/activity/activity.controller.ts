import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Actor } from '#auth/principal.js';
import { Endpoint } from '#http/endpoint.js';
import { PageQuery } from '#http/paging.js';

import { Activities } from './activity.schemas.js';
import { ActivityService } from './activity.service.js';

@ApiTags('Users')
@Controller('v1/me/activity')
export class ActivityController {
  constructor(private readonly service: ActivityService) {}

  @Get()
  @Endpoint({ summary: 'What you did, newest first', answers: { 200: Activities } })
  list(@Actor() actorId: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<Activities> {
    return this.service.list(actorId, query);
  }
}
