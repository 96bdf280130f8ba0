import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import Negotiator from 'negotiator';

import { type TitleLocale, titleLocales } from './titles.messages.js';

/** Parameter decorator: the best supported language of Accept-Language, else English. */
export const ReaderLocale = createParamDecorator((_: unknown, context: ExecutionContext): TitleLocale => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
  return (new Negotiator({ headers }).language([...titleLocales]) as TitleLocale | undefined) ?? 'en';
});
