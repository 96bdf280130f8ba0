import { applyDecorators, Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';

import { Actor } from '#auth/principal.js';
import { Endpoint } from '#http/endpoint.js';

import { NotificationErrors } from '../notifications/notifications.errors.js';
import { Counts, GroupPath, NotificationGroup, UpTo } from '../notifications/notifications.schemas.js';
import { ReaderLocale } from '../notifications/reader-locale.js';
import type { TitleLocale } from '../notifications/titles.messages.js';
import { MarksService } from './marks.service.js';

type Path = z.output<typeof GroupPath>;
type UpToBody = z.output<typeof UpTo>;

const MarksOne = (summary: string) =>
  applyDecorators(
    HttpCode(200),
    Endpoint({
      summary,
      answers: { 200: NotificationGroup },
      errors: [NotificationErrors.NOTIFICATION_NOT_FOUND],
      writes: true,
    }),
  );

@ApiTags('Inbox')
@Controller('v1/notifications')
export class MarksController {
  constructor(private readonly service: MarksService) {}

  @Post('seen')
  @HttpCode(200)
  @Endpoint({ summary: 'Mark all up to an activitySeq as seen', answers: { 200: Counts }, writes: true })
  seen(@Actor() recipientId: string, @Body({ schema: UpTo }) { upTo }: UpToBody): Promise<Counts> {
    return this.service.markSeen(recipientId, upTo);
  }

  @Post('read')
  @HttpCode(200)
  @Endpoint({ summary: 'Mark all up to an activitySeq as read', answers: { 200: Counts }, writes: true })
  readUpTo(@Actor() recipientId: string, @Body({ schema: UpTo }) { upTo }: UpToBody): Promise<Counts> {
    return this.service.markReadUpTo(recipientId, upTo);
  }

  @Post(':groupId/read')
  @MarksOne('Mark a notification as read')
  read(
    @Actor() me: string,
    @Param({ schema: GroupPath }) { groupId }: Path,
    @ReaderLocale() locale: TitleLocale,
  ) {
    return this.service.mark(me, groupId, 'read', locale);
  }

  @Post(':groupId/unread')
  @MarksOne('Mark a notification as unread')
  unread(
    @Actor() me: string,
    @Param({ schema: GroupPath }) { groupId }: Path,
    @ReaderLocale() locale: TitleLocale,
  ) {
    return this.service.mark(me, groupId, 'unread', locale);
  }

  @Post(':groupId/archive')
  @MarksOne('Archive a notification')
  archive(
    @Actor() me: string,
    @Param({ schema: GroupPath }) { groupId }: Path,
    @ReaderLocale() locale: TitleLocale,
  ) {
    return this.service.mark(me, groupId, 'archive', locale);
  }

  @Post(':groupId/unarchive')
  @MarksOne('Take a notification out of the archive')
  unarchive(
    @Actor() me: string,
    @Param({ schema: GroupPath }) { groupId }: Path,
    @ReaderLocale() locale: TitleLocale,
  ) {
    return this.service.mark(me, groupId, 'unarchive', locale);
  }
}
