import { Module } from '@nestjs/common';

import { AdminGrpcController } from '#operations/admin.grpc.controller.js';

/** Answers operators' questions about the apps of this process; once a process. */
@Module({ controllers: [AdminGrpcController] })
export class OperationsModule {}
