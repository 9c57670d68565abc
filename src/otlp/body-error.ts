/** Why the body of an export request is refused, whoever reads or unpacks it. */

/** The body is larger than allowed, as sent or decompressed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';

  constructor(maxBytes: number) {
    super(`The request body is larger than ${maxBytes} bytes.`);
  }
}

/** The body says it is gzip and is not, or not whole. */
export class BodyNotGzipError extends Error {
  override readonly name = 'BodyNotGzipError';

  constructor(cause?: unknown) {
    super('The request body is not gzip, or is cut off.', { cause });
  }
}

/** So much is being read already that this request has to wait outside. */
export class BodiesTooManyError extends Error {
  override readonly name = 'BodiesTooManyError';

  constructor() {
    super('Too many requests are being read at the same time; send it again.');
  }
}
