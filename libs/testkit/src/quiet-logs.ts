import { logger } from '#logging/logger.js';

// What is logged on purpose by code under test is no news.
logger.level = 'silent';
