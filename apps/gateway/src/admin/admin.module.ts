import { Module } from '@nestjs/common';

import { AdminController } from './admin.controller.js';
import { DeadLettersService } from './dead-letters.service.js';
import { LiveController } from './live/live.controller.js';
import { OperationsHub } from './live/operations-hub.js';
import { SnapshotService } from './live/snapshot.service.js';
import { OperationsService } from './operations.service.js';

/** What operators see and do; asks all apps over gRPC, wherever they run. */
@Module({
  controllers: [AdminController, LiveController],
  providers: [DeadLettersService, OperationsService, SnapshotService, OperationsHub],
})
export class AdminModule {}
