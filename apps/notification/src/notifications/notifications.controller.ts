import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { Endpoint } from '#http/endpoint.js';
import { PageQuery } from '#http/paging.js';

import { NotificationErrors } from './notifications.errors.js';
import {
  Counts,
  GroupActors,
  GroupPath,
  NotificationGroup,
  Notifications,
  NotificationsQuery,
} from './notifications.schemas.js';
import { NotificationsService } from './notifications.service.js';
import { ReaderLocale } from './reader-locale.js';
import type { TitleLocale } from './titles.messages.js';

@ApiTags('Inbox')
@Controller('v1/notifications')
export class NotificationsController {
  constructor(private readonly service: NotificationsService) {}

  @Get()
  @Endpoint({
    summary: 'Your notifications, newest activity first',
    description:
      'With the people they name, and the counts of the same moment: `counts.seq` is where the stream starts.',
    answers: { 200: Notifications },
  })
  list(
    @Actor() recipientId: string,
    @Query({ schema: NotificationsQuery }) query: NotificationsQuery,
    @ReaderLocale() locale: TitleLocale,
  ): Promise<Notifications> {
    return this.service.list(recipientId, query, locale);
  }

  @Get('counts')
  @Endpoint({ summary: 'The badge', answers: { 200: Counts }, hasInput: false })
  counts(@Actor() recipientId: string): Promise<Counts> {
    return this.service.counts(recipientId);
  }

  @Get(':groupId')
  @Endpoint({
    summary: 'One notification',
    answers: { 200: NotificationGroup },
    errors: [NotificationErrors.NOTIFICATION_NOT_FOUND],
  })
  async find(
    @Actor() recipientId: string,
    @Param({ schema: GroupPath }) { groupId }: z.output<typeof GroupPath>,
    @ReaderLocale() locale: TitleLocale,
  ): Promise<NotificationGroup> {
    return (await this.service.find(recipientId, groupId, locale)).group;
  }

  @Get(':groupId/actors')
  @Endpoint({
    summary: 'All actors of a notification, latest first',
    answers: { 200: GroupActors },
    errors: [NotificationErrors.NOTIFICATION_NOT_FOUND],
  })
  actors(
    @Actor() recipientId: string,
    @Param({ schema: GroupPath }) { groupId }: z.output<typeof GroupPath>,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<GroupActors> {
    return this.service.actors(recipientId, groupId, query);
  }
}
