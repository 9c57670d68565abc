/** The one error that reading OTLP bytes or text can end in. */

/**
 * Thrown for input that is not OTLP: truncated, of the wrong type, or nested too deeply. Every decoder throws this and nothing else,
 * whatever the input. The parser's own error, if there was one, is the `cause`.
 */
export class OtlpDecodeError extends Error {
  override readonly name = 'OtlpDecodeError';
  readonly code = 'OTLP_MALFORMED';
}
