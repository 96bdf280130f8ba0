import { Module } from '@nestjs/common';

import { AdminController } from './admin.controller.js';
import { DeadLettersService } from './dead-letters.service.js';
import { OperationsService } from './operations.service.js';

/** What operators see and do; asks all apps over gRPC, wherever they run. */
@Module({ controllers: [AdminController], providers: [DeadLettersService, OperationsService] })
export class AdminModule {}
