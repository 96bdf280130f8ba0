/** The part of a generated method definition that knows its types. */
interface Method {
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/**
 * What a controller must implement for a generated service definition, so that a method that is missing or has
 * another shape does not compile.
 */
export type GrpcHandlers<Service extends Record<string, Method>> = {
  [Name in keyof Service]: (
    request: ReturnType<Service[Name]['requestDeserialize']>,
  ) => Promise<ReturnType<Service[Name]['responseDeserialize']>>;
};
