import { Body, Controller, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

import { Caller, type Principal, RequireScope } from '#auth/principal.js';
import { CommonErrors } from '#errors/common-errors.js';
import { Endpoint } from '#http/endpoint.js';

import { ProfileErrors } from './profile.errors.js';
import {
  BatchUsersAnswer,
  BatchUsersRequest,
  ProfileRequest,
  UserPath,
  UserProfile,
} from './profile.schemas.js';
import { ProfileService } from './profile.service.js';

@ApiTags('Users')
@Controller('v1')
export class ProfileController {
  constructor(private readonly service: ProfileService) {}

  @Put('users/:userId')
  @Endpoint({
    summary: 'Create or replace a profile',
    description:
      'Your own, or anybody’s with a service token. 201 if there was none. A field that is left out is emptied.',
    answers: { 201: UserProfile, 200: UserProfile },
    errors: [CommonErrors.FORBIDDEN, ProfileErrors.USER_HANDLE_TAKEN],
    caller: 'token',
    writes: true,
  })
  async save(
    @Caller() caller: Principal,
    @Param({ schema: UserPath }) { userId }: z.output<typeof UserPath>,
    @Body({ schema: ProfileRequest }) request: ProfileRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserProfile> {
    const { created, profile } = await this.service.save(caller, userId, request);
    void reply.status(created ? 201 : 200);
    return profile;
  }

  @Get('users/:userId')
  @Endpoint({
    summary: 'A public profile',
    answers: { 200: UserProfile },
    errors: [ProfileErrors.USER_NOT_FOUND],
    caller: 'token',
  })
  find(@Param({ schema: UserPath }) { userId }: z.output<typeof UserPath>): Promise<UserProfile> {
    return this.service.find(userId);
  }

  @Post('batch/users')
  @HttpCode(200)
  @RequireScope('service')
  @Endpoint({
    summary: 'Create or replace up to 1000 profiles',
    description: 'All or none. Needs the scope service.',
    answers: { 200: BatchUsersAnswer },
    errors: [CommonErrors.FORBIDDEN, ProfileErrors.USER_HANDLE_TAKEN],
    caller: 'token',
    writes: true,
  })
  saveBatch(@Body({ schema: BatchUsersRequest }) { users }: BatchUsersRequest): Promise<BatchUsersAnswer> {
    return this.service.saveBatch(users);
  }
}
