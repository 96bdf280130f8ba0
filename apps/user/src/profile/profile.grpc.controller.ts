import { GrpcMethod } from '@nestjs/microservices';
import { z } from 'zod';

import type {
  GetProfilesRequest,
  GetProfilesResponse,
  Profile,
  ResolveHandlesRequest,
  ResolveHandlesResponse,
  UserProfileServiceService,
} from '#contracts/generated/beckon/v1/beckon.js';
import { ClientId, Handle } from '#contracts/ids.js';
import { Database } from '#database/database.js';
import type { GrpcHandlers } from '#grpc/grpc-handlers.js';
import { GrpcService } from '#grpc/grpc-service.js';

import { parseRequest } from '#grpc/grpc-request.js';
import { ProfileRepository, type ProfileRow } from './profile.repository.js';

const ProfileIds = z.object({ ids: z.array(ClientId).max(500) });
const Handles = z.object({ handles: z.array(Handle).max(50) });

/** Tells the other services who people are. */
@GrpcService()
export class ProfileGrpcController implements GrpcHandlers<typeof UserProfileServiceService> {
  constructor(
    private readonly database: Database,
    private readonly profiles: ProfileRepository,
  ) {}

  @GrpcMethod('UserProfileService', 'GetProfiles')
  async getProfiles(request: GetProfilesRequest): Promise<GetProfilesResponse> {
    const { ids } = parseRequest(ProfileIds, request);
    return { profiles: (await this.profiles.findMany(this.database, ids)).map(toMessage) };
  }

  @GrpcMethod('UserProfileService', 'ResolveHandles')
  async resolveHandles(request: ResolveHandlesRequest): Promise<ResolveHandlesResponse> {
    const { handles } = parseRequest(Handles, request);
    return { resolved: await this.profiles.resolveHandles(this.database, handles) };
  }
}

function toMessage(row: ProfileRow): Profile {
  return {
    id: row.id,
    handle: row.handle,
    displayName: row.displayName,
    avatarUrl: row.avatarUrl ?? undefined,
    locale: row.locale ?? undefined,
    timeZone: row.timeZone ?? undefined,
  };
}
