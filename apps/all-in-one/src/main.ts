import { startProcess } from '#process/start-process.js';

import { AnalyticsModule } from '../../analytics/src/analytics.module.js';
import { CommentModule } from '../../comment/src/comment.module.js';
import { AdminModule } from '../../gateway/src/admin/admin.module.js';
import { NotificationApiModule } from '../../notification/src/notification-api.module.js';
import { NotificationWorkerModule } from '../../notification/src/notification-worker.module.js';
import { PostModule } from '../../post/src/post.module.js';
import { ReactionModule } from '../../reaction/src/reaction.module.js';
import { UserModule } from '../../user/src/user.module.js';

void startProcess(
  {
    name: 'all-in-one',
    apps: [
      UserModule,
      PostModule,
      CommentModule,
      ReactionModule,
      NotificationApiModule,
      NotificationWorkerModule,
      AnalyticsModule,
      AdminModule,
    ],
    grpcServices: [
      'beckon.v1.UserProfileService',
      'beckon.v1.SocialGraphService',
      'beckon.v1.PostService',
      'beckon.v1.CommentService',
      'beckon.v1.EventLedger',
      'beckon.v1.AdminService',
    ],
    consumers: ['notification', 'analytics', 'user'],
    pages: true,
  },
  process.env,
);
